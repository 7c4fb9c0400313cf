package reconcile_test

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

// crowd is a world of so many Groups of three people each, of whom one is taken off
// the team of the first so many.
func crowd(t *testing.T, groups, off int) *world {
	t.Helper()
	w := newWorld(t)
	w.person("a", "b", "c")
	for i := range groups {
		id := fmt.Sprint(i)
		w.record(id, "Acme "+id, "a", "b", "c")
		w.open(id)
	}
	w.clock.Advance(time.Hour)
	w.takeOff(off)
	return w
}

func (w *world) takeOff(n int) {
	for i := range n {
		w.team(fmt.Sprint(i), "a", "b")
	}
}

// begins lists for a Sweep of everything; its runs are still to come.
func (w *world) begins() connector.Sweep {
	w.Helper()
	w.clock.Advance(time.Minute)
	s, err := w.sweeper().BeginEvery(w.Context())
	w.ok(err)
	w.ok(w.sweeper().Carry(w.Context(), s, never))
	return s
}

// works does what is queued, as the service does: it counts the runs for whoever
// waits for them. It stops where the store does not answer any more.
func (w *world) works() {
	w.Helper()
	for range 1000 {
		lease, ok := w.takes()
		if !ok {
			return
		}
		if lease.Key.Lane != connector.LaneGroup {
			end := connector.RunEnd{Outcome: connector.RunDone}
			if lease.Key.Lane == connector.LanePrincipals {
				end = (&reconcile.Spreader{Engine: w.engine, Logger: slog.New(slog.DiscardHandler)}).Run(w.Context(), lease)
			}
			w.ok(w.engine.Queue.Finish(w.Context(), lease, end))
			continue
		}
		end := w.reconciler().Run(w.Context(), lease)
		if end.Told {
			w.sweeper().Told(w.Context(), lease.Tags, end.Outcome == connector.RunDone)
		}
		if err := w.engine.Queue.Finish(w.Context(), lease, end); err != nil {
			return
		}
	}
	w.Fatal("the queue does not become empty")
}

// takes leases what is due within a second.
func (w *world) takes() (connector.Lease, bool) {
	w.Helper()
	for range 2 {
		depth, err := w.engine.Queue.Depth(w.Context())
		w.ok(err)
		if !depth.Oldest.IsZero() {
			lease, err := w.engine.Queue.Take(w.Context())
			w.ok(err)
			return lease, true
		}
		w.clock.Advance(time.Second)
	}
	return connector.Lease{}, false
}

// sweeps makes a whole Sweep, its judgement and what follows from it.
func (w *world) sweeps() connector.Sweep {
	w.Helper()
	s := w.begins()
	w.works()
	w.ok(w.sweeper().Judge(w.Context()))
	w.works()
	return w.swept(s.ID)
}

func (w *world) swept(id string) connector.Sweep {
	w.Helper()
	s, err := w.engine.Sweeps.Sweep(w.Context(), id)
	w.ok(err)
	return s
}

// heldBy counts the Groups that a Sweep's judgement keeps, and those who are in
// all channels.
func (w *world) heldBy(sweep string) (held, in int) {
	w.Helper()
	page, err := w.engine.Groups.ListGroups(w.Context(), connector.GroupQuery{Limit: 500})
	w.ok(err)
	for _, g := range page.Groups {
		in += len(w.chat.Channel(g.Channel.ID).Members)
		switch {
		case g.Held == nil && g.State != connector.GroupActive, g.Held != nil && g.State != connector.GroupHeld:
			w.Errorf("%s: %s, held %+v", g.Record.ID, g.State, g.Held)
		case g.Held != nil && g.Held.Reason == connector.HoldGlobalRemoval && g.Held.Sweep == sweep:
			held++
		}
	}
	return held, in
}

func (w *world) keeps(sweep string, held, in int) {
	w.Helper()
	if h, i := w.heldBy(sweep); h != held || i != in {
		w.Fatalf("%d Groups held by %q, %d people in; want %d, %d", h, sweep, i, held, in)
	}
}

func TestSweepLimit(t *testing.T) {
	for name, c := range map[string]struct {
		groups, off int
		limit       reconcile.Limit
		held        bool
	}{
		"as many people":               {10, 4, reconcile.Limit{Share: 0, People: 4}, false},
		"one more":                     {10, 5, reconcile.Limit{Share: 0, People: 4}, true},
		"more people, the share":       {10, 6, reconcile.Limit{Share: 0.2, People: 4}, false},
		"more people and more":         {10, 7, reconcile.Limit{Share: 0.2, People: 4}, true},
		"more than the share, too few": {10, 10, reconcile.Limit{Share: 0.05, People: 20}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := crowd(t, c.groups, c.off)
			w.limit = c.limit
			s := w.sweeps()
			if s.State != connector.SweepDone || s.Waits || s.Done != c.groups {
				t.Errorf("sweep %+v", s)
			}
			if !c.held {
				w.keeps(s.ID, 0, 3*c.groups-c.off)
				return
			}
			w.keeps(s.ID, c.off, 3*c.groups)
			if s.Verdict != connector.VerdictHeld || s.Removals != c.off || s.Owned != 3*c.groups {
				t.Errorf("sweep %+v", s)
			}
		})
	}
}

