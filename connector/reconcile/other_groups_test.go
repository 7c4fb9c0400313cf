package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
)

// What one Group's run finds new of a person hides nothing from a Sweep: their
// other Groups are queued.
func TestSweepTellsTheOtherGroups(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b")
	w.record("2", "Beta", "a", "b")
	w.open("1")
	w.open("2")
	b := user("b")
	b.Links = map[connector.PlatformID]connector.MemberID{slack: member("c")}
	w.crm.PutUser(b)
	w.settle("1")
	w.in("1", "a", "c")
	w.queue.take("")
	w.clock.Advance(time.Minute)
	sweep, err := w.sweeper().Begin(t.Context(), true)
	w.ok(err)
	w.ok(w.sweeper().Carry(t.Context(), sweep, func(time.Duration) bool { return false }))
	w.queuedRun("2")
	w.in("2", "a", "c")
}
