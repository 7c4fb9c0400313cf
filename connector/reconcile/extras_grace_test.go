package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
)

// Whoever was never on the team has no grace period, however often the removal was
// found and held.
func TestHeldExtrasHaveNoGrace(t *testing.T) {
	w := newWorld(t)
	w.policy.Extras, w.policy.Grace = connector.ExtrasKick, 7*24*time.Hour
	w.person("a", "b", "h", "i")
	w.record("1", "Acme", "a", "b")
	g := w.open("1")
	w.chat.Join(g.Channel.ID, members("h", "i")...)
	w.touch("1", connector.ChatMemberJoined, "h")
	for range 3 {
		w.settle("1")
		if held := w.group("1").Held; held == nil || held.Reason != connector.HoldLargeRemoval || len(held.People) != 2 {
			t.Fatalf("held %+v", held)
		}
		w.clock.Advance(time.Minute)
	}
	w.chat.Leave(g.Channel.ID, member("i"))
	w.touch("1", connector.ChatMemberLeft, "i")
	w.clock.Advance(time.Second)
	w.settle("1")
	w.in("1", "a", "b")
	if row := w.row("1", "h"); row.Status != connector.StatusRemoved || row.WasWanted {
		t.Errorf("row %+v", row)
	}
}

// Whoever came in by hand and went off the team keeps the whole grace period, by
// every run that comes meanwhile, and after a refusal.
func TestExtrasOfTheTeamHaveGrace(t *testing.T) {
	w := newWorld(t)
	w.policy.Extras, w.policy.Grace = connector.ExtrasKick, time.Hour
	w.person("a", "b", "h")
	w.record("1", "Acme", "a", "b")
	g := w.open("1")
	w.team("1", "a", "b", "h")
	w.chat.Join(g.Channel.ID, member("h"))
	w.touch("1", connector.ChatMemberJoined, "h")
	w.clock.Advance(time.Second)
	w.settle("1")
	w.status("1", "h", connector.StatusHandAdded)
	w.team("1", "a", "b")
	for range 3 {
		w.settle("1")
		w.status("1", "h", connector.StatusToRemove)
		w.in("1", "a", "b", "h")
		w.clock.Advance(15 * time.Minute)
	}
	w.clock.Advance(15 * time.Minute)
	w.settle("1")
	w.in("1", "a", "b")
	// Once they are out they are like anybody.
	w.clock.Advance(25 * time.Hour)
	joins("h")(w)
	w.clock.Advance(time.Second)
	w.settle("1")
	w.in("1", "a", "b")
}
