package reconcile_test

import (
	"slices"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// settleAll runs each of the first so many Groups, as its own time has it.
func (w *world) settleAll(groups int) {
	w.Helper()
	for i := range groups {
		w.settle(id(i))
	}
}

func id(i int) string { return string(rune('0' + i)) }

// Whom a Sweep finds to go is judged by one, also when a grace period lets the
// removal come much later, in a run of its own.
func TestSweepLimitAfterAGracePeriod(t *testing.T) {
	for people, in := range map[int]int{2: 18, 20: 12} {
		w := crowd(t, 6, 0)
		w.limit.People, w.policy.Grace = people, 24*time.Hour
		w.takeOff(6)
		first := w.sweeps()
		w.keeps("", 0, 18)
		if first.Waits || first.Verdict != "" {
			t.Errorf("sweep %+v", first)
		}
		w.clock.Advance(25 * time.Hour)
		w.settleAll(6)
		w.keeps("", 6, 18)
		if g := w.group("0"); g.Awaits != "" || len(g.Tellings) != 0 {
			t.Errorf("awaits %q, told %+v", g.Awaits, g.Tellings)
		}
		s := w.sweeps()
		if _, now := w.heldBy(s.ID); now != in || s.Removals != 6 {
			t.Errorf("limit of %d: %d in, sweep %+v", people, now, s)
		}
		w.noneAwait(0)
	}
}

// What an event found is no Sweep's when its grace period ends.
func TestGracePeriodOfAnEvent(t *testing.T) {
	w := crowd(t, 6, 0)
	w.limit.People, w.policy.Grace = 2, 24*time.Hour
	w.takeOff(6)
	w.settleAll(6)
	w.keeps("", 0, 18)
	w.clock.Advance(25 * time.Hour)
	w.settleAll(6)
	w.keeps("", 0, 12)
}

// What a run finds that only the time brought is what a Sweep would have found: it
// waits for one.
func TestRunByTimeFindsForASweep(t *testing.T) {
	w := crowd(t, 6, 0)
	w.limit.People = 2
	w.works()
	w.takeOff(6)
	for i := range 6 {
		w.ok(w.engine.Queue.Add(t.Context(), connector.Job{
			Key: connector.JobKey{Lane: connector.LaneGroup, Group: groupOf(id(i))}, Tags: connector.QueuedBy("time"),
		}))
	}
	w.works()
	w.keeps("", 6, 18)
	s := w.sweeps()
	w.keeps(s.ID, 6, 18)
}

// An event's run lets go at once whom a run that came by itself found right before the
// event; whom a Sweep keeps it does not.
func TestEventEndsWhatTimeFound(t *testing.T) {
	w := crowd(t, 6, 0)
	w.limit.People = 2
	w.works()
	w.takeOff(6)
	brings := func(group int, cause string) {
		t.Helper()
		w.ok(w.engine.Queue.Add(t.Context(), connector.Job{
			Key: connector.JobKey{Lane: connector.LaneGroup, Group: groupOf(id(group))}, Tags: connector.QueuedBy(cause),
		}))
		w.works()
	}
	brings(0, "time")
	w.keeps("", 1, 18)
	brings(0, "team.changed e1")
	w.keeps("", 0, 17)
	s := w.sweeps()
	w.keeps(s.ID, 5, 17)
	brings(1, "team.changed e2")
	w.keeps(s.ID, 5, 17)
}

// Whom the CRM lost after a Sweep's judgement is not let go by it.
func TestSweepLimitLetsGoWhomItCounted(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c", "d", "e")
	w.record("0", "Acme", "a", "b", "c", "d", "e")
	w.open("0")
	w.team("0", "a", "b", "c", "d")
	w.begins()
	w.works()
	w.ok(w.sweeper().Judge(t.Context()))
	w.team("0", "a", "b", "c")
	w.works()
	w.in("0", "a", "b", "c", "d")
	if g := w.group("0"); g.Held == nil || !slices.Equal(g.Held.People, members("d")) || len(g.Passed) != 0 {
		t.Errorf("held %+v, passed %v", g.Held, g.Passed)
	}
	w.sweeps()
	w.in("0", "a", "b", "c")
	w.noneAwait(0)
}

// Members of channels that are out of use make no Sweep's removals fewer.
func TestSweepLimitCountsChannelsInUse(t *testing.T) {
	w := crowd(t, 8, 2)
	w.limit = reconcile.Limit{Share: 0.1, People: 1}
	for i := 4; i < 8; i++ {
		g := w.group(id(i))
		g.State = connector.GroupFrozen
		_, err := w.engine.Groups.SaveGroup(t.Context(), g)
		w.ok(err)
	}
	if s := w.sweeps(); s.Verdict != connector.VerdictHeld || s.Owned != 12 {
		t.Errorf("sweep %+v", s)
	}
}

// A removal that was judged and that the platform refused is tried every day, with
// no other judgement.
func TestRefusedRemovalIsJudgedOnce(t *testing.T) {
	w := crowd(t, 2, 1)
	w.chat.ForbidRemovals(true)
	w.sweeps()
	w.status("0", "c", connector.StatusToRemove)
	w.begins() // another one comes by in between
	w.works()
	w.chat.ForbidRemovals(false)
	w.clock.Advance(25 * time.Hour)
	w.settle("0")
	w.in("0", "a", "b")
	if g := w.group("0"); g.Held != nil {
		t.Errorf("held %+v", g.Held)
	}
}
