package reconcile_test

import (
	"slices"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// A reading of the CRM that failed ends no hold: the plan that waits stays the one
// that can be confirmed.
func TestFailedReadingKeepsAHold(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c", "d")
	w.record("1", "Acme", "a", "b", "c", "d")
	w.open("1")
	w.team("1", "a")
	w.settle("1")
	held := w.group("1").Held
	w.crm.Calls.Spoil(connectortest.CRMTeam, 0, connectortest.MemoryFault{Err: connector.ErrTemporary})
	w.run("1")
	if now := w.group("1").Held; now == nil || now.Plan.ID != held.Plan.ID || now.Reason != connector.HoldLargeRemoval {
		t.Errorf("held %+v, before %+v", now, held)
	}
}

// Who vanished while a large removal is held waits for the same decision, and goes
// on being doubted when the removal is no longer wanted.
func TestVanishedDuringALargeRemoval(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c", "d", "e", "f", "g")
	w.record("1", "Acme", "a", "b", "c", "d", "e", "f", "g")
	g := w.open("1")
	w.chat.Leave(g.Channel.ID, members("d", "e", "f", "g")...)
	w.team("1", "a", "d", "e", "f", "g")
	w.touch("1", connector.ChatMemberLeft, "d")
	w.clock.Advance(time.Second)
	w.settle("1")
	held := w.group("1").Held
	if held == nil || held.Reason != connector.HoldLargeRemoval || !slices.Contains(held.People, member("d")) || !slices.Contains(held.People, member("b")) {
		t.Fatalf("held %+v", held)
	}
	w.team("1", "a", "b", "c", "d", "e", "f", "g")
	w.settle("1")
	if held := w.group("1").Held; held == nil || held.Reason != connector.HoldMassVanish || len(held.People) != 4 {
		t.Errorf("held %+v", held)
	}
}

// Two Users on one Member who left: when one of them is added again, the other
// one did not stay away.
func TestReaddedForBothUsers(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c", "d")
	w.record("1", "Acme", "a", "b", "c", "d")
	w.ok(w.linker().Set(t.Context(), "b", slack, member("a"), "file"))
	g := w.open("1")
	w.chat.Leave(g.Channel.ID, members("a")...)
	w.touch("1", connector.ChatMemberLeft, "a")
	w.clock.Advance(time.Second)
	w.settle("1")
	w.in("1", "a", "c", "d")
	for _, u := range []string{"a", "b"} {
		w.status("1", u, connector.StatusMember)
	}
}

// Removals that were refused once and are held when they may be tried again stay
// held: what waits was not tried.
func TestHeldAfterARefusal(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c", "d")
	w.record("1", "Acme", "a", "b", "c", "d")
	w.open("1")
	w.chat.ForbidRemovals(true)
	w.team("1", "a", "d")
	w.settle("1")
	w.chat.ForbidRemovals(false)
	w.team("1", "a")
	w.clock.Advance(25 * time.Hour)
	for range 3 {
		w.settle("1")
		if held := w.group("1").Held; held == nil || held.Reason != connector.HoldLargeRemoval || len(held.People) != 3 {
			t.Fatalf("held %+v", held)
		}
		w.in("1", "a", "b", "c", "d")
		w.clock.Advance(time.Hour)
	}
}
