package redis_test

import (
	"fmt"
	"testing"
	"time"

	"roomkeeper/internal/redistest"
	"roomkeeper/internal/world"
)

// Three replicas run the same schedule, and each of its moments is one Sweep.
func TestRedisCron(t *testing.T) {
	const every, ticks = 2 * time.Second, 6
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	f := world.StartFleet(t, world.Slack(), 5, 1, world.FleetSize, server.URL(), "ROOMKEEPER_SWEEP_SCHEDULE=@every "+every.String(), "ROOMKEEPER_KINDS=account")
	lists := func() int { return f.CRM.Counts(t)["GET /records"] }
	// Counted from one Sweep on, so that the time is that of whole ticks.
	before := lists()
	world.Eventually(t, world.Patience, "a sweep", func() error {
		if lists() == before {
			return fmt.Errorf("%d lists", before)
		}
		return nil
	})
	before = lists()
	began := time.Now()
	world.Eventually(t, world.Patience, "more sweeps", func() error {
		if n := lists() - before; n < ticks {
			return fmt.Errorf("%d sweeps in %v", n, time.Since(began))
		}
		return nil
	})
	if took := time.Since(began); took < (ticks-1)*every {
		t.Errorf("%d sweeps in %v, one every %v is meant", ticks, took, every)
	}
}
