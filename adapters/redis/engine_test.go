package redis_test

import (
	"context"
	"testing"
	"time"

	"roomkeeper/adapters/redis"
	"roomkeeper/connector"
	"roomkeeper/internal/redistest"
)

// start opens an engine for the length of a test.
func start(t *testing.T, o redis.Options) *redis.Engine {
	t.Helper()
	o.Prefix, o.Deployment = "p", "d"
	e, err := redis.Open(o)
	ok(t, err)
	t.Cleanup(func() { ok(t, e.Close()) })
	ok(t, e.Check(t.Context()))
	return e
}

func startServer(t *testing.T) *redistest.Server {
	t.Helper()
	return redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
}

func jobOf(group string) connector.Job {
	return connector.Job{Key: connector.JobKey{Lane: connector.LaneGroup, Group: connector.GroupID(group)}}
}

// add queues jobs.
func add(t *testing.T, e *redis.Engine, jobs ...connector.Job) {
	t.Helper()
	ok(t, e.Ports().Queue.Add(t.Context(), jobs...))
}

// take leases a job that has to be there within a while.
func take(t *testing.T, e *redis.Engine, within time.Duration) connector.Lease {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	lease, err := e.Ports().Queue.Take(ctx)
	ok(t, err)
	return lease
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
