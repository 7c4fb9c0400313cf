package reconcile_test

import (
	"errors"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

// Whoever came in by hand unnoticed and asks to join is in by their own wish, however
// old the reading is: they joined, and go when they do not belong any more.
func TestWhoCameUnnoticedJoins(t *testing.T) {
	for _, age := range []time.Duration{time.Hour, 25 * time.Hour} {
		w := staffed(t)
		w.open("1")
		w.join("c", "d")
		w.chat.Join(w.group("1").Channel.ID, member("b"))
		w.clock.Advance(age)
		w.join("b")
		w.is("b", connector.StatusJoined)
		if row := w.row("1", "b"); !row.Owned || !row.Seen || row.By != "join" {
			t.Errorf("after %s: row %+v", age, row)
		}
		w.staff("a", "c", "d")
		w.settle("1")
		w.in("1", "c", "d")
	}
}

// Whoever came in by hand unnoticed and asks to leave is let out, whether they were ever
// listed or not.
func TestWhoCameUnnoticedLeaves(t *testing.T) {
	w := staffed(t)
	w.person("h")
	w.open("1")
	w.join("b", "c", "d")
	w.staff("a", "c", "d")
	w.settle("1")
	w.is("b", connector.StatusRemoved)
	w.clock.Advance(time.Hour)
	w.chat.Join(w.group("1").Channel.ID, members("b", "h")...)
	w.leave("h")
	w.leave("b")
	w.in("1", "c", "d")
	w.settle("1")
	w.in("1", "c", "d")
	if err := w.planner().Leave(t.Context(), groupOf("1"), member("h")); !errors.Is(err, connector.ErrNotFound) {
		t.Errorf("who is out leaves: %v", err)
	}
	w.chat.Calls.Spoil(string(connectortest.ChatObserve), 0, connectortest.MemoryFault{Err: connector.ErrTemporary})
	var unread *reconcile.ReadError
	if err := w.planner().Leave(t.Context(), groupOf("1"), member("h")); !errors.As(err, &unread) {
		t.Errorf("nobody can say: %v", err)
	}
}
