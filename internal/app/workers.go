package app

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"roomkeeper/connector"
)

// workerCount is how many jobs are run at once. A worker mostly
// waits for somebody else's server.
const workerCount = 16

// runner is what one lane's jobs are run by.
type runner interface {
	Run(ctx context.Context, lease connector.Lease) connector.RunEnd
}

// workers takes jobs from the queue until told to stop.
type workers struct {
	queue connector.Queue
	lanes map[connector.Lane]runner
	// told counts a run for whoever the lease's tags name.
	told func(ctx context.Context, tags []string, ok bool)
	log  *slog.Logger

	taking context.CancelFunc
	group  sync.WaitGroup
}

// start begins taking jobs. work is the context of the runs themselves: it
// outlives the taking, so that what was taken is finished.
func (w *workers) start(work context.Context) {
	taking, cancel := context.WithCancel(work)
	w.taking = cancel
	for range workerCount {
		w.group.Go(func() { w.loop(taking, work) })
	}
}

// stop takes no new job and waits for those under way, until ctx ends.
func (w *workers) stop(ctx context.Context) error {
	w.taking()
	done := make(chan struct{})
	go func() {
		w.group.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *workers) loop(taking, work context.Context) {
	for {
		lease, err := w.queue.Take(taking)
		if err != nil {
			if taking.Err() != nil {
				return
			}
			w.log.ErrorContext(work, "take job", "error", err)
			if !pause(taking, time.Second) {
				return
			}
			continue
		}
		w.run(work, lease)
	}
}

// run does the job of a lease. Without the lease somebody else may be at it:
// then the run is stopped, and whoever waits for it hears of the other one.
func (w *workers) run(ctx context.Context, lease connector.Lease) {
	end := w.attempt(ctx, lease)
	if end.Told && len(lease.Tags) > 0 && !lost(lease) {
		w.told(ctx, lease.Tags, end.Outcome == connector.RunDone || end.Outcome == connector.RunWait)
	}
	// A run that cannot be finished runs again; everything it did, it did
	// idempotently.
	err := w.queue.Finish(context.WithoutCancel(ctx), lease, end)
	switch {
	case errors.Is(err, connector.ErrLeaseLost):
		w.log.InfoContext(ctx, "job taken over", "group", lease.Key.Group, "lane", lease.Key.Lane)
	case err != nil:
		w.log.ErrorContext(ctx, "finish job", "group", lease.Key.Group, "lane", lease.Key.Lane, "error", err)
	}
}

// held returns the context of a lease's run. It ends, with ErrLeaseLost as its
// cause, when the lease is lost.
func held(ctx context.Context, lease connector.Lease) (context.Context, context.CancelFunc) {
	if lease.Urgent {
		ctx = connector.WithUrgent(ctx)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	if lease.Lost != nil {
		go func() {
			select {
			case <-lease.Lost:
				cancel(connector.ErrLeaseLost)
			case <-ctx.Done():
			}
		}()
	}
	return ctx, func() { cancel(nil) }
}

// lost reports whether the lease is known not to count any more.
func lost(lease connector.Lease) bool {
	select {
	case <-lease.Lost:
		return true
	default:
		return false
	}
}

// attempt runs the job; a panic is a failure of this run and of no other.
func (w *workers) attempt(ctx context.Context, lease connector.Lease) (end connector.RunEnd) {
	defer func() {
		if p := recover(); p != nil {
			w.log.ErrorContext(ctx, "panic in run", "group", lease.Key.Group, "lane", lease.Key.Lane, "panic", p)
			end = connector.RunEnd{Outcome: connector.RunRetry, After: time.Minute, Told: true}
		}
	}()
	ctx, done := held(ctx, lease)
	defer done()
	return w.lanes[lease.Key.Lane].Run(ctx, lease)
}

// pause waits, and reports false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
