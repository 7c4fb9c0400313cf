package reconcile_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

// replica is a Sweeper of a process of that name, over the world's engine.
func (w *world) replica(name string) *reconcile.Sweeper {
	s := w.sweeper()
	s.Replica = name
	return s
}

// begun stores a Sweep of a replica that then does nothing any more.
func (w *world) begun(replica string, full bool) connector.Sweep {
	w.Helper()
	s, err := w.replica(replica).Begin(w.Context(), full)
	w.ok(err)
	return s
}

func (w *world) state(id string, want connector.SweepState) connector.Sweep {
	w.Helper()
	s, err := w.engine.Sweeps.Sweep(w.Context(), id)
	w.ok(err)
	if s.State != want {
		w.Fatalf("the sweep is %+v, want %s", s, want)
	}
	return s
}

// wanted checks whether a full Sweep stands to be carried out.
func (w *world) wanted(want bool) {
	w.Helper()
	request, err := w.sweeper().Requested(w.Context())
	w.ok(err)
	if (request != "") != want {
		w.Fatalf("a full sweep is wanted: %q, want one: %t", request, want)
	}
}

// countMarks counts the marks that are set from now on.
func (w *world) countMarks() *atomic.Int32 {
	n := &atomic.Int32{}
	w.gate = func(step string) error {
		if step == "set_mark" {
			n.Add(1)
		}
		return nil
	}
	return n
}

func TestSweepOfAKilledReplica(t *testing.T) {
	for name, full := range map[string]bool{"full": true, "incremental": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.engine.Shared = true
			sweep := w.begun("a", full)
			w.clock.Advance(time.Minute)
			w.ok(w.replica("b").Recover(t.Context()))
			w.state(sweep.ID, connector.SweepListing)
			w.clock.Advance(time.Second)
			requests := w.countMarks()
			var replicas sync.WaitGroup
			for _, name := range []string{"b", "c", "d", "e", "f"} {
				replicas.Go(func() {
					if err := w.replica(name).Recover(t.Context()); err != nil {
						t.Errorf("recover: %v", err)
					}
				})
			}
			replicas.Wait()
			got := w.state(sweep.ID, connector.SweepFailed)
			if got.Error == "" || !got.EndedAt.Equal(w.clock.Now()) {
				t.Errorf("sweep %+v", got)
			}
			w.wanted(full)
			if n := requests.Load(); n > 1 {
				t.Errorf("%d replicas asked for it", n)
			}
		})
	}
}

// The replica that ends a dead Sweep is killed before it has asked for another.
func TestSweepOfTwoKilledReplicas(t *testing.T) {
	w := newWorld(t)
	w.engine.Shared = true
	sweep := w.begun("a", true)
	w.clock.Advance(2 * time.Minute)
	w.gate = func(step string) error {
		if step == "set_mark" {
			return connector.ErrStoreAway
		}
		return nil
	}
	if err := w.replica("b").Recover(t.Context()); !errors.Is(err, connector.ErrStoreAway) {
		t.Fatalf("error %v", err)
	}
	w.gate = nil
	w.state(sweep.ID, connector.SweepListing)
	w.wanted(false)
	w.clock.Advance(2 * time.Minute)
	w.ok(w.replica("c").Recover(t.Context()))
	w.state(sweep.ID, connector.SweepFailed)
	w.wanted(true)
}

// Of an engine that one process has for itself, all Sweeps of others are dead.
func TestSweepOfAnEarlierProcess(t *testing.T) {
	w := newWorld(t)
	before, ours := w.begun("before", true), w.begun("now", true)
	w.ok(w.replica("now").Recover(t.Context()))
	w.state(before.ID, connector.SweepFailed)
	w.state(ours.ID, connector.SweepListing)
	w.wanted(true)
}

