package reconcile_test

import "testing"

// TestAdoptOwnAfterADismissal: whose removal was dismissed goes with the team again once
// they are on it and own is said of the channel.
func TestAdoptOwnAfterADismissal(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c", "d")
	w.record("1", "Acme", "a", "b", "c", "d")
	w.open("1")
	w.team("1", "a")
	w.settle("1")
	held := w.group("1").Held
	if held == nil {
		t.Fatal("nothing is held")
	}
	w.ok(w.planner().Dismiss(t.Context(), groupOf("1"), held.Plan.ID))
	w.settle("1")
	w.team("1", "a", "b", "c", "d")
	w.settle("1")
	w.team("1", "a", "b", "c")
	w.settle("1")
	w.in("1", "a", "b", "c", "d")
	w.team("1", "a", "b", "c", "d")
	w.settle("1")
	_, err := w.adopter().Adopt(t.Context(), wants("1", w.group("1").Channel.ID, true))
	w.ok(err)
	w.settle("1")
	w.team("1", "a", "b", "c")
	w.settle("1")
	w.in("1", "a", "b", "c")
}
