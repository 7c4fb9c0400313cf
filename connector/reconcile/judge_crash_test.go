package reconcile_test

import (
	"fmt"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// A process is killed at any step of the runs, of the counting or of the judgement.
// Another one goes on, and the end is the same.
func TestSweepLimitAndCrashes(t *testing.T) {
	for _, people := range []int{1, 2} {
		for step := 0; ; step++ {
			w := crowd(t, 2, 2)
			w.limit.People = people
			s := w.begins()
			left := step
			w.gate = func(string) error {
				if left--; left < 0 {
					return connector.ErrStoreAway
				}
				return nil
			}
			cut, err := w.sweepUntilKilled()
			crashed := left < 0
			w.gate = nil
			if cut.Token != "" { // the queue hands it out again, to another process
				w.ok(w.engine.Queue.Finish(t.Context(), cut, connector.RunEnd{Outcome: connector.RunRetry}))
			}
			if err != nil && !crashed {
				t.Fatal(err)
			}
			w.clock.Advance(2 * time.Minute)
			w.works()
			w.ok(w.sweeper().Judge(t.Context()))
			w.works()
			if people == 1 {
				if _, in := w.heldBy(s.ID); in != 6 {
					t.Fatalf("crash at step %d: %d in", step, in)
				}
			}
			// Nothing waits for ever: the next Sweep decides what this one could not.
			next := w.sweeps()
			_, in := w.heldBy("")
			if want := map[int]int{1: 6, 2: 4}[people]; in != want {
				t.Fatalf("crash at step %d: %d in, sweep %+v", step, in, next)
			}
			w.noneAwait(step)
			if !crashed {
				break
			}
			if step > 400 {
				t.Fatal("no end")
			}
		}
	}
}

// noneAwait checks that no Group waits for a judgement, and each that is held by one
// was told once.
func (w *world) noneAwait(step int) {
	w.Helper()
	page, err := w.engine.Groups.ListGroups(w.Context(), connector.GroupQuery{})
	w.ok(err)
	for _, g := range page.Groups {
		held := g.Held != nil
		if g.Awaits != "" || held != (len(g.Tellings) == 1) || held && g.Held.Sweep == "" {
			w.Fatalf("crash at step %d: awaits %q, held %+v, tellings %+v", step, g.Awaits, g.Held, g.Tellings)
		}
	}
}

// sweepUntilKilled works and judges until the store is away; cut is the run that had
// not ended then.
func (w *world) sweepUntilKilled() (cut connector.Lease, err error) {
	for range 100 {
		lease, ok := w.takes()
		if !ok {
			break
		}
		end := w.reconciler().Run(w.Context(), lease)
		if end.Told {
			w.sweeper().Told(w.Context(), lease.Tags, end.Outcome == connector.RunDone)
		}
		if err := w.gate("finish"); err != nil {
			return lease, err
		}
		w.ok(w.engine.Queue.Finish(w.Context(), lease, end))
	}
	return connector.Lease{}, w.sweeper().Judge(w.Context())
}

// Several replicas judge at once: there is one verdict.
func TestSweepLimitJudgedByReplicas(t *testing.T) {
	for _, people := range []int{1, 8} {
		w := crowd(t, 8, 8)
		w.limit.People = people
		s := w.begins()
		w.works()
		errs := make(chan error, 4)
		for range 4 {
			go func() { errs <- w.sweeper().Judge(w.Context()) }()
		}
		for range 4 {
			w.ok(<-errs)
		}
		w.works()
		if people == 1 {
			w.keeps(s.ID, 8, 24)
		} else {
			w.keeps(s.ID, 0, 16)
		}
		w.noneAwait(0)
	}
}

// A judgement is cut off halfway, and more people go meanwhile from the Groups that
// still wait: whom the verdict did not count waits for the next Sweep.
func TestSweepLimitCutOffWhileMoreGo(t *testing.T) {
	w := crowd(t, 8, 4)
	w.limit = reconcile.Limit{People: 4}
	w.policy.RemovalShare = 1
	s := w.begins()
	w.works()
	saved := 0
	w.gate = func(step string) error {
		if step == "save_group" {
			saved++
		}
		if saved > 6 { // four are counted first, then let go
			return connector.ErrStoreAway
		}
		return nil
	}
	if err := w.sweeper().Judge(t.Context()); err == nil {
		t.Fatal("it was not cut off")
	}
	w.gate = nil
	for i := range 4 {
		w.team(fmt.Sprint(i), "a")
		w.ok((&reconcile.Planner{Reconciler: w.reconciler()}).Resync(t.Context(), groupOf(fmt.Sprint(i))))
	}
	w.works()
	w.ok(w.sweeper().Judge(t.Context()))
	w.works()
	got := w.swept(s.ID)
	if _, in := w.heldBy(""); in < 24-got.Removals || got.Removals != 4 || got.State != connector.SweepDone {
		t.Errorf("%d are in, sweep %+v", in, got)
	}
	next := w.sweeps()
	if held, in := w.heldBy(next.ID); next.Verdict != connector.VerdictHeld || held == 0 || in < 20 {
		t.Errorf("%d held, %d in, sweep %+v", held, in, next)
	}
}
