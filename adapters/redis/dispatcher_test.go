package redis

import (
	"context"
	"math"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/internal/redistest"
)

// A blocking read may bring an entry while the shards are looked at. The look
// has nobody to run the job, so it must leave it to whoever takes next.
func TestLookLeavesWhatABlockingReadBrings(t *testing.T) {
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	e, err := Open(Options{Addrs: []string{server.Addr()}, Prefix: "look", Deployment: "crm", Shards: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := e.Check(ctx); err != nil {
		t.Fatal(err)
	}
	key := connector.JobKey{Lane: connector.LaneGroup, Group: "g"}
	if err := (queue{e}).Add(ctx, connector.Job{Key: key}); err != nil {
		t.Fatal(err)
	}
	for _, s := range e.queue.shards {
		if s.place == e.layout.Load().group(key.Group) {
			e.queue.look(s, 0) // makes the consumer groups
			e.queue.readShard(s)
			if leases := e.queue.look(s, 0); len(s.given) != 0 || len(leases) != 0 || math.IsInf(s.ready, 1) {
				t.Errorf("after the look %v and %v are held, and ready is %v", s.given, leases, s.ready)
			}
		}
	}
	lease, err := queue{e}.Take(ctx)
	if err != nil || lease.Key != key {
		t.Fatalf("took %v: %v", lease.Key, err)
	}
	if err := (queue{e}).Finish(ctx, lease, connector.RunEnd{Outcome: connector.RunDone}); err != nil {
		t.Error(err)
	}
}