// An event's run is no Sweep's: it removes at once. But what a Sweep keeps, no
// event lets go, and whoever else is taken off meanwhile waits for the next one too.
func TestSweepLimitAndEvents(t *testing.T) {
	w := crowd(t, 6, 6)
	w.limit.People = 2
	w.settle("5")
	w.keeps("", 0, 17)
	s := w.sweeps()
	w.keeps(s.ID, 5, 17)
	before := w.group("0").Held.Plan.ID
	w.record("0", "Acme 0", "a")
	w.policy.RemovalShare = 1
	w.settle("0")
	w.in("0", "a", "b", "c")
	if g := w.group("0"); g.Held == nil || g.Held.Plan.ID == before || len(g.Held.People) != 2 || g.Held.Sweep != "" {
		t.Errorf("held %+v", g.Held)
	}
	// A job of an event and of a Sweep waits for the Sweep.
	w.team("5", "a")
	sweep := w.begins()
	w.ok((&reconcile.Planner{Reconciler: w.reconciler()}).Resync(t.Context(), groupOf("5")))
	w.works()
	w.in("5", "a", "b")
	w.ok(w.sweeper().Judge(t.Context()))
	w.works()
	w.in("5", "a", "b")
	if g := w.group("5"); g.Held == nil || g.Held.Sweep != sweep.ID {
		t.Errorf("held %+v", g.Held)
	}
}

// A run that fails is told to its Sweep as failed; what the repeated one finds
// waits all the same.
func TestSweepLimitAfterAFailure(t *testing.T) {
	for _, call := range []string{connectortest.CRMTeam, "observe"} {
		w := crowd(t, 4, 4)
		w.limit.People = 1
		s := w.begins()
		fault := connectortest.MemoryFault{Err: connector.ErrTemporary}
		w.crm.Calls.Spoil(connectortest.CRMTeam, 0, fault)
		w.chat.Calls.Spoil("observe", 0, fault)
		w.works()
		if got := w.swept(s.ID); got.Failed == 0 {
			t.Fatalf("%s: sweep %+v", call, got)
		}
		w.ok(w.sweeper().Judge(t.Context()))
		w.clock.Advance(time.Minute)
		w.works()
		if _, in := w.heldBy(""); in != 12 {
			t.Errorf("%d are in", in)
		}
		next := w.sweeps()
		if held, in := w.heldBy(s.ID); in != 12 || next.Verdict != connector.VerdictHeld {
			t.Errorf("held %d, in %d, sweep %+v", held, in, next)
		}
	}
}

// A Sweep that never hears of one of its Groups is judged by the others.
func TestSweepLimitOfAQuietSweep(t *testing.T) {
	w := crowd(t, 3, 2)
	s := w.begins()
	_, err := w.engine.Sweeps.UpdateSweep(t.Context(), s.ID, func(sw *connector.Sweep) { sw.Queued++ })
	w.ok(err)
	w.works()
	w.ok(w.sweeper().Judge(t.Context()))
	w.works()
	w.keeps("", 2, 9)
	w.clock.Advance(time.Hour + time.Minute)
	w.ok(w.sweeper().Judge(t.Context()))
	w.works()
	w.keeps("", 0, 7)
	if got := w.swept(s.ID); got.State != connector.SweepDone || got.EndedAt.IsZero() {
		t.Errorf("sweep %+v", got)
	}
}

// A Sweep that failed judges nobody; the next one does.
func TestSweepLimitOfAFailedSweep(t *testing.T) {
	w := crowd(t, 3, 2)
	s := w.begins()
	_, err := w.engine.Sweeps.UpdateSweep(t.Context(), s.ID, func(sw *connector.Sweep) { sw.State = connector.SweepFailed })
	w.ok(err)
	w.works()
	w.ok(w.sweeper().Judge(t.Context()))
	w.works()
	w.keeps("", 2, 9)
	next, queued, err := w.sweep(false)
	w.ok(err)
	if len(queued) != 2 {
		t.Errorf("queued %v", queued)
	}
	w.works()
	w.ok(w.sweeper().Judge(t.Context()))
	w.works()
	w.keeps("", 0, 7)
	w.state(next.ID, connector.SweepDone)
}

