package page

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

const (
	// quiet is the least pause between two messages of the stream, so that a
	// burst of changes reloads the page's state once.
	quiet = 80 * time.Millisecond
	// heartbeat keeps proxies from closing an idle stream.
	heartbeat = 20 * time.Second
	// afterthought is when a change is told once more: what the connector
	// stores because of it comes a little later.
	afterthought = 800 * time.Millisecond
)

// events is a stream of server-sent events: one at the start and one after each
// change of the CRM or of ?platform=, without content worth reading.
func (s *server) events(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(rw)
	_ = out.SetWriteDeadline(time.Time{}) // a stream has no end
	platform := s.chat(r.URL.Query().Get("platform"))
	changes, stop := s.crm.Subscribe()
	defer stop()
	echo := false
	for n := 1; ; n++ {
		chat := platform.Changed()
		if _, err := fmt.Fprintf(rw, "id: %d\ndata: changed\n\n", n); err != nil || out.Flush() != nil {
			return
		}
		echo = !echo
		if !pause(r.Context(), quiet) || !s.wait(r.Context(), rw, out, changes, chat, &echo) {
			return
		}
	}
}

// wait returns at the next change, or at the afterthought of the last one; it
// reports false when the stream has ended.
func (s *server) wait(ctx context.Context, rw http.ResponseWriter, out *http.ResponseController, changes, chat <-chan struct{}, echo *bool) bool {
	for {
		limit := heartbeat
		if *echo {
			limit = afterthought
		}
		timer := time.NewTimer(limit)
		select {
		case <-ctx.Done():
			timer.Stop()
			return false
		case <-changes:
			timer.Stop()
			*echo = false
			return true
		case <-chat:
			timer.Stop()
			*echo = false
			return true
		case <-timer.C:
		}
		if *echo {
			return true
		}
		if _, err := fmt.Fprint(rw, ": still here\n\n"); err != nil || out.Flush() != nil {
			return false
		}
	}
}

// pause waits and says whether the context is still alive.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
