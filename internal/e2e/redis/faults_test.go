package redis_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"roomkeeper/internal/redistest"
	"roomkeeper/internal/world"
	"roomkeeper/sandbox/crm"
)

// redisFault harms the way to Redis.
type redisFault struct {
	name string
	harm func(*redistest.Proxy, *redistest.Server)
	mend func(*redistest.Proxy, *redistest.Server)
	// away: the store counts as away meanwhile.
	away bool
}

func redisFaults() []redisFault {
	mend := func(p *redistest.Proxy, _ *redistest.Server) { p.Clear() }
	slow := func(d time.Duration) func(*redistest.Proxy, *redistest.Server) {
		return func(p *redistest.Proxy, _ *redistest.Server) { p.Latency(d) }
	}
	return []redisFault{
		{"latency", slow(300 * time.Millisecond), mend, false},
		{"too slow to answer", slow(3 * time.Second), mend, true},
		{"resets", func(p *redistest.Proxy, _ *redistest.Server) { p.Reset() }, mend, true},
		{"refused", func(p *redistest.Proxy, _ *redistest.Server) { p.Cut() }, mend, true},
		{"half-open", func(p *redistest.Proxy, _ *redistest.Server) { p.HalfOpen() }, mend, true},
		{
			"stopped", func(_ *redistest.Proxy, s *redistest.Server) { s.Pause() },
			func(_ *redistest.Proxy, s *redistest.Server) { s.Resume() }, true,
		},
	}
}

const (
	faultSenders = 4
	// faultFor is longer than a webhook may take, so that some see nothing else.
	faultFor = 14 * time.Second
	// answeredWithin is a webhook's limit and a little.
	answeredWithin = 11 * time.Second
)

// Whatever happens to the connections to Redis while webhooks arrive: each is
// taken or refused in time, never both, and people are answered.
func TestRedisFaults(t *testing.T) {
	redistest.Need(t)
	for _, f := range redisFaults() {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			redistest.Steady(t, func() error { return sufferFault(t, f) })
		})
	}
}

// sufferFault returns what was not as it has to be in time.
func sufferFault(t *testing.T, f redisFault) error {
	t.Helper()
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	proxy := redistest.StartProxy(t, server.Addr())
	w := world.Start(t, world.Slack(), 10, faultSenders, "ROOMKEEPER_REDIS_URL=redis://"+proxy.Addr())
	w.CRM.Act(t, "webhooks", world.Order{"mode": "off"})
	for n := range faultSenders {
		w.Open(t, world.Account(n+1))
		w.WaitState(t, world.Account(n+1), "active")
	}
	w.Quiet(t, world.Patience)
	room := w.Group(t, world.Account(1)).ChannelID
	senders := startPersistent(t, w, faultSenders)
	witness := startWitness(t, w, room)
	pauseFor(time.Second)
	late := []error{witness.want(t, "before", false, true)}
	f.harm(proxy, server)
	witness.begin()
	pauseFor(faultFor)
	late = append(late, witness.want(t, "meanwhile", f.away, !f.away))
	f.mend(proxy, server)
	mended := time.Now()
	world.Eventually(t, world.Patience, "ready again", w.Ready)
	if took := time.Since(mended); took > 10*time.Second {
		late = append(late, fmt.Errorf("ready again after %v", took))
	}
	witness.begin()
	pauseFor(2 * time.Second)
	late = append(late, witness.want(t, "afterwards", false, true))
	witness.stop()
	told, err := senders.stop(t)
	late = append(late, err)
	var all []world.Expected
	for i, s := range told {
		all = append(all, world.Expected{Ref: world.Account(i + 1), Sales: s.sales})
	}
	w.Quiet(t, world.Patience)
	w.Check(t, all...)
	return errors.Join(late...)
}

// pauseFor lets something go on for a while.
func pauseFor(d time.Duration) {
	timer := time.NewTimer(d)
	<-timer.C
}

