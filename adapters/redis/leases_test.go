package redis_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/internal/redistest"
)

// twoReplicas share a server; the first one reaches it by a link.
func twoReplicas(t *testing.T, lease time.Duration) (a, b replica, link *redistest.Proxy) {
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	link = redistest.StartLink(t, server.Addr(), 0)
	o := at(server, freshPrefix())
	o.Lease = lease
	b = startReplica(t, o)
	o.Addrs = []string{link.Addr()}
	return startReplica(t, o), b, link
}

// What a killed replica ran is another one's within the lease and a second.
func TestRedisLeaseOfKilled(t *testing.T) {
	t.Parallel()
	for _, lease := range []time.Duration{time.Second, 2 * time.Second} {
		for round := range 3 {
			t.Run(fmt.Sprintf("%v %d", lease, round), func(t *testing.T) {
				t.Parallel()
				redistest.Steady(t, func() error { return takesOver(t, lease) })
			})
		}
	}
}

func takesOver(t *testing.T, lease time.Duration) error {
	a, b, _ := twoReplicas(t, lease)
	key := cardsOf("g")
	a.add(t, key)
	first := a.mustTake(t, key)
	// It dies some heartbeats later.
	if again, err := b.takeSoon(t, lease+lease/2); err == nil {
		return fmt.Errorf("%v is taken while its run is on", again.Key)
	}
	must(t, a.self.Abandon())
	killed := time.Now()
	second := b.mustTake(t, key)
	took := time.Since(killed)
	t.Logf("taken over after %v", took.Round(time.Millisecond))
	if second.Token == first.Token || second.Attempt != 1 {
		t.Errorf("%+v after %+v", second, first)
	}
	b.done(t, second)
	if took > lease+time.Second {
		return fmt.Errorf("taken over after %v, want %v at most", took, lease+time.Second)
	}
	return nil
}

// A replica that could not keep its lease learns so as soon as it reaches the
// server again, and its run counts no more; the other one's does.
func TestRedisLeaseOfPaused(t *testing.T) {
	t.Parallel()
	redistest.Steady(t, func() error {
		a, b, link := twoReplicas(t, time.Second)
		key := cardsOf("g")
		a.add(t, key)
		first := a.mustTake(t, key)
		link.HalfOpen()
		second := b.mustTake(t, key)
		link.Restore()
		select {
		case <-first.Lost:
		case <-time.After(patience):
			return errors.New("it does not learn that its lease is lost")
		}
		done := connector.RunEnd{Outcome: connector.RunDone}
		if err := a.Queue.Finish(t.Context(), first, done); !errors.Is(err, connector.ErrLeaseLost) {
			t.Errorf("the end of a run that does not count: %v", err)
		}
		b.add(t, key) // during its run
		if err := b.Queue.Finish(t.Context(), second, done); err != nil {
			return fmt.Errorf("the other one lost its lease too: %w", err)
		}
		third := b.mustTake(t, key)
		if err := b.Queue.Finish(t.Context(), third, done); err != nil {
			return fmt.Errorf("the run after it: %w", err)
		}
		if d, err := b.Queue.Depth(t.Context()); err != nil || d.Waiting+d.Running != 0 {
			t.Errorf("left: %+v, %v", d, err)
		}
		return nil
	})
}

// A run that takes much longer than the lease is nobody else's, while its
// replica lives.
func TestRedisLeaseOfLongRun(t *testing.T) {
	t.Parallel()
	redistest.Steady(t, func() error {
		a, b, _ := twoReplicas(t, time.Second)
		key := cardsOf("g")
		a.add(t, key)
		lease := a.mustTake(t, key)
		if again, err := b.takeSoon(t, 4*time.Second); !errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("the other replica got %+v, %w", again, err)
		}
		select {
		case <-lease.Lost:
			return errors.New("the lease was lost")
		default:
		}
		a.done(t, lease)
		return nil
	})
}
