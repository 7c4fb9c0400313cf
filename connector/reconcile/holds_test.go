package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

func TestLargeRemoval(t *testing.T) {
	for _, confirm := range []bool{true, false} {
		w := newWorld(t)
		w.person("a", "b", "c", "d", "e")
		w.record("1", "Acme", "a", "b", "c", "d")
		w.open("1")
		w.team("1", "a", "e")
		w.settle("1")
		w.in("1", "a", "b", "c", "d", "e") // additions go on
		g := w.group("1")
		if g.State != connector.GroupHeld || g.Held == nil || g.Held.Reason != connector.HoldLargeRemoval {
			t.Fatalf("%s, held %+v", g.State, g.Held)
		}
		planner := &reconcile.Planner{Reconciler: w.reconciler()}
		plan, err := planner.Preview(t.Context(), g.ID)
		w.ok(err)
		if plan.ID != g.Held.Plan.ID || len(plan.Of(connector.ActionRemove)) != 3 || plan.Held != connector.HoldLargeRemoval {
			t.Errorf("preview %+v", plan)
		}
		if err := planner.Confirm(t.Context(), g.ID, "another"); err == nil {
			t.Error("another plan was confirmed")
		}
		if !confirm {
			w.ok(planner.Dismiss(t.Context(), g.ID, g.Held.Plan.ID))
			w.settle("1")
			w.in("1", "a", "b", "c", "d", "e")
			w.status("1", "b", connector.StatusHandAdded)
		} else {
			w.ok(planner.Confirm(t.Context(), g.ID, g.Held.Plan.ID))
			w.chat.Calls.Spoil("remove", 1, connectortest.MemoryFault{Err: &connector.WaitError{After: time.Minute, What: "kick"}})
			w.settle("1")
			w.in("1", "a", "e")
		}
		if g := w.group("1"); g.Held != nil || g.State != connector.GroupActive || len(g.Confirmed) != 0 {
			t.Errorf("%s, held %+v, confirmed %v", g.State, g.Held, g.Confirmed)
		}
	}
}

func TestTeamEmpty(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b")
	w.record("1", "Acme", "a", "b")
	w.open("1")
	w.record("1", "Acme")
	w.settle("1")
	w.in("1", "a", "b")
	if g := w.group("1"); g.Held == nil || g.Held.Reason != connector.HoldTeamEmpty {
		t.Errorf("held %+v", g.Held)
	}
	w.record("1", "Acme", "a", "b")
	w.settle("1")
	if g := w.group("1"); g.Held != nil || g.State != connector.GroupActive {
		t.Errorf("%s, held %+v", g.State, g.Held)
	}
}

func TestMassVanish(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c", "d")
	w.record("1", "Acme", "a", "b", "c", "d")
	g := w.open("1")
	w.chat.Leave(g.Channel.ID, members("b", "c", "d")...)
	w.clock.Advance(25 * time.Hour) // an old reading is made anew
	w.settle("1")
	if g := w.group("1"); g.Held == nil || g.Held.Reason != connector.HoldMassVanish || len(g.Held.People) != 3 {
		t.Fatalf("held %+v", g.Held)
	}
	w.status("1", "b", connector.StatusMember)
	w.chat.Join(g.Channel.ID, members("b", "c")...)
	w.settle("1")
	w.status("1", "b", connector.StatusMember)
	w.status("1", "d", connector.StatusLeft)
}

func TestMassVanishIsDecided(t *testing.T) {
	for confirm, want := range map[bool][]string{true: {"a"}, false: {"a", "b", "c"}} {
		w := newWorld(t)
		w.person("a", "b", "c")
		w.record("1", "Acme", "a", "b", "c")
		g := w.open("1")
		w.chat.Leave(g.Channel.ID, members("b", "c")...)
		w.touch("1", connector.ChatMemberLeft, "b")
		w.settle("1")
		planner := &reconcile.Planner{Reconciler: w.reconciler()}
		decide := planner.Dismiss
		if confirm {
			decide = planner.Confirm
		}
		w.ok(decide(t.Context(), g.ID, w.group("1").Held.Plan.ID))
		w.clock.Advance(time.Second)
		w.settle("1")
		w.in("1", want...)
		if g := w.group("1"); g.Held != nil || g.State != connector.GroupActive || len(g.Confirmed) != 0 {
			t.Errorf("confirm %t: %s, held %+v, confirmed %v", confirm, g.State, g.Held, g.Confirmed)
		}
		w.forget()
		w.settle("1")
		w.calls(map[string]int{})
	}
}
