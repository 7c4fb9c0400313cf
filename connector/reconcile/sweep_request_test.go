package reconcile_test

import (
	"testing"
	"time"
)

// A request that comes while a full Sweep lists is for another one.
func TestRequestDuringASweep(t *testing.T) {
	w := newWorld(t)
	s := w.sweeper()
	w.ok(s.Request(t.Context()))
	for _, during := range []bool{true, false} {
		sweep, err := s.Begin(t.Context(), true)
		w.ok(err)
		if during {
			w.ok(s.Request(t.Context()))
		}
		w.ok(s.Carry(t.Context(), sweep, never))
		w.wanted(during)
	}
}

// What is answered does not depend on whose clock is ahead.
func TestRequestsOfReplicasWithOtherClocks(t *testing.T) {
	for name, ahead := range map[string]time.Duration{"ahead": time.Hour, "behind": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			other := w.replica("other")
			other.Clock = func() time.Time { return w.clock.Now().Add(ahead) }
			w.ok(other.Request(t.Context()))
			sweep := w.begun("a", true)
			w.ok(w.replica("a").Carry(t.Context(), sweep, never))
			w.wanted(false)
			sweep = w.begun("a", true)
			w.ok(other.Request(t.Context()))
			w.ok(w.replica("a").Carry(t.Context(), sweep, never))
			w.wanted(true)
		})
	}
}

func TestRequestedOnceAFullSweepIsOver(t *testing.T) {
	w := newWorld(t)
	w.engine.Shared = true
	w.wanted(false)
	w.begun("a", false)
	w.ok(w.sweeper().Request(t.Context()))
	w.wanted(true)
	sweep := w.begun("a", true)
	w.ok(w.sweeper().Request(t.Context()))
	w.wanted(false)
	w.ok(w.replica("a").Carry(t.Context(), sweep, never))
	w.wanted(true)
}

// A request that an earlier version stored is carried out, once.
func TestRequestOfAnEarlierVersion(t *testing.T) {
	w := newWorld(t)
	w.ok(w.engine.Marks.SetMark(t.Context(), "sweep/wanted", "2026-03-04T05:06:07.000000000Z"))
	w.wanted(true)
	w.queues(true)
	w.wanted(false)
	w.ok(w.engine.Marks.SetMark(t.Context(), "sweep/wanted", "")) // answered by that version
	w.wanted(false)
}
