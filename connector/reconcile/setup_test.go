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
