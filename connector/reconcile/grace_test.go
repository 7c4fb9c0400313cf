package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
)

// Whoever is put back within the grace period was never to be removed yet: nothing
// was sent whose outcome only a reading tells.
func TestPutBackWithinGrace(t *testing.T) {
	w := newWorld(t)
	w.policy.Grace = time.Hour
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b", "c")
	w.open("1")
	w.clock.Advance(time.Minute)
	w.team("1", "a", "b")
	w.settle("1")
	w.status("1", "c", connector.StatusToRemove)
	w.clock.Advance(time.Minute)
	w.team("1", "a", "b", "c")
	w.settle("1")
	w.status("1", "c", connector.StatusMember)
	w.clock.Advance(2 * time.Hour)
	w.settle("1")
	w.in("1", "a", "b", "c")
	w.calls(map[string]int{})
}
