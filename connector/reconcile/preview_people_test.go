package reconcile_test

import (
	"fmt"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// preview is what a dry run says of a Group.
func (w *world) preview(id string) connector.Plan {
	w.Helper()
	plan, err := (&reconcile.Planner{Reconciler: w.reconciler()}).Preview(w.Context(), groupOf(id))
	w.ok(err)
	return plan
}

// TestPreviewForesees: what dry runs of all Groups count together is what a Sweep then
// counts, and its verdict the same.
func TestPreviewForesees(t *testing.T) {
	cases := []struct {
		name   string
		limit  int
		change func(w *world)
		want   int
	}{
		{"above the limit", 2, func(*world) {}, 4},
		{"below it", 4, func(*world) {}, 4},
		{"one inactive", 2, func(w *world) {
			w.crm.PutUser(connector.User{ID: "c", Name: "Name of c", Email: email("c")})
		}, 0},
		{"one held by its own brake", 2, func(w *world) { w.team("0", "a") }, 3},
		{"a grace period", 2, func(w *world) { w.policy.Grace = time.Hour }, 0},
		{"kept", 2, func(w *world) { w.policy.Remove = connector.RemoveNever }, 0},
		{"held already", 2, func(w *world) { w.sweeps() }, 4},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := crowd(t, 6, 4)
			w.limit.People = c.limit
			c.change(w)
			counted := 0
			for i := range 6 {
				counted += w.preview(id(i)).Counted
			}
			if counted != c.want {
				t.Errorf("%d removals count, want %d", counted, c.want)
			}
			foreseen, owned, err := w.sweeper().Verdict(t.Context(), counted)
			w.ok(err)
			s := w.sweeps()
			if counted > 0 && (s.Removals != counted || s.Verdict != foreseen || s.Owned != owned) {
				t.Errorf("foreseen %d %s of %d, sweep %+v", counted, foreseen, owned, s)
			}
		})
	}
}

// TestPreviewOfAGracePeriod: a dry run lists who is to go and when, before a run noticed
// and after.
func TestPreviewOfAGracePeriod(t *testing.T) {
	w := newWorld(t)
	w.policy.Grace = 72 * time.Hour
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b", "c")
	w.open("1")
	w.team("1", "a", "b")
	says := func(want string) {
		t.Helper()
		plan := w.preview("1")
		if got := fmt.Sprint(plan.Actions, plan.Later); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	remove := "{remove c " + string(member("c")) + "  no path is left}"
	ends := w.clock.Now().Add(w.policy.Grace)
	says(fmt.Sprintf("[] [{%s %s}]", remove, ends))
	w.settle("1")
	w.clock.Advance(time.Hour)
	says(fmt.Sprintf("[] [{%s %s}]", remove, ends))
	w.clock.Advance(72 * time.Hour)
	says("[" + remove + "] []")
}

// A removal that the platform refused is listed with the time when it is tried again.
func TestPreviewOfARefusedRemoval(t *testing.T) {
	w := crowd(t, 1, 1)
	w.chat.ForbidRemovals(true)
	w.settle("0")
	w.status("0", "c", connector.StatusToRemove)
	plan := w.preview("0")
	if len(plan.Actions) != 0 || len(plan.Later) != 1 || !plan.Later[0].At.Equal(w.clock.Now().Add(24*time.Hour)) {
		t.Errorf("plan %+v", plan)
	}
}
