package reconcile_test

import (
	"fmt"
	"testing"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// What is held stays so over later Sweeps, is told once, and ends by a decision, by
// a team that is whole again, or by a Sweep below the limit.
func TestSweepLimitEnds(t *testing.T) {
	w := crowd(t, 8, 6)
	w.limit.People = 4
	s := w.sweeps()
	w.keeps(s.ID, 6, 24)
	told, plans := 0, map[connector.PlanID]bool{}
	for i := range 6 {
		g := w.group(fmt.Sprint(i))
		told += len(g.Tellings)
		plans[g.Held.Plan.ID] = true
		for _, telling := range g.Tellings {
			if telling.Shared != s.ID || telling.To != connector.AudienceAdmins || telling.About != string(g.Held.Plan.ID) {
				t.Errorf("%+v", telling)
			}
		}
	}
	again := w.sweeps()
	w.keeps(s.ID, 6, 24)
	if again.Verdict != connector.VerdictHeld || told != 6 || len(plans) != 6 {
		t.Errorf("sweep %+v, told %d, plans %v", again, told, plans)
	}
	for i := range 6 {
		g := w.group(fmt.Sprint(i))
		if len(g.Tellings) != 1 || !plans[g.Held.Plan.ID] || g.Awaits != "" {
			t.Errorf("%+v, held %+v, awaits %q", g.Tellings, g.Held, g.Awaits)
		}
	}
	w.settle("0") // an event changes nothing
	w.keeps(s.ID, 6, 24)
	planner := &reconcile.Planner{Reconciler: w.reconciler()}
	w.ok(planner.Confirm(t.Context(), groupOf("0"), w.group("0").Held.Plan.ID))
	w.works()
	w.keeps(s.ID, 5, 23)
	w.ok(planner.Dismiss(t.Context(), groupOf("1"), w.group("1").Held.Plan.ID))
	w.team("2", "a", "b", "c")
	w.settle("2")
	w.works()
	w.keeps(s.ID, 3, 23)
	w.status("1", "c", connector.StatusHandAdded)
	w.sweeps()
	w.keeps(s.ID, 0, 20)
}

// What a Sweep holds is ended all at once: dismissed it stays by hand, and each
// platform by itself.
func TestSweepLimitEndsAtOnce(t *testing.T) {
	w := crowd(t, 8, 6)
	w.limit.People = 4
	s := w.sweeps()
	planner := &reconcile.Planner{Reconciler: w.reconciler()}
	if n, err := planner.ConfirmSweep(t.Context(), s.ID, "discord"); n != 0 || err != nil {
		t.Errorf("confirmed %d, %v", n, err)
	}
	if n, err := planner.DismissSweep(t.Context(), "another", slack); n != 0 || err != nil {
		t.Errorf("dismissed %d, %v", n, err)
	}
	w.keeps(s.ID, 6, 24)
	n, err := planner.DismissSweep(t.Context(), s.ID, slack)
	if n != 6 || err != nil {
		t.Errorf("dismissed %d, %v", n, err)
	}
	w.works()
	w.sweeps()
	w.keeps(s.ID, 0, 24)
	w.status("5", "c", connector.StatusHandAdded)
	w.record("7", "Acme 7", "a")
	w.policy.RemovalShare = 1
	w.limit.People = 1
	s = w.sweeps()
	w.keeps(s.ID, 1, 24)
	if n, err := planner.ConfirmSweep(t.Context(), s.ID, slack); n != 1 || err != nil {
		t.Errorf("confirmed %d, %v", n, err)
	}
	w.works()
	w.keeps("", 0, 22)
}

// A decision on what a Sweep holds is about whom it counted: a channel that is to lose
// somebody more waits for the next one.
func TestSweepLimitEndsForThoseItCounted(t *testing.T) {
	w := crowd(t, 8, 6)
	w.limit.People = 4
	s := w.sweeps()
	w.keeps(s.ID, 6, 24)
	w.policy.RemovalShare = 1
	w.team("0", "a")
	w.settle("0")
	planner := &reconcile.Planner{Reconciler: w.reconciler()}
	if n, err := planner.ConfirmSweep(t.Context(), s.ID, slack); n != 5 || err != nil {
		t.Errorf("confirmed %d, %v", n, err)
	}
	w.works()
	if held := w.group("0").Held; held == nil || held.Sweep != "" {
		t.Errorf("held %+v", held)
	}
	w.in("0", "a", "b", "c")
}
