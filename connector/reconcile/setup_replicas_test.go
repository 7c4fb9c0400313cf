package reconcile_test

import (
	"fmt"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// What a replica with the configuration before applied after the new one's Sweep is
// put right when it is gone, without a nightly Sweep, and once.
func TestAppliedByTheConfigurationBefore(t *testing.T) {
	w := newWorld(t)
	w.engine.Shared = true
	w.person("a", "b")
	w.record("1", "Acme", "a")
	w.setup = "old"
	w.ok(w.sweeper().Configured(t.Context()))
	w.open("1")
	old := w.policy
	w.handIn("b")
	w.in("1", "a", "b")

	w.policy.Extras, w.setup = connector.ExtrasKick, "new"
	w.ok(w.sweeper().Configured(t.Context()))
	w.queues(true, "1")
	w.settle("1")
	w.in("1", "a")

	changed := w.policy
	w.policy, w.setup = old, "old"
	before := &reconcile.Setups{Sweeper: w.sweeper()}
	w.ok(before.Look(t.Context()))
	w.clock.Advance(25 * time.Hour)
	w.handIn("b")
	w.in("1", "a", "b")

	w.policy, w.setup = changed, "new"
	now := &reconcile.Setups{Sweeper: w.sweeper()}
	for minute := range 10 {
		w.ok(now.Look(t.Context()))
		if minute < 5 {
			w.ok(before.Look(t.Context()))
			w.wanted(false)
		}
		w.clock.Advance(time.Minute)
	}
	w.wanted(true)
	w.queues(true, "1")
	w.settle("1")
	w.in("1", "a")
	w.wanted(false)
	w.queues(true)
}

// Cut short at any step, nothing is forgotten of replicas that are gone.
func TestSetupsCutShort(t *testing.T) {
	for skip := range 8 {
		w := newWorld(t)
		w.engine.Shared = true
		w.setup = "old"
		w.ok(w.sweeper().Configured(t.Context()))
		w.setup = "new"
		w.ok(w.sweeper().Configured(t.Context()))
		w.ok(w.replica("a").Carry(t.Context(), w.begun("a", true), never))
		w.wanted(false)
		steps := 0
		w.gate = func(step string) error {
			if steps++; steps == skip+1 {
				return fmt.Errorf("%s: %w", step, connector.ErrStoreAway)
			}
			return nil
		}
		for range 10 {
			s := &reconcile.Setups{Sweeper: w.sweeper()}
			for range 5 {
				_ = s.Look(t.Context())
				w.clock.Advance(time.Minute)
			}
		}
		w.gate = nil
		w.wanted(true)
	}
}
