package redis_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"roomkeeper/adapters/redis"
	"roomkeeper/connector"
	"roomkeeper/internal/redistest"
)

// replica is one engine of a test, on the servers' own clock.
type replica struct {
	self *redis.Engine
	connector.Engine
}

// startReplica opens an engine that ends with the test. Without a prefix it
// gets one of its own.
func startReplica(t *testing.T, o redis.Options) replica {
	t.Helper()
	if o.Prefix == "" {
		o.Prefix = freshPrefix()
	}
	o.Deployment = "crm"
	e, err := redis.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	eventually(t, "a checked engine", func() error { return e.Check(t.Context()) })
	return replica{e, e.Ports()}
}

func freshPrefix() string { return fmt.Sprintf("t%d-%d", os.Getpid(), prefixes.Add(1)) }

// at are the options for one server.
func at(s *redistest.Server, prefix string) redis.Options {
	return redis.Options{Topology: redis.Single, Addrs: []string{s.Addr()}, Prefix: prefix}
}

// knowGroups stores Groups g0, g1, …
func (r replica) knowGroups(t *testing.T, n int) []connector.GroupID {
	t.Helper()
	var ids []connector.GroupID
	for i := range n {
		g := connector.Group{
			ID: connector.GroupID(fmt.Sprintf("g%d", i)), Platform: "slack", State: connector.GroupActive,
			Record: connector.RecordKey{CRM: "crm", Kind: "account", ID: fmt.Sprint(i)},
		}
		if _, err := r.Groups.SaveGroup(t.Context(), g); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, g.ID)
	}
	return ids
}

// intake is an event about a Group: an identity, a notice that carries it, and
// a job.
func intake(id string, group connector.GroupID) connector.Intake {
	return connector.Intake{
		ID: id, Group: group, At: time.Now(), Notice: &connector.Notice{Event: connector.NoticeEvent{ID: id}},
		Jobs: []connector.Job{{Key: cardsOf(group)}},
	}
}

func cardsOf(group connector.GroupID) connector.JobKey {
	return connector.JobKey{Lane: connector.LaneCards, Group: group}
}

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

// takeSoon takes a job, within a time.
func (r replica) takeSoon(t *testing.T, within time.Duration) (connector.Lease, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	return r.Queue.Take(ctx)
}

// mustTake takes a job of a key.
func (r replica) mustTake(t *testing.T, key connector.JobKey) connector.Lease {
	t.Helper()
	lease, err := r.takeSoon(t, patience)
	if err != nil {
		t.Fatalf("take %v: %v", key, err)
	}
	if lease.Key != key {
		t.Fatalf("took %v, want %v", lease.Key, key)
	}
	return lease
}

// done ends a run.
func (r replica) done(t *testing.T, lease connector.Lease) {
	t.Helper()
	must(t, r.Queue.Finish(t.Context(), lease, connector.RunEnd{Outcome: connector.RunDone}))
}

// add queues a job of a key.
func (r replica) add(t *testing.T, key connector.JobKey) {
	t.Helper()
	must(t, r.Queue.Add(t.Context(), connector.Job{Key: key}))
}

// onlyAway wants an error to say that the store is away and nothing else.
func onlyAway(err error) error {
	if errors.Is(err, connector.ErrStoreAway) {
		return nil
	}
	return fmt.Errorf("%w, want ErrStoreAway", err)
}

// eventually waits until check returns nil, and fails the test with its last
// error when it does not in time.
func eventually(t *testing.T, what string, check func() error) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-deadline.C:
			t.Fatalf("%s: %v", what, err)
		case <-tick.C:
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// dump is everything under a prefix, byte for byte, by key. What only tells
// that something was asked (the sequence, and who reads the streams) is left
// out.
func dump(t *testing.T, c *goredis.Client, prefix string) map[string]string {
	t.Helper()
	keys, err := c.Keys(t.Context(), prefix+":*").Result()
	must(t, err)
	all := map[string]string{}
	for _, key := range keys {
		if strings.HasSuffix(key, "}:seq") {
			continue
		}
		kind, err := c.Type(t.Context(), key).Result()
		must(t, err)
		all[key], err = content(t.Context(), c, key, kind)
		must(t, err)
	}
	return all
}

func content(ctx context.Context, c *goredis.Client, key, kind string) (string, error) {
	switch kind {
	case "string":
		return c.Get(ctx, key).Result()
	case "hash":
		fields, err := c.HGetAll(ctx, key).Result()
		return fmt.Sprintf("%q", fields), err
	case "zset":
		members, err := c.ZRangeWithScores(ctx, key, 0, -1).Result()
		return fmt.Sprintf("%+v", members), err
	case "stream":
		entries, err := c.XRange(ctx, key, "-", "+").Result()
		return fmt.Sprintf("%+v", entries), err
	}
	return "", fmt.Errorf("%s is a %s", key, kind)
}