// A Sweep that goes on is not overtaken by a shorter one: what both found counts.
func TestSweepLimitOfTwoSweeps(t *testing.T) {
	w := crowd(t, 6, 0)
	w.limit.People = 3
	w.takeOff(2)
	long := w.begins()
	_, err := w.engine.Sweeps.UpdateSweep(t.Context(), long.ID, func(sw *connector.Sweep) { sw.Queued++ })
	w.ok(err)
	w.works()
	w.takeOff(4)
	short := w.begins()
	w.works()
	w.ok(w.sweeper().Judge(t.Context()))
	w.works()
	w.keeps(short.ID, 2, 18)
	w.sweeper().Told(t.Context(), []string{long.ID}, true)
	w.ok(w.sweeper().Judge(t.Context()))
	w.works()
	w.keeps(long.ID, 2, 18)
}

// Whoever is inactive leaves at once, and whoever is new comes in, whatever waits.
func TestSweepLimitLetsOthersPass(t *testing.T) {
	w := crowd(t, 4, 4)
	w.limit.People = 1
	w.person("n", "z")
	w.record("9", "Acme 9", "a", "z")
	w.open("9")
	z := user("z")
	z.Active = false
	w.crm.PutUser(z)
	w.team("0", "a", "b", "n")
	s := w.sweeps()
	w.in("0", "a", "b", "c", "n")
	w.in("9", "a")
	if held, _ := w.heldBy(s.ID); held != 4 || s.Removals != 4 {
		t.Errorf("held %d, sweep %+v", held, s)
	}
	plan, err := (&reconcile.Planner{Reconciler: w.reconciler()}).Preview(t.Context(), groupOf("1"))
	w.ok(err)
	if plan.Held != connector.HoldGlobalRemoval || plan.ID != w.group("1").Held.Plan.ID || len(plan.Of(connector.ActionRemove)) != 1 {
		t.Errorf("plan %+v", plan)
	}
}

// What a local brake holds removes nobody, and is no part of the Sweep's removals.
func TestSweepLimitBesideLocalBrakes(t *testing.T) {
	w := crowd(t, 4, 1)
	w.limit = reconcile.Limit{Share: 0, People: 1}
	w.team("1", "a")
	w.team("2", "a")
	s := w.sweeps()
	w.in("0", "a", "b")
	for _, id := range []string{"1", "2"} {
		w.in(id, "a", "b", "c")
		if g := w.group(id); g.Held == nil || g.Held.Reason != connector.HoldLargeRemoval || g.Awaits != "" {
			t.Errorf("held %+v", g.Held)
		}
	}
	if s.Verdict != connector.VerdictPassed || s.Removals != 1 {
		t.Errorf("sweep %+v", s)
	}
}

// A removal that must wait for the platform goes on without another judgement.
func TestSweepLimitIsPassedOnce(t *testing.T) {
	w := crowd(t, 2, 1)
	s := w.begins()
	w.works()
	w.ok(w.sweeper().Judge(t.Context()))
	w.chat.Calls.Spoil("remove", 0, connectortest.MemoryFault{Err: &connector.WaitError{After: time.Minute, What: "kick"}})
	w.works()
	w.keeps(s.ID, 0, 6)
	if g := w.group("0"); !slices.Equal(g.Passed, members("c")) {
		t.Errorf("passed %v", g.Passed)
	}
	w.limit = reconcile.Limit{}
	w.begins()
	w.clock.Advance(time.Minute)
	w.works()
	w.in("0", "a", "b")
	if g := w.group("0"); len(g.Passed) != 0 || g.Held != nil {
		t.Errorf("passed %v, held %+v", g.Passed, g.Held)
	}
}

// The store is away where a failed run is noted: the Sweep hears of the next one.
func TestFailedRunThatIsNotNoted(t *testing.T) {
	w := crowd(t, 1, 1)
	w.crm.Calls.Spoil(connectortest.CRMTeam, 0, connectortest.MemoryFault{Err: connector.ErrTemporary})
	saves := 0
	w.gate = func(step string) error {
		if strings.Contains(step, "save_group") {
			if saves++; saves > 1 {
				return connector.ErrStoreAway
			}
		}
		return nil
	}
	end := w.reconciler().Run(t.Context(), connector.Lease{
		Key: connector.JobKey{Lane: connector.LaneGroup, Group: groupOf("0")}, Attempt: 1, Tags: []string{"s1"},
	})
	if end.Told || end.Outcome != connector.RunRetry || saves < 2 {
		t.Errorf("%+v, %d saves", end, saves)
	}
}
