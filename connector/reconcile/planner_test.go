package reconcile_test

import (
	"fmt"
	"testing"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

// TestPreviewOfATopic: a dry run names a new topic exactly when a run sets it.
func TestPreviewOfATopic(t *testing.T) {
	for topic, sets := range map[string]bool{"Acme": true, "": true, "by hand": false} {
		t.Run(topic, func(t *testing.T) {
			w := newWorld(t)
			w.person("a")
			w.record("1", "Acme", "a")
			g := w.open("1")
			w.chat.Change(g.Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Topic = topic })
			w.record("1", "Acme Pole", "a")
			plan, err := (&reconcile.Planner{Reconciler: w.reconciler()}).Preview(t.Context(), g.ID)
			w.ok(err)
			want := "[{rename   acme-pole with a suffix when it is taken}]"
			if sets {
				want = "[{rename   acme-pole with a suffix when it is taken} {topic   Acme Pole }]"
			}
			if got := fmt.Sprint(plan.Actions); got != want {
				t.Errorf("plan %s, want %s", got, want)
			}
			w.settle("1")
			if got := w.channel("1").Topic; (got == "Acme Pole") != sets {
				t.Errorf("topic %q", got)
			}
			plan, err = (&reconcile.Planner{Reconciler: w.reconciler()}).Preview(t.Context(), g.ID)
			w.ok(err)
			if n := len(plan.Of(connector.ActionTopic)); n != 0 {
				t.Errorf("plan %+v once it was done", plan.Actions)
			}
		})
	}
}