// persistent are senders that report sales records one after the other, each
// again with the same id until it is taken.
type persistent struct {
	end     context.CancelFunc
	all     sync.WaitGroup
	senders []*persistentSender
}

type persistentSender struct {
	*world.World
	number         int
	sales          []string
	taken, refused int
	slowest        time.Duration
	err            error
}

func startPersistent(t *testing.T, w *world.World, n int) *persistent {
	ctx, cancel := context.WithCancel(t.Context())
	p := &persistent{end: cancel}
	t.Cleanup(func() {
		cancel()
		p.all.Wait()
	})
	for i := range n {
		s := &persistentSender{World: w, number: i + 1}
		p.senders = append(p.senders, s)
		p.all.Go(func() {
			for ctx.Err() == nil && s.err == nil {
				s.err = s.report()
				pauseFor(100 * time.Millisecond)
			}
		})
	}
	return p
}

// stop returns the senders once each one's last event was taken; the error is about
// the time that an answer took.
func (p *persistent) stop(t *testing.T) ([]*persistentSender, error) {
	t.Helper()
	p.end()
	p.all.Wait()
	taken, refused, slowest := 0, 0, time.Duration(0)
	for _, s := range p.senders {
		if s.err != nil {
			t.Fatalf("sender %d: %v", s.number, s.err)
		}
		taken, refused, slowest = taken+s.taken, refused+s.refused, max(slowest, s.slowest)
	}
	t.Logf("%d webhooks taken, %d times refused, the slowest answer after %v", taken, refused, slowest.Round(time.Millisecond))
	if slowest > answeredWithin {
		return p.senders, fmt.Errorf("a webhook was answered after %v, want %v at most", slowest, answeredWithin)
	}
	return p.senders, nil
}

// report sends one sales record until it is taken.
func (s *persistentSender) report() error {
	subject := fmt.Sprintf("Visit %d", len(s.sales)+1)
	s.sales = append(s.sales, subject)
	id := fmt.Sprintf("s%d-%d", s.number, len(s.sales))
	event := world.Sale("act-"+id, subject, world.Account(s.number))
	event.Timestamp = time.Now().UTC()
	body, err := json.Marshal(event)
	if err != nil {
		return err
	}
	for deadline := time.Now().Add(world.Patience); time.Now().Before(deadline); pauseFor(100 * time.Millisecond) {
		begun := time.Now()
		status, retryAfter, err := s.once(id, body)
		s.slowest = max(s.slowest, time.Since(begun))
		switch {
		case err != nil:
			return fmt.Errorf("%s: no answer: %w", id, err)
		case status == http.StatusNoContent:
			s.taken++
			return nil
		case status != http.StatusServiceUnavailable || retryAfter == "":
			return fmt.Errorf("%s: answered %d with Retry-After %q", id, status, retryAfter)
		}
		s.refused++
	}
	return fmt.Errorf("%s: never taken", id)
}

