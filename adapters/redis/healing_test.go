package redis_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"roomkeeper/connector"
	"roomkeeper/internal/redistest"
)

// surgery is harm done by hand to the queue of a shard.
type surgery struct {
	name string
	do   func(ctx context.Context, c *goredis.Client, base string) error
	// keeps: what was queued is still known, so that nobody has to ask again.
	keeps bool
}

func del(keys ...string) func(context.Context, *goredis.Client, string) error {
	return func(ctx context.Context, c *goredis.Client, base string) error {
		for _, key := range keys {
			if err := c.Del(ctx, base+key).Err(); err != nil {
				return err
			}
		}
		return nil
	}
}

func surgeries() []surgery {
	return []surgery{
		{name: "the stream deleted", do: del("ready")},
		{name: "the streams deleted", do: del("ready", "urgent")},
		{name: "the consumer group destroyed", keeps: true, do: func(ctx context.Context, c *goredis.Client, base string) error {
			return c.XGroupDestroy(ctx, base+"ready", "workers").Err()
		}},
		{name: "the entry deleted", do: func(ctx context.Context, c *goredis.Client, base string) error {
			entries, err := c.XRange(ctx, base+"ready", "-", "+").Result()
			for _, e := range entries {
				err = c.XDel(ctx, base+"ready", e.ID).Err()
			}
			return err
		}},
		{name: "the job's record deleted", do: del("jobs")},
		{name: "the delayed jobs deleted", do: del("delayed")},
		{name: "the ranks deleted", keeps: true, do: del("due")},
		{name: "the running jobs deleted", keeps: true, do: del("running")},
		{name: "everything deleted", do: del("seq", "ready", "urgent", "delayed", "due", "running", "jobs")},
	}
}

// Whatever somebody does to the queue by hand, the next Add heals it, or Take
// does: no job is deaf for ever.
func TestRedisHeals(t *testing.T) {
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	client := server.Client()
	for _, s := range surgeries() {
		for state, prepare := range jobStates() {
			t.Run(s.name+", "+state, func(t *testing.T) {
				t.Parallel()
				o := at(server, freshPrefix())
				o.Lease = time.Second
				r := startReplica(t, o)
				finish := prepare(t, r, cardsOf("g"))
				_ = s.do(t.Context(), client, o.Prefix+":{0}:") // what is not there cannot be harmed
				if !s.keeps || finish != nil {
					r.add(t, cardsOf("g"))
				}
				if finish != nil {
					finish()
				}
				r.runsUntil(t, cardsOf("g"))
				r.add(t, cardsOf("other"))
				r.runsUntil(t, cardsOf("other"))
				eventually(t, "an empty queue", func() error {
					if lease, err := r.takeSoon(t, 10*time.Millisecond); err == nil {
						r.done(t, lease) // asked for once more than needed
					}
					d, err := r.Queue.Depth(t.Context())
					if err == nil && d.Waiting+d.Running != 0 {
						err = fmt.Errorf("left: %+v", d)
					}
					return err
				})
			})
		}
	}
}

// jobStates bring a job into each state in which harm can be done; finish ends
// its run, if one is on.
func jobStates() map[string]func(t *testing.T, r replica, key connector.JobKey) (finish func()) {
	const wait = 300 * time.Millisecond
	run := func(t *testing.T, r replica, key connector.JobKey, patient bool) func() {
		r.add(t, key)
		lease := r.mustTake(t, key)
		return func() {
			if patient { // until a heartbeat has noticed
				beats := time.NewTimer(2 * wait)
				<-beats.C
			}
			err := r.Queue.Finish(t.Context(), lease, connector.RunEnd{Outcome: connector.RunDone})
			if err != nil && !errors.Is(err, connector.ErrLeaseLost) {
				t.Errorf("finish: %v", err)
			}
		}
	}
	return map[string]func(*testing.T, replica, connector.JobKey) func(){
		"waiting": func(t *testing.T, r replica, key connector.JobKey) func() {
			r.add(t, key)
			return nil
		},
		"delayed": func(t *testing.T, r replica, key connector.JobKey) func() {
			must(t, r.Queue.Add(t.Context(), connector.Job{Key: key, Delay: wait}))
			return nil
		},
		"after a failure": func(t *testing.T, r replica, key connector.JobKey) func() {
			r.add(t, key)
			must(t, r.Queue.Finish(t.Context(), r.mustTake(t, key), connector.RunEnd{Outcome: connector.RunRetry, After: wait}))
			return nil
		},
		"running, soon done":  func(t *testing.T, r replica, key connector.JobKey) func() { return run(t, r, key, false) },
		"running for a while": func(t *testing.T, r replica, key connector.JobKey) func() { return run(t, r, key, true) },
		"running, asked again": func(t *testing.T, r replica, key connector.JobKey) func() {
			finish := run(t, r, key, true)
			r.add(t, key)
			return finish
		},
	}
}