// While somebody attends to it a Sweep is not taken over, however long it takes.
func TestAttendedSweepLives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.engine.Shared = true
		sweep := w.begun("a", true)
		attended, stop := w.replica("a").Attend(t.Context(), sweep)
		pass := func(d time.Duration) {
			for range d / (5 * time.Second) {
				<-time.After(5 * time.Second)
				w.clock.Advance(5 * time.Second)
				synctest.Wait()
				w.ok(w.replica("b").Recover(t.Context()))
			}
		}
		pass(10 * time.Minute)
		w.state(sweep.ID, connector.SweepListing)
		if attended.Err() != nil {
			t.Errorf("the sweep was stopped: %v", context.Cause(attended))
		}
		stop()
		pass(2 * time.Minute)
		w.state(sweep.ID, connector.SweepFailed)
	})
}

// A replica that was thought dead, and is not, stops, and leaves the Sweep to
// who took it.
func TestSweepThatWasTakenOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.engine.Shared = true
		a := w.replica("a")
		sweep := w.begun("a", true)
		requests := w.countMarks()
		attended, stop := a.Attend(t.Context(), sweep)
		defer stop()
		w.crm.Calls.Spoil(connectortest.CRMPage, 0, connectortest.MemoryFault{Err: &connector.WaitError{After: time.Hour, What: "crm"}})
		w.clock.Advance(2 * time.Minute) // as if the process had not run
		w.ok(w.replica("b").Recover(t.Context()))
		before := requests.Load()
		err := a.Carry(attended, sweep, func(time.Duration) bool {
			select {
			case <-attended.Done():
			case <-time.After(time.Hour):
				t.Error("it goes on waiting")
			}
			return true
		})
		if err == nil || !strings.Contains(err.Error(), "another replica") {
			t.Errorf("error %v", err)
		}
		got := w.state(sweep.ID, connector.SweepFailed)
		if !strings.Contains(got.Error, "stopped") || got.Replica != "b" {
			t.Errorf("sweep %+v", got)
		}
		if n := requests.Load() - before; n != 0 {
			t.Errorf("%d marks set by who was thought dead", n)
		}
		w.wanted(true)
	})
}

func TestStoppedFullSweepIsWantedAgain(t *testing.T) {
	for name, full := range map[string]bool{"full": true, "incremental": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			sweep := w.begun("a", full)
			stopped, stop := context.WithCancel(t.Context())
			stop()
			if err := w.replica("a").Carry(stopped, sweep, never); !errors.Is(err, context.Canceled) {
				t.Errorf("error %v", err)
			}
			w.state(sweep.ID, connector.SweepFailed)
			w.wanted(full)
		})
	}
}

// panicking is a CRM whose list is our defect.
type panicking struct{ connector.Changes }

func (panicking) Page(context.Context, connector.Kind, time.Time, string) (connector.ChangesPage, error) {
	panic("a defect")
}

func TestSweepThatPanics(t *testing.T) {
	w := newWorld(t)
	s := w.sweeper()
	s.CRM.Changes = panicking{}
	sweep, err := s.Begin(t.Context(), true)
	w.ok(err)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = s.Carry(t.Context(), sweep, never)
	}()
	w.state(sweep.ID, connector.SweepFailed)
}

func TestSweepUnderWay(t *testing.T) {
	w := newWorld(t)
	w.engine.Shared = true
	underWay := func(full, want bool) {
		t.Helper()
		got, err := w.replica("b").UnderWay(t.Context(), full)
		w.ok(err)
		if got != want {
			t.Errorf("under way (full: %t): %t, want %t", full, got, want)
		}
	}
	underWay(false, false)
	w.begun("a", false)
	underWay(false, true)
	underWay(true, false)
	w.clock.Advance(time.Minute)
	w.begun("a", true)
	underWay(true, true)
	w.clock.Advance(time.Minute + time.Second)
	underWay(false, false)
}

// Two replicas begin at the same moment.
func TestSweepIDs(t *testing.T) {
	w := newWorld(t)
	var ids []string
	for range 10 {
		ids = append(ids, w.begun("a", false).ID, w.begun("b", false).ID)
		slices.Sort(ids[len(ids)-2:])
		w.clock.Advance(time.Nanosecond)
	}
	if !slices.IsSorted(ids) || len(slices.Compact(ids)) != 20 {
		t.Errorf("ids %q", ids)
	}
}
