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
)

// events is a stream of server-sent events: one at the start and one after
// each change, without content worth reading.
func (s *server) events(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(rw)
	_ = out.SetWriteDeadline(time.Time{}) // a stream has no end
	changes, stop := s.crm.Subscribe()
	defer stop()
	for n := 1; ; n++ {
		chat := s.chat.Changed()
		if _, err := fmt.Fprintf(rw, "id: %d\ndata: changed\n\n", n); err != nil || out.Flush() != nil {
			return
		}
		if !pause(r.Context(), quiet) {
			return
		}
		for waiting := true; waiting; {
			beat := time.NewTimer(heartbeat)
			select {
			case <-r.Context().Done():
				waiting = false
			case <-changes:
				waiting = false
			case <-chat:
				waiting = false
			case <-beat.C:
				if _, err := fmt.Fprint(rw, ": still here\n\n"); err != nil || out.Flush() != nil {
					waiting = false
				}
			}
			beat.Stop()
		}
		if r.Context().Err() != nil {
			return
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