// runsUntil runs jobs until one of a key was run.
func (r replica) runsUntil(t *testing.T, key connector.JobKey) {
	t.Helper()
	for range 5 {
		lease, err := r.takeSoon(t, patience)
		if err != nil {
			t.Fatalf("%v was not run: %v", key, err)
		}
		r.done(t, lease)
		if lease.Key == key {
			return
		}
	}
	t.Fatalf("%v was not run", key)
}

// Somebody who waits for a job is not deaf either.
func TestRedisHealsTakers(t *testing.T) {
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	client := server.Client()
	for _, s := range surgeries() {
		t.Run(s.name, func(t *testing.T) {
			o := at(server, freshPrefix())
			r, other := startReplica(t, o), startReplica(t, o)
			key := cardsOf("g")
			taken := make(chan error, 1)
			go func() {
				lease, err := r.Queue.Take(t.Context())
				if err == nil {
					err = r.Queue.Finish(t.Context(), lease, connector.RunEnd{Outcome: connector.RunDone})
				}
				taken <- err
			}()
			eventually(t, "a blocked reader", func() error {
				info, err := client.InfoMap(t.Context(), "clients").Result()
				if n := info["Clients"]["blocked_clients"]; err == nil && n != "1" {
					err = fmt.Errorf("%s are", n)
				}
				return err
			})
			_ = s.do(t.Context(), client, o.Prefix+":{0}:") // what is not there cannot be harmed
			other.add(t, key)
			select {
			case err := <-taken:
				must(t, err)
			case <-time.After(patience):
				t.Fatal("nobody was given the job")
			}
		})
	}
}

// A consumer that is gone is forgotten once nothing is pending with it, and not
// before: its jobs would be lost with it.
func TestRedisForgetsConsumers(t *testing.T) {
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	client := server.Client()
	o := at(server, freshPrefix())
	o.Lease = time.Second
	a, b := startReplica(t, o), startReplica(t, o)
	key := cardsOf("g")
	a.add(t, key)
	a.mustTake(t, key)
	must(t, a.self.Abandon())
	has := func() error {
		consumers, err := client.XInfoConsumers(t.Context(), o.Prefix+":{0}:ready", "workers").Result()
		must(t, err)
		for _, c := range consumers {
			if c.Name == a.self.Consumer() {
				return nil
			}
		}
		return fmt.Errorf("it is none of %v", consumers)
	}
	idle := time.NewTimer(50 * time.Millisecond)
	<-idle.C
	must(t, b.self.ForgetConsumers(t.Context(), 0))
	if err := has(); err != nil {
		t.Fatalf("forgotten with its job: %v", err)
	}
	must(t, b.Keeper.Prune(t.Context(), time.Now(), time.Hour, time.Hour))
	if err := has(); err != nil {
		t.Fatalf("forgotten too soon: %v", err)
	}
	b.done(t, b.mustTake(t, key))
	must(t, b.self.ForgetConsumers(t.Context(), 0))
	if has() == nil {
		t.Error("not forgotten, although nothing is pending with it")
	}
}

// A run whose replica was killed and whose entry is gone can neither be kept nor
// expire: the next who asks begins it again.
func TestRedisHealsRunOfKilled(t *testing.T) {
	server := startServer(t)
	prefix := freshPrefix()
	killed, r := startReplica(t, at(server, prefix)), startReplica(t, at(server, prefix))
	r.add(t, cardsOf("g1"))
	killed.mustTake(t, cardsOf("g1"))
	must(t, killed.self.Abandon())
	must(t, server.Client().Del(t.Context(), prefix+":{0}:ready").Err())
	r.add(t, cardsOf("g1"))
	r.done(t, r.mustTake(t, cardsOf("g1")))
}
