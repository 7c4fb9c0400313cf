package cases_test

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// tapedQueue and tapedInbox note when jobs become due.
type tapedQueue struct {
	connector.Queue
	w *world
}

func (q tapedQueue) Add(ctx context.Context, jobs ...connector.Job) error {
	q.w.expect(jobs)
	return q.Queue.Add(ctx, jobs...)
}

type tapedInbox struct {
	connector.Inbox
	w *world
}

func (i tapedInbox) Accept(ctx context.Context, intakes ...connector.Intake) (int, error) {
	for _, in := range intakes {
		i.w.expect(in.Jobs)
	}
	return i.Inbox.Accept(ctx, intakes...)
}

func (w *world) expect(jobs []connector.Job) {
	for _, job := range jobs {
		w.due = append(w.due, w.clock.Now().Add(job.Delay))
	}
}

// pass lets time pass, and runs what becomes due.
func (w *world) pass(d time.Duration) {
	w.Helper()
	until := w.clock.Now().Add(d)
	for {
		w.drain()
		w.ok(w.sweeper().Judge(w.Context()))
		now := w.clock.Now()
		w.due = slices.DeleteFunc(w.due, func(at time.Time) bool { return !at.After(now) })
		if len(w.due) == 0 {
			break
		}
		at := slices.MinFunc(w.due, time.Time.Compare)
		if at.After(until) {
			break
		}
		w.clock.Advance(at.Sub(now))
	}
	w.clock.Advance(until.Sub(w.clock.Now()))
	w.drain()
}

func (w *world) drain() {
	w.Helper()
	for runs := 0; ; runs++ {
		depth, err := w.engine.Queue.Depth(w.Context())
		w.ok(err)
		if depth.Oldest.IsZero() {
			return
		}
		if runs > 200 {
			w.Fatal("there is always something due")
		}
		lease, err := w.engine.Queue.Take(w.Context())
		w.ok(err)
		w.run(lease)
	}
}

func (w *world) run(lease connector.Lease) {
	w.Helper()
	end := connector.RunEnd{Outcome: connector.RunDone}
	switch lease.Key.Lane {
	case connector.LaneGroup:
		end = w.planner().Run(w.Context(), lease)
		if end.Told {
			w.sweeper().Told(w.Context(), lease.Tags, end.Outcome == connector.RunDone)
		}
	case connector.LanePrincipals:
		end = (&reconcile.Spreader{Engine: w.engine, Logger: slog.New(slog.DiscardHandler)}).Run(w.Context(), lease)
	case connector.LaneDrift:
		end = w.drift.Run(w.Context(), lease)
	case connector.LaneTellings:
		w.hear(lease.Key.Group)
	default: // cards are no membership
	}
	if end.Outcome == connector.RunRetry {
		end.After = min(time.Second<<min(lease.Attempt-1, 9), 5*time.Minute)
	}
	if end.Outcome == connector.RunWait || end.Outcome == connector.RunRetry {
		w.due = append(w.due, w.clock.Now().Add(end.After))
	}
	w.ok(w.engine.Queue.Finish(w.Context(), lease, end))
}
