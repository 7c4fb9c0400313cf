package redis_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"roomkeeper/adapters/redis"
	"roomkeeper/connector"
	"roomkeeper/internal/redistest"
)

// Under load the primary dies, twice: nothing that was acknowledged is lost,
// every notice is handled, all errors say that the store is away, and a moment
// after the failover everything works again.
func TestRedisSentinelUnderLoad(t *testing.T) {
	s := redistest.StartSentinel(t, redistest.Options{AppendFsync: "everysec"})
	o := redis.Options{
		Topology: redis.Sentinel, Addrs: s.Addrs(), Master: s.Master(), Prefix: freshPrefix(), Lease: 2 * time.Second,
	}
	first, second := startReplica(t, o), startReplica(t, o)
	groups := first.knowGroups(t, 8)
	h := startHandlers(t, first, second)
	l := startLoad(t, first, groups, 16)
	for range 2 {
		beats := time.NewTimer(time.Second)
		<-beats.C
		killed := time.Now()
		s.KillPrimary()
		elected := time.Now()
		eventually(t, "an acknowledged intake", func() error {
			_, err := second.Inbox.Accept(t.Context(), intake(fmt.Sprint("after ", killed.UnixNano()), groups[0]))
			return err
		})
		before := h.count()
		eventually(t, "a handled notice", func() error {
			if n := h.count(); n == before {
				return fmt.Errorf("%d", n)
			}
			return nil
		})
		t.Logf("a new primary after %v, works again %v later", elected.Sub(killed).Round(time.Millisecond), time.Since(elected).Round(time.Millisecond))
		if took := time.Since(elected); took > 5*time.Second {
			t.Errorf("works %v after the failover", took)
		}
		s.RestartDead()
	}
	l.stop(t)
	t.Logf("%d acknowledged, %d refused, the slowest answer after %v", len(l.acknowledged), l.refused, l.slowest.Round(time.Millisecond))
	if l.slowest > 10*time.Second {
		t.Errorf("an answer took %v", l.slowest)
	}
	eventually(t, "an empty queue", func() error {
		d, err := first.Queue.Depth(t.Context())
		if err == nil && d.Waiting+d.Running != 0 {
			err = fmt.Errorf("left: %+v", d)
		}
		return err
	})
	h.stop(t)
	for id := range l.acknowledged {
		if !h.seen[id] {
			t.Errorf("%s was acknowledged and never handled", id)
		}
	}
}

// handlers run the cards' jobs of replicas: they settle every notice.
type handlers struct {
	end context.CancelFunc
	all sync.WaitGroup

	mu    sync.Mutex
	seen  map[string]bool
	wrong error // an error other than ErrStoreAway and ErrLeaseLost
}

func startHandlers(t *testing.T, replicas ...replica) *handlers {
	ctx, cancel := context.WithCancel(t.Context())
	h := &handlers{end: cancel, seen: map[string]bool{}}
	t.Cleanup(func() {
		cancel()
		h.all.Wait()
	})
	for _, r := range replicas {
		for range 4 {
			h.all.Go(func() {
				for ctx.Err() == nil {
					h.run(ctx, r)
				}
			})
		}
	}
	return h
}

func (h *handlers) run(ctx context.Context, r replica) {
	lease, err := r.Queue.Take(ctx)
	if err != nil {
		return
	}
	end := connector.RunEnd{Outcome: connector.RunDone}
	if h.fault(h.settle(ctx, r, lease.Key.Group)) {
		end = connector.RunEnd{Outcome: connector.RunRetry, After: 50 * time.Millisecond}
	}
	h.fault(r.Queue.Finish(ctx, lease, end))
}

func (h *handlers) settle(ctx context.Context, r replica, g connector.GroupID) error {
	notices, err := r.Outbox.Notices(ctx, g, 100)
	if err != nil {
		return err
	}
	for _, n := range notices {
		h.mu.Lock()
		h.seen[n.Event.ID] = true // also when the answer to Settle is lost
		h.mu.Unlock()
		if err := r.Outbox.Settle(ctx, g, n.Seq, nil, nil); err != nil {
			return err
		}
	}
	if len(notices) == 100 { // there may be more
		return r.Queue.Add(ctx, connector.Job{Key: cardsOf(g)})
	}
	return nil
}

// fault notes an error.
func (h *handlers) fault(err error) bool {
	if err == nil {
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !errors.Is(err, connector.ErrLeaseLost) && !errors.Is(err, context.Canceled) {
		h.wrong = errors.Join(h.wrong, onlyAway(err))
	}
	return true
}

func (h *handlers) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.seen)
}

func (h *handlers) stop(t *testing.T) {
	t.Helper()
	h.end()
	h.all.Wait()
	if h.wrong != nil {
		t.Errorf("in a run: %.500v", h.wrong)
	}
}
