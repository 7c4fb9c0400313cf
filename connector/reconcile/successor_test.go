package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// Whoever is turned down because their account is gone is pending for that reason,
// and a new account of the same address is found.
func TestRefusedAccountIsLookedUpAgain(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b", "c")
	w.open("1")
	w.team("1", "a", "b")
	w.settle("1")
	w.chat.SetAccount(email("c"), connector.ReasonNoAccount)
	w.team("1", "a", "b", "c")
	w.settle("1")
	if row := w.row("1", "c"); row.Status != connector.StatusPending || row.Reason != connector.ReasonNoAccount || row.Owned {
		t.Errorf("row %+v", row)
	}
	w.chat.Calls.Spoil("lookup", 0, connectortest.MemoryFault{Err: connector.ErrTemporary})
	w.clock.Advance(time.Hour)
	w.chat.Person(email("c"))
	w.settle("1")
	w.in("1", "a", "b", "c")
}
