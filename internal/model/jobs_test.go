package model_test

import (
	"context"
	"errors"
	"slices"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// dues are the times at which a job may become due.
type dues []time.Time

func (d *dues) add(at time.Time) { *d = append(*d, at) }

// next returns the earliest time after now, and forgets those before.
func (d *dues) next(now time.Time) (time.Time, bool) {
	*d = slices.DeleteFunc(*d, func(at time.Time) bool { return !at.After(now) })
	if len(*d) == 0 {
		return time.Time{}, false
	}
	return slices.MinFunc(*d, time.Time.Compare), true
}

// tapedQueue notes when jobs become due.
type tapedQueue struct {
	connector.Queue
	w *world
}

func (q tapedQueue) Add(ctx context.Context, jobs ...connector.Job) error {
	for _, job := range jobs {
		q.w.due.add(q.w.clock.Now().Add(job.Delay))
	}
	return q.Queue.Add(ctx, jobs...)
}

type tapedInbox struct {
	connector.Inbox
	w *world
}

func (i tapedInbox) Accept(ctx context.Context, intakes ...connector.Intake) (int, error) {
	for _, in := range intakes {
		for _, job := range in.Jobs {
			i.w.due.add(i.w.clock.Now().Add(job.Delay))
		}
	}
	return i.Inbox.Accept(ctx, intakes...)
}

// patience is how long a job that is due may take to be handed out, in real time.
const patience = 10 * time.Second

// take leases a job that is due; ok is false when none is.
func (w *world) take() (lease connector.Lease, ok bool) {
	w.Helper()
	depth, err := w.raw.Queue.Depth(w.ctx())
	w.ok(err)
	if depth.Oldest.IsZero() {
		return lease, false
	}
	ctx, cancel := context.WithTimeout(w.ctx(), patience)
	defer cancel()
	lease, err = w.raw.Queue.Take(ctx)
	w.ok(err)
	return lease, true
}

// drain runs everything that is due, and returns how many runs that were.
func (w *world) drain() int {
	w.Helper()
	for runs := 0; ; runs++ {
		lease, ok := w.take()
		if !ok {
			return runs
		}
		if runs > 500 {
			w.fail("there is always something due: %+v", lease.Key)
		}
		w.runLease(lease)
	}
}

// lookEvery is much seldomer than a service looks, to save time.
const lookEvery = 12 * time.Hour

// pass lets time pass, with what a running service does in it: it looks every now
// and then for channels that were not read for long, and runs what becomes due.
func (w *world) pass(d time.Duration) {
	w.Helper()
	for ; d > lookEvery; d -= lookEvery {
		w.survive(func() error { return w.drift().Plan(w.ctx(), func(time.Duration) bool { return false }) })
		w.passAway(lookEvery)
	}
	w.passAway(d)
}

func (w *world) passAway(d time.Duration) {
	w.Helper()
	until := w.clock.Now().Add(d)
	for {
		w.drain()
		w.lookAtSweeps()
		at, waits := w.due.next(w.clock.Now())
		if !waits || at.After(until) {
			break
		}
		w.clock.Advance(at.Sub(w.clock.Now()))
	}
	w.clock.Advance(until.Sub(w.clock.Now()))
	w.drain()
	w.lookAtSweeps()
}

// lookAtSweeps does what a service that starts or looks around does about Sweeps:
// ends those that were killed, and judges those that are due.
func (w *world) lookAtSweeps() {
	w.survive(func() error { return w.sweeper().Recover(w.ctx()) })
	w.judgeSweeps()
}

// runLease makes one run, as a worker does, and checks what it did.
func (w *world) runLease(lease connector.Lease) {
	w.Helper()
	if lease.Key.Lane == connector.LaneDrift {
		end := connector.RunEnd{Outcome: connector.RunRetry}
		w.survive(func() error { end = w.drift().Run(w.ctx(), lease); return nil })
		w.finish(lease, end)
		return
	}
	if lease.Key.Lane == connector.LanePrincipals {
		end := connector.RunEnd{Outcome: connector.RunRetry}
		s := &reconcile.Spreader{Engine: w.engine, Logger: w.logger()}
		w.survive(func() error { end = s.Run(w.ctx(), lease); return nil })
		w.finish(lease, end)
		return
	}
	if lease.Key.Lane != connector.LaneGroup {
		w.finish(lease, connector.RunEnd{Outcome: connector.RunDone})
		return
	}
	before, err := w.raw.Groups.Group(w.ctx(), lease.Key.Group)
	if err != nil && !errors.Is(err, connector.ErrNotFound) {
		w.ok(err)
	}
	w.tape.rewind()
	w.tape.bySweep = bySweep(lease.Tags)
	was := w.chat.Channel(before.Channel.ID).Members
	end := connector.RunEnd{Outcome: connector.RunRetry, After: time.Second}
	killed := w.unlessKilled(func() { end = w.reconciler().Run(w.ctx(), lease) })
	mishaps := w.faults.took()
	w.tape.mishap = killed || len(mishaps) > 0
	w.tape.spoilt = w.tape.unread() || killed || len(mishaps) > 0 || end.Outcome == connector.RunRetry
	for _, what := range mishaps {
		w.note("… %s", what)
	}
	w.note("run of %s: %s%s", before.Record.ID, end.Outcome, w.tape.brief())
	if killed {
		w.faults.dead = false
		w.restart()
	} else if end.Told && w.unlessKilled(func() { w.sweeper().Told(w.ctx(), lease.Tags, end.Outcome == connector.RunDone) }) {
		w.note("… killed before the run was finished: %v", w.faults.took())
		w.faults.dead, end = false, connector.RunEnd{Outcome: connector.RunRetry}
		w.restart()
	}
	w.finish(lease, end)
	w.judging(before, was)
}

func (w *world) finish(lease connector.Lease, end connector.RunEnd) {
	w.Helper()
	if end.Outcome == connector.RunRetry {
		// Without chance, so that a seed tells the same story again.
		end.After = min(time.Second<<min(lease.Attempt-1, 9), 5*time.Minute)
	}
	if end.Outcome == connector.RunWait || end.Outcome == connector.RunRetry {
		w.due.add(w.clock.Now().Add(end.After))
	}
	w.ok(w.raw.Queue.Finish(w.ctx(), lease, end))
}

// unlessKilled does something and reports whether the process was killed in it.
func (w *world) unlessKilled(do func()) (killed bool) {
	defer func() {
		if r := recover(); r != nil {
			if err, ok := r.(error); !ok || !errors.Is(err, errCrash) {
				panic(r)
			}
			killed = true
		}
	}()
	do()
	return w.faults.dead
}

// survive does what may be killed in the middle.
func (w *world) survive(do func() error) {
	var err error
	if w.unlessKilled(func() { err = do() }) {
		w.faults.dead = false
		w.note("… killed: %v", w.faults.took())
	} else if what := w.faults.took(); len(what) > 0 {
		w.note("… %v: %v", what, err)
	}
}

// sweep makes one Sweep; it may fail.
func (w *world) sweep(full bool) {
	w.sweeps++
	w.tape.rewind()
	w.survive(func() error {
		s := w.sweeper()
		begin := func() (connector.Sweep, error) { return s.Begin(w.ctx(), full) }
		if full && w.past.reconfigured {
			begin = func() (connector.Sweep, error) { return s.BeginEvery(w.ctx()) }
		}
		sweep, err := begin()
		if err != nil {
			return err
		}
		if err := s.Carry(w.ctx(), sweep, func(time.Duration) bool { return false }); err != nil {
			return err
		}
		w.past.reconfigured = w.past.reconfigured && !full
		return nil
	})
	w.due.add(w.clock.Now())
}
