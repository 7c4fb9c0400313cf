package redis_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"roomkeeper/adapters/redis"
	"roomkeeper/connector"
	"roomkeeper/internal/redistest"
)

// Of what the blocking reads of a replica bring, it keeps what it has takers for.
func TestIdleReplicaGetsTheRest(t *testing.T) {
	const takers, jobs = 40, 40
	server := startServer(t)
	o := at(server, freshPrefix())
	o.Shards = 16
	busy, idle := startReplica(t, o), startReplica(t, o)
	var taken atomic.Int64
	waits := func(r replica) {
		if _, err := r.Queue.Take(t.Context()); err == nil {
			taken.Add(1)
		}
	}
	go waits(busy)
	blocked(t, server, o.Shards) // so that it is the first at every shard
	for range takers - 1 {
		go waits(idle)
	}
	blocked(t, server, 2*o.Shards)
	var all []connector.Job
	for i := range jobs {
		all = append(all, connector.Job{Key: cardsOf(connector.GroupID(fmt.Sprint("g", i)))})
	}
	must(t, busy.Queue.Add(t.Context(), all...))
	eventually(t, "every job with a worker", func() error {
		if n := taken.Load(); n < jobs {
			return fmt.Errorf("%d of %d jobs run, and %d workers are idle", n, jobs, takers-n)
		}
		return nil
	})
}

// blocked waits until a server has that many readers that wait.
func blocked(t *testing.T, s *redistest.Server, n int) {
	t.Helper()
	client := s.Client()
	eventually(t, "blocking reads", func() error {
		info, err := client.Info(t.Context(), "clients").Result()
		if err == nil && !strings.Contains(info, fmt.Sprintf("blocked_clients:%d\r", n)) {
			err = fmt.Errorf("not %d: %s", n, info)
		}
		return err
	})
}

// A server that takes over and never heard of a lease gives none that looks the
// same.
func TestTokenAfterFailover(t *testing.T) {
	server := startServer(t)
	r := startReplica(t, at(server, ""))
	r.add(t, cardsOf("g1"))
	client, ctx := server.Client(), t.Context()
	before := map[string]string{}
	for _, key := range client.Keys(ctx, "*").Val() {
		before[key] = client.Dump(ctx, key).Val()
	}
	first := r.mustTake(t, cardsOf("g1"))
	must(t, client.FlushAll(ctx).Err())
	for key, value := range before {
		must(t, client.Restore(ctx, key, 0, value).Err())
	}
	if second := r.mustTake(t, cardsOf("g1")); second.Token == first.Token {
		t.Errorf("two runs of a key under one token: %s", first.Token)
	}
}

// A replica that cannot keep its lease cannot know who else has it by now.
func TestLeaseLostOutOfReach(t *testing.T) {
	redistest.Steady(t, func() error {
		proxy := redistest.StartProxy(t, startServer(t).Addr())
		r := startReplica(t, redis.Options{Addrs: []string{proxy.Addr()}, Lease: time.Second})
		r.add(t, cardsOf("g1"))
		lease := r.mustTake(t, cardsOf("g1"))
		defer proxy.Restore()
		select {
		case <-lease.Lost:
			return errors.New("lost while it is kept")
		case <-time.After(2 * time.Second):
		}
		proxy.HalfOpen()
		select {
		case <-lease.Lost:
			return nil
		case <-time.After(4 * time.Second):
			return errors.New("nobody said that the lease is over")
		}
	})
}

// A service that ends while its store is away has 25 s for everything.
func TestCloseOutOfReach(t *testing.T) {
	proxy := redistest.StartProxy(t, startServer(t).Addr())
	r := startReplica(t, redis.Options{Addrs: []string{proxy.Addr()}})
	r.runMany(t, 16)
	proxy.HalfOpen()
	defer proxy.Restore()
	began := time.Now()
	must(t, r.self.Close())
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("Close took %v", took)
	}
}

// Many leases that are kept do not hide one that is not.
func TestExpiresBehindKeptLeases(t *testing.T) {
	o := at(startServer(t), freshPrefix())
	o.Lease = time.Second
	r, killed := startReplica(t, o), startReplica(t, o)
	r.runMany(t, 300)
	r.add(t, cardsOf("last"))
	killed.mustTake(t, cardsOf("last"))
	must(t, killed.self.Abandon())
	r.mustTake(t, cardsOf("last"))
}

// runMany takes the jobs of n keys.
func (r replica) runMany(t *testing.T, n int) {
	t.Helper()
	for i := range n {
		key := cardsOf(connector.GroupID(fmt.Sprint("g", i)))
		r.add(t, key)
		r.mustTake(t, key)
	}
}

func startServer(t *testing.T) *redistest.Server {
	t.Helper()
	return redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
}

// However many Sweeps wait for a run: a script that fails on one job would keep
// all of its shard from being taken.
func TestManyTags(t *testing.T) {
	r := startReplica(t, at(startServer(t), ""))
	job := connector.Job{Key: cardsOf("g1")}
	for i := range 9000 {
		job.Tags = append(job.Tags, fmt.Sprint("tag", i))
	}
	must(t, r.Queue.Add(t.Context(), job))
	if lease := r.mustTake(t, job.Key); !slices.Equal(lease.Tags, job.Tags) {
		t.Errorf("%d tags, want %d", len(lease.Tags), len(job.Tags))
	}
}

// Names and tags of any bytes come back as they were, also over a run.
func TestAnyBytes(t *testing.T) {
	o := at(startServer(t), "")
	o.Shards = 3
	r := startReplica(t, o)
	for _, name := range []string{
		"a/b", "/", "{x}", "a{}b", "a:b", "nul\x00x", "\x00\x01", "\x00\xff}", "\xff\xfe", "\"\\", " ", "\n", "\x7f", "\u2028", "号",
	} {
		job := connector.Job{Key: cardsOf(connector.GroupID(name)), Tags: []string{name, name + "2"}}
		must(t, r.Queue.Add(t.Context(), job))
		for _, end := range []connector.RunEnd{{Outcome: connector.RunRetry, Told: true}, {Outcome: connector.RunDone}} {
			lease := r.mustTake(t, job.Key)
			if !slices.Equal(lease.Tags, job.Tags) {
				t.Errorf("%q: took it with tags %q", name, lease.Tags)
			}
			if end.Outcome == connector.RunRetry {
				must(t, r.Queue.Add(t.Context(), job))
			}
			must(t, r.Queue.Finish(t.Context(), lease, end))
		}
	}
}
