package world

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Fleet is a world whose connector is several replicas on one Redis, behind a
// balancer: its service is whichever of them answers.
type Fleet struct {
	*World
	Replicas []*Service
}

// FleetSize is how many replicas a test has.
const FleetSize = 3

// leaseOfFleet is short, so that a test sees many leases end.
const leaseOfFleet = "2s"

// StartFleet starts n replicas on the Redis at url and waits until all are
// ready.
func StartFleet(t testing.TB, p Platform, people, records, n int, url string, env ...string) *Fleet {
	t.Helper()
	addr := FreeAddr(t)
	f := &Fleet{World: &World{Sandbox: StartSandbox(t, p, people, records, "http://"+addr), Service: &Service{}}}
	var targets []string
	for range n {
		targets = append(targets, FreeAddr(t))
	}
	b := startBalancer(t, addr, targets)
	f.URL, f.Hooks, f.API = b.url, b.url, NewClient(b.url+"/api/v1", APIToken)
	env = append([]string{"ROOMKEEPER_REDIS_URL=" + url, "ROOMKEEPER_LEASE=" + leaseOfFleet}, env...)
	for _, target := range targets {
		f.Replicas = append(f.Replicas, StartConnector(t, f.Sandbox, target, t.TempDir(), env...))
	}
	for _, r := range f.Replicas {
		r.WaitReady(t)
	}
	return f
}

// KillOne ends a random replica as a power cut would, and starts it again.
func (f *Fleet) KillOne(random *rand.Rand) error {
	r := f.Replicas[random.IntN(len(f.Replicas))]
	if err := r.Running.End(syscall.SIGKILL, 10*time.Second); err != nil {
		return err
	}
	return r.Start()
}

// Alive fails the test when a replica has ended by itself.
func (f *Fleet) Alive(t testing.TB) {
	t.Helper()
	for i, r := range f.Replicas {
		if r.Running.Gone() {
			t.Errorf("replica %d ended: %v\n%s", i, r.Running.err, r.Log.Tail(500))
		}
	}
}

// Idle checks that nothing is left in the queue: no job, no lease, no entry of
// a stream, waiting or pending.
func Idle(ctx context.Context, client redis.UniversalClient) error {
	shards, err := client.HGet(ctx, "roomkeeper:{all}:meta", "shards").Int()
	if err != nil {
		return fmt.Errorf("read the number of shards: %w", err)
	}
	var errs []error
	for i := range shards {
		base := "roomkeeper:{" + strconv.FormatInt(int64(i), 16) + "}:"
		for name, count := range map[string]func() (int64, error){
			"jobs":    func() (int64, error) { return client.HLen(ctx, base+"jobs").Result() },
			"running": func() (int64, error) { return client.HLen(ctx, base+"running").Result() },
			"delayed": func() (int64, error) { return client.ZCard(ctx, base+"delayed").Result() },
			"due":     func() (int64, error) { return client.ZCard(ctx, base+"due").Result() },
			"ready":   func() (int64, error) { return client.XLen(ctx, base+"ready").Result() },
			"urgent":  func() (int64, error) { return client.XLen(ctx, base+"urgent").Result() },
			"pending": func() (int64, error) { return pendingIn(ctx, client, base+"ready", base+"urgent") },
		} {
			n, err := count()
			if err != nil || n != 0 {
				errs = append(errs, fmt.Errorf("shard %d: %s: %d (%w)", i, name, n, errors.Join(err)))
			}
		}
	}
	return errors.Join(errs...)
}

func pendingIn(ctx context.Context, client redis.UniversalClient, streams ...string) (n int64, err error) {
	for _, stream := range streams {
		p, err := client.XPending(ctx, stream, "workers").Result()
		if err != nil && !strings.HasPrefix(err.Error(), "NOGROUP") {
			return n, err
		}
		if p != nil {
			n += p.Count
		}
	}
	return n, nil
}
