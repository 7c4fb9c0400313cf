package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
)

// strangers lets people whom the CRM does not know in by hand.
func strangers(w *world, who ...string) {
	w.Helper()
	for _, s := range who {
		w.chat.Person(email(s))
		w.chat.Join(w.group("1").Channel.ID, member(s))
	}
	w.touch("1", connector.ChatMemberJoined, who[0])
	w.settle("1")
}

// asked checks how many accounts were asked for since the last time.
func (w *world) asked(want int) {
	w.Helper()
	if n := w.chat.Calls.Counts()[asksAccount]; n != want {
		w.Errorf("%d accounts were asked for, want %d", n, want)
	}
	w.chat.Calls.Reset()
}

// TestStrangersAreAskedForOnce: while their going waits for somebody's word nobody is
// asked for again, and before they go those of whom it was heard long ago.
func TestStrangersAreAskedForOnce(t *testing.T) {
	w := newWorld(t)
	w.policy.Extras = connector.ExtrasKick
	w.person("a", "b")
	w.record("1", "Acme", "a", "b")
	w.open("1")
	strangers(w, "x", "y", "z")
	if g := w.group("1"); g.Held == nil || g.Held.Reason != connector.HoldLargeRemoval {
		t.Fatalf("held %+v", g.Held)
	}
	w.asked(3)
	for range 3 {
		w.clock.Advance(10 * time.Hour)
		w.touch("1", connector.ChatMemberJoined, "x")
		w.settle("1")
		w.asked(0)
	}
	w.in("1", "a", "b", "x", "y", "z")
	strangers(w, "v")
	w.asked(1)
	w.ok(w.planner().Confirm(t.Context(), groupOf("1"), w.group("1").Held.Plan.ID))
	w.settle("1")
	w.in("1", "a", "b")
	w.asked(3)
}

// TestAStrangerIsAskedForOnceADay: whoever is removed the day after is asked for again.
func TestAStrangerIsAskedForOnceADay(t *testing.T) {
	w := newWorld(t)
	w.policy.Extras = connector.ExtrasKick
	w.person("a", "b")
	w.record("1", "Acme", "a", "b")
	w.open("1")
	for range 2 {
		strangers(w, "x")
		w.in("1", "a", "b")
		w.asked(1)
		strangers(w, "x") // stays until the day is over
		w.in("1", "a", "b", "x")
		w.asked(0)
		w.chat.Leave(w.group("1").Channel.ID, member("x"))
		w.clock.Advance(25 * time.Hour)
	}
}

// TestAStrangerWhoseRemovalWaits: an answer outlives a run that could not remove them.
func TestAStrangerWhoseRemovalWaits(t *testing.T) {
	w := newWorld(t)
	w.policy.Extras = connector.ExtrasKick
	w.person("a", "b")
	w.record("1", "Acme", "a", "b")
	w.open("1")
	w.chat.ForbidRemovals(true)
	strangers(w, "x")
	w.asked(1)
	w.chat.ForbidRemovals(false)
	w.clock.Advance(23 * time.Hour)
	w.settle("1")
	w.asked(0)
}
