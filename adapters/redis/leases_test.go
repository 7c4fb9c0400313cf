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
				a, b, _ := twoReplicas(t, lease)
				key := cardsOf("g")
				a.add(t, key)
				first := a.mustTake(t, key, time.Second)
				// It dies some heartbeats later.
				if again, err := b.takeSoon(t, lease+lease/2); err == nil {
					t.Fatalf("%v is taken while its run is on", again.Key)
				}
				must(t, a.self.Abandon())
				killed := time.Now()
				second := b.mustTake(t, key, lease+5*time.Second)
				took := time.Since(killed)
				t.Logf("taken over after %v", took.Round(time.Millisecond))
				if took > lease+time.Second {
					t.Errorf("taken over after %v, want %v at most", took, lease+time.Second)
				}
				if second.Token == first.Token || second.Attempt != 1 {
					t.Errorf("%+v after %+v", second, first)
				}
				b.done(t, second)
			})
		}
	}
}

// A replica that could not keep its lease learns so as soon as it reaches the
// server again, and its run counts no more; the other one's does.
func TestRedisLeaseOfPaused(t *testing.T) {
	t.Parallel()
	a, b, link := twoReplicas(t, time.Second)
	key := cardsOf("g")
	a.add(t, key)
	first := a.mustTake(t, key, time.Second)
	link.HalfOpen()
	second := b.mustTake(t, key, 5*time.Second)
	link.Restore()
	select {
	case <-first.Lost:
	case <-time.After(5 * time.Second):
		t.Fatal("it does not learn that its lease is lost")
	}
	if err := a.Queue.Finish(t.Context(), first, connector.RunEnd{Outcome: connector.RunDone}); !errors.Is(err, connector.ErrLeaseLost) {
		t.Errorf("the end of a run that does not count: %v", err)
	}
	select {
	case <-second.Lost:
		t.Error("the other one lost its lease too")
	default:
	}
	b.add(t, key) // during its run
	b.done(t, second)
	third := b.mustTake(t, key, time.Second)
	b.done(t, third)
	if d, err := b.Queue.Depth(t.Context()); err != nil || d.Waiting+d.Running != 0 {
		t.Errorf("left: %+v, %v", d, err)
	}
}

// A run that takes much longer than the lease is nobody else's, while its
// replica lives.
func TestRedisLeaseOfLongRun(t *testing.T) {
	t.Parallel()
	a, b, _ := twoReplicas(t, time.Second)
	key := cardsOf("g")
	a.add(t, key)
	lease := a.mustTake(t, key, time.Second)
	if again, err := b.takeSoon(t, 4*time.Second); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("the other replica got %+v, %v", again, err)
	}
	select {
	case <-lease.Lost:
		t.Fatal("the lease was lost")
	default:
	}
	a.done(t, lease)
}