// once sends a webhook once.
func (s *persistentSender) once(id string, body []byte) (status int, retryAfter string, err error) {
	now := time.Now()
	signature, err := crm.Sign(world.WebhookSecret, id, now, body)
	if err != nil {
		return 0, "", err
	}
	req, err := http.NewRequest(http.MethodPost, s.URL+"/webhooks/crm/crm", bytes.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("webhook-id", id)
	req.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
	req.Header.Set("webhook-signature", signature)
	resp, err := s.API.HTTP.Do(req)
	if err != nil {
		return 0, "", err
	}
	_, _ = io.Copy(io.Discard, resp.Body) // read for the connection's sake
	_ = resp.Body.Close()
	return resp.StatusCode, resp.Header.Get("Retry-After"), nil
}

// witness asks all the time how the service is, and types commands. What it sees
// is counted from begin on.
type witness struct {
	*world.World
	end context.CancelFunc
	all sync.WaitGroup

	mu                          sync.Mutex
	since                       time.Time // what began before counts no more
	live, ready, unready        int
	answered, tryAgain          int
	lifeless, wordless, refused string // what was not as it has to be; "" is nothing
}

func startWitness(t *testing.T, w *world.World, room string) *witness {
	ctx, cancel := context.WithCancel(t.Context())
	x := &witness{World: w, end: cancel}
	t.Cleanup(x.stop)
	every := func(pause time.Duration, look func(context.Context)) {
		x.all.Go(func() {
			for ctx.Err() == nil {
				look(ctx)
				pauseFor(pause)
			}
		})
	}
	plain := world.NewClient(w.URL, "")
	every(200*time.Millisecond, func(ctx context.Context) { x.alive(ctx, plain) })
	every(200*time.Millisecond, func(ctx context.Context) { x.readiness(ctx, plain) })
	every(300*time.Millisecond, func(ctx context.Context) { x.command(ctx, room) })
	return x
}

func (x *witness) alive(ctx context.Context, c world.Client) {
	begun := time.Now()
	status, err := c.Do(ctx, "GET", "/livez", nil, nil)
	x.mu.Lock()
	defer x.mu.Unlock()
	if ctx.Err() != nil || begun.Before(x.since) {
		return
	}
	x.live++
	if took := time.Since(begun); status != http.StatusOK || took > time.Second {
		x.lifeless = fmt.Sprintf("/livez %d after %v: %v", status, took, err)
	}
}

func (x *witness) readiness(ctx context.Context, c world.Client) {
	begun := time.Now()
	status, err := c.Do(ctx, "GET", "/readyz", nil, nil)
	x.mu.Lock()
	defer x.mu.Unlock()
	if ctx.Err() != nil || begun.Before(x.since) {
		return
	}
	switch took := time.Since(begun); {
	case took > 4*time.Second:
		x.refused = fmt.Sprintf("/readyz %d after %v", status, took)
	case status == http.StatusOK:
		x.ready++
	case status == http.StatusServiceUnavailable:
		x.unready++
	default:
		x.refused = fmt.Sprintf("/readyz %d: %v", status, err)
	}
}

// command types one; the sandbox gives up after 3 s, as Slack does.
func (x *witness) command(ctx context.Context, room string) {
	begun := time.Now()
	out, err := x.Chat.TryCommand(ctx, "u1", room, "subscriptions")
	x.mu.Lock()
	defer x.mu.Unlock()
	if ctx.Err() != nil || begun.Before(x.since) {
		return
	}
	if err != nil || out.Status != http.StatusOK || out.Error != "" || !out.Private {
		x.wordless = fmt.Sprintf("a command: %+v, %v", out, err)
		return
	}
	x.answered++
	if strings.Contains(out.Text, "try again") {
		x.tryAgain++
	}
}

// begin forgets what was seen so far.
func (x *witness) begin() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.since = time.Now()
	x.live, x.ready, x.unready, x.answered, x.tryAgain = 0, 0, 0, 0, 0
}

// want says what is wrong with what was seen since begin; always: the service was
// ready all the time.
func (x *witness) want(t *testing.T, when string, away, always bool) error {
	t.Helper()
	x.mu.Lock()
	defer x.mu.Unlock()
	t.Logf("%s: alive %d times, ready %d, not ready %d; %d commands answered, %d with try again",
		when, x.live, x.ready, x.unready, x.answered, x.tryAgain)
	var errs []error
	for _, wrong := range []string{x.lifeless, x.refused, x.wordless} {
		if wrong != "" {
			errs = append(errs, fmt.Errorf("%s: %s", when, wrong))
		}
	}
	if x.live == 0 || x.answered == 0 {
		errs = append(errs, fmt.Errorf("%s: nothing was seen", when))
	}
	if away && (x.unready == 0 || x.tryAgain == 0) {
		errs = append(errs, fmt.Errorf("%s: nobody was told that the store is away", when))
	}
	if always && (x.unready > 0 || x.tryAgain > 0) {
		errs = append(errs, fmt.Errorf("%s: the store is said to be away", when))
	}
	return errors.Join(errs...)
}

func (x *witness) stop() {
	x.end()
	x.all.Wait()
}
