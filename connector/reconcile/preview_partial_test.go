package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// TestPreviewWhileALookupWaits: the Plan of everybody else is told.
func TestPreviewWhileALookupWaits(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c", "d")
	w.record("1", "Acme", "a", "b", "c")
	w.open("1")
	w.team("1", "a", "b", "d")
	w.chat.Calls.Spoil(string(connectortest.ChatLookup), 0, connectortest.MemoryFault{Err: &connector.WaitError{After: time.Minute}})
	plan, err := w.planner().Preview(t.Context(), groupOf("1"))
	w.ok(err)
	if out := plan.Of(connector.ActionRemove); len(out) != 1 || out[0].Member != member("c") || len(plan.Of(connector.ActionAdd)) != 0 {
		t.Errorf("planned %+v", plan.Actions)
	}
}
