package reconcile_test

import (
	"testing"

	"roomkeeper/connector"
)

// A kind that is in use again is taken up where a full Sweep finds it; what happened
// meanwhile is made up for.
func TestKindInUseAgain(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b", "c")
	w.open("1")
	kind := w.policy.Kind
	w.policy.Kind = connector.KindOpportunity
	w.settle("1")
	w.stands("1", connector.GroupUnmanaged)
	w.chat.Join(w.group("1").Channel.ID, member("g"))
	w.policy.Kind = kind
	w.queues(true, "1")
	w.settle("1")
	w.stands("1", connector.GroupActive)
	w.status("1", "g", connector.StatusHandAdded)
	w.queues(true)
}

// What was applied by another configuration is looked at by the next full Sweep, once.
func TestSweepAfterTheConfigurationChanged(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b")
	w.record("1", "Acme", "a", "b")
	w.open("1")
	w.setup = "before"
	w.queues(true) // a version that noted no configuration applied it
	w.settle("1")
	w.queues(true)
	w.setup = "after"
	w.queues(true, "1")
	w.settle("1")
	w.queues(true)
}

// Another configuration than at the last start asks for a full Sweep, once.
func TestConfigured(t *testing.T) {
	w := newWorld(t)
	for _, step := range []struct {
		setup string
		want  bool
	}{{"before", false}, {"before", false}, {"after", true}} {
		w.setup = step.setup
		w.ok(w.sweeper().Configured(t.Context()))
		w.wanted(step.want)
	}
	sweep := w.begun("a", true)
	w.ok(w.replica("a").Carry(t.Context(), sweep, never))
	w.ok(w.sweeper().Configured(t.Context()))
	w.wanted(false)
}
