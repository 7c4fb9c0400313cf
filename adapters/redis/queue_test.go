package redis_test

import (
	"fmt"
	"slices"
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
	o := redis.Options{Addrs: []string{startServer(t).Addr()}, Shards: 16}
	busy, idle := start(t, o), start(t, o)
	var taken atomic.Int64
	waits := func(e *redis.Engine) {
		if _, err := e.Ports().Queue.Take(t.Context()); err == nil {
			taken.Add(1)
		}
	}
	go waits(busy)
	time.Sleep(200 * time.Millisecond) // so that it is the first at every shard
	for range takers - 1 {
		go waits(idle)
	}
	time.Sleep(20 * time.Millisecond)
	var all []connector.Job
	for i := range jobs {
		all = append(all, jobOf(fmt.Sprint("g", i)))
	}
	add(t, busy, all...)
	for begun := time.Now(); taken.Load() < jobs; time.Sleep(10 * time.Millisecond) {
		if time.Since(begun) > 3*time.Second {
			t.Fatalf("%d of %d jobs run, and %d workers are idle", taken.Load(), jobs, takers-taken.Load())
		}
	}
}

// A server that takes over and never heard of a lease gives none that looks the
// same.
func TestTokenAfterFailover(t *testing.T) {
	server := startServer(t)
	e := start(t, redis.Options{Addrs: []string{server.Addr()}})
	add(t, e, jobOf("g1"))
	client, ctx := server.Client(), t.Context()
	before := map[string]string{}
	for _, key := range client.Keys(ctx, "*").Val() {
		before[key] = client.Dump(ctx, key).Val()
	}
	first := take(t, e, time.Second)
	ok(t, client.FlushAll(ctx).Err())
	for key, value := range before {
		ok(t, client.Restore(ctx, key, 0, value).Err())
	}
	if second := take(t, e, 3*time.Second); second.Token == first.Token {
		t.Errorf("two runs of a key under one token: %s", first.Token)
	}
}

// A replica that cannot keep its lease cannot know who else has it by now.
func TestLeaseLostOutOfReach(t *testing.T) {
	proxy := redistest.StartProxy(t, startServer(t).Addr())
	e := start(t, redis.Options{Addrs: []string{proxy.Addr()}, Lease: time.Second})
	add(t, e, jobOf("g1"))
	lease := take(t, e, time.Second)
	defer proxy.Restore()
	select {
	case <-lease.Lost:
		t.Fatal("lost while it is kept")
	case <-time.After(2 * time.Second):
	}
	proxy.HalfOpen()
	select {
	case <-lease.Lost:
	case <-time.After(4 * time.Second):
		t.Error("nobody said that the lease is over")
	}
}

// A service that ends while its store is away has 25 s for everything.
func TestCloseOutOfReach(t *testing.T) {
	proxy := redistest.StartProxy(t, startServer(t).Addr())
	e := start(t, redis.Options{Addrs: []string{proxy.Addr()}})
	for i := range 16 {
		add(t, e, jobOf(fmt.Sprint("g", i)))
		take(t, e, time.Second)
	}
	proxy.HalfOpen()
	defer proxy.Restore()
	began := time.Now()
	ok(t, e.Close())
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("Close took %v", took)
	}
}

// Many leases that are kept do not hide one that is not.
func TestExpiresBehindKeptLeases(t *testing.T) {
	o := redis.Options{Addrs: []string{startServer(t).Addr()}, Lease: time.Second}
	e, killed := start(t, o), start(t, o)
	for i := range 300 {
		add(t, e, jobOf(fmt.Sprint("g", i)))
		take(t, e, 3*time.Second)
	}
	add(t, e, jobOf("last"))
	take(t, killed, time.Second)
	ok(t, killed.Abandon())
	if lease := take(t, e, 8*time.Second); lease.Key.Group != "last" {
		t.Errorf("took %s", lease.Key.Group)
	}
}

// However many Sweeps wait for a run: a script that fails on one job would keep
// all of its shard from being taken.
func TestManyTags(t *testing.T) {
	e := start(t, redis.Options{Addrs: []string{startServer(t).Addr()}})
	job := jobOf("g1")
	for i := range 9000 {
		job.Tags = append(job.Tags, fmt.Sprint("tag", i))
	}
	add(t, e, job)
	if lease := take(t, e, 5*time.Second); !slices.Equal(lease.Tags, job.Tags) {
		t.Errorf("%d tags, want %d", len(lease.Tags), len(job.Tags))
	}
}

// Names and tags of any bytes come back as they were, also over a run.
func TestAnyBytes(t *testing.T) {
	e := start(t, redis.Options{Addrs: []string{startServer(t).Addr()}, Shards: 3})
	for _, name := range []string{
		"a/b", "/", "{x}", "a{}b", "a:b", "nul\x00x", "\x00\x01", "\x00\xff}", "\xff\xfe", "\"\\", " ", "\n", "\x7f", "\u2028", "号",
	} {
		job := jobOf(name)
		job.Tags = []string{name, name + "2"}
		add(t, e, job)
		for _, end := range []connector.RunEnd{{Outcome: connector.RunRetry, Told: true}, {Outcome: connector.RunDone}} {
			lease := take(t, e, 3*time.Second)
			if lease.Key != job.Key || !slices.Equal(lease.Tags, job.Tags) {
				t.Errorf("%q: took %q with tags %q", name, lease.Key, lease.Tags)
			}
			if end.Outcome == connector.RunRetry {
				add(t, e, job)
			}
			ok(t, e.Ports().Queue.Finish(t.Context(), lease, end))
		}
	}
}
