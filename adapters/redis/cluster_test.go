package redis_test

import (
	"fmt"
	"testing"
	"time"

	"roomkeeper/adapters/redis"
	"roomkeeper/connector"
	"roomkeeper/internal/redistest"
)

// A master that dies and stays dead costs its Groups some seconds, and the
// others nothing.
func TestChaosClusterMasterGone(t *testing.T) {
	cluster := redistest.StartCluster(t, redistest.Options{AppendFsync: "everysec"})
	e, err := redis.Open(redis.Options{Topology: redis.Cluster, Addrs: cluster.Addrs(), Prefix: "gone", Deployment: "d"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := e.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	ports := e.Ports()
	const groups = 64
	accept := func(round, i int) error {
		id := connector.GroupID(fmt.Sprint("g", i))
		_, err := ports.Inbox.Accept(t.Context(), connector.Intake{
			ID: fmt.Sprint(round, "/", i), Group: id, Open: &connector.Group{ID: id, State: connector.GroupCreating},
			Jobs: []connector.Job{{Key: connector.JobKey{Lane: connector.LaneGroup, Group: id}}},
		})
		return err
	}
	for i := range groups {
		if err := accept(0, i); err != nil {
			t.Fatal(err)
		}
	}
	cluster.KillMaster(0)
	began := time.Now()
	for i := range groups {
		for err := accept(1, i); err != nil; err = accept(1, i) {
			if time.Since(began) > 20*time.Second {
				t.Fatalf("group %d: after %v: %v", i, time.Since(began), err)
			}
		}
	}
	t.Logf("every group takes events again %v after the failover", time.Since(began).Round(time.Millisecond))
	taken := map[connector.JobKey]bool{}
	for len(taken) < groups {
		lease, err := ports.Queue.Take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		taken[lease.Key] = true
		if err := ports.Queue.Finish(t.Context(), lease, connector.RunEnd{Outcome: connector.RunDone}); err != nil {
			t.Fatal(err)
		}
	}
}
