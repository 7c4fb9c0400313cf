package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"roomkeeper/connector"
)

// listing is one Sweep under way, and how far it got.
type listing struct {
	*Sweeper
	sweep connector.Sweep
	// queued holds every Group that was queued, so that none counts twice.
	queued map[connector.GroupID]bool

	// kinds counts those that are listed whole. cursor is the place in the list
	// that comes after them: the next kind's, or everybody known; lost says that
	// the CRM lost it once.
	kinds  int
	cursor string
	lost   bool
	// changed are the people of whom the CRM says something new.
	changed map[connector.UserID]connector.User
	// missing are the people whom the CRM does not know any more.
	missing map[connector.UserID]bool
	// expansions are the digests of the principals that were read, "" where that
	// failed; nil before the first, when what was read earlier was made stale.
	expansions map[connector.PrincipalKey]string
}

// carry lists everything, waiting where the CRM asks for it.
func (l *listing) carry(ctx context.Context, wait func(time.Duration) bool) error {
	err := l.run(ctx)
	for asked := (*connector.WaitError)(nil); errors.As(err, &asked) && wait(asked.After); {
		err = l.run(ctx)
	}
	if errors.Is(context.Cause(ctx), errTakenOver) {
		return errTakenOver
	}
	if err != nil {
		return err
	}
	return l.remember(ctx, l.sweep)
}

// end stores how it ended: with nil, when all is queued. Also a Sweep that was
// stopped has ended, and says so.
func (l *listing) end(ctx context.Context, failed error) error {
	var errs []error
	if failed != nil && ctx.Err() != nil && l.sweep.Full && !errors.Is(context.Cause(ctx), errTakenOver) {
		// First: once it has ended nobody else would ask for it.
		errs = append(errs, l.want(context.WithoutCancel(ctx)))
	}
	sweep, err := l.Engine.Sweeps.UpdateSweep(context.WithoutCancel(ctx), l.sweep.ID, func(sw *connector.Sweep) {
		if !l.lists(*sw) {
			return
		}
		sw.Queued, sw.State = len(l.queued), connector.SweepRunning
		if failed != nil {
			l.fail(sw, failed.Error())
		}
		endIfDone(sw, l.Clock())
	})
	if err == nil && l.due(sweep) {
		l.Due()
	}
	return errors.Join(append(errs, err)...)
}

// run lists all that is not listed yet. After a *connector.WaitError it goes
// on from there; after any other error it cannot.
func (l *listing) run(ctx context.Context) error {
	if l.sweep.Full {
		if err := l.principals(ctx); err != nil {
			return fmt.Errorf("read principals: %w", err)
		}
	}
	switch {
	case l.sweep.Every, l.sweep.Full && l.CRM.Changes == nil:
		return l.queueGroups(ctx, connector.GroupQuery{}, func(connector.Group) bool { return true })
	case l.CRM.Changes == nil:
		return l.queueUnsettled(ctx)
	}
	since, err := l.since(ctx)
	if err != nil {
		return err
	}
	for ; l.kinds < len(l.Policies); l.kinds++ {
		kind := l.Policies[l.kinds].Kind
		if err := l.kind(ctx, kind, since); err != nil {
			return fmt.Errorf("list %s: %w", kind, err)
		}
	}
	if l.sweep.Full {
		if err := l.people(ctx); err != nil {
			return fmt.Errorf("list people: %w", err)
		}
		if err := l.doubtful(ctx); err != nil {
			return err
		}
	}
	return l.queueUnsettled(ctx)
}

// since is where an incremental Sweep starts; zero lists everything.
func (l *listing) since(ctx context.Context) (time.Time, error) {
	if l.sweep.Full {
		return time.Time{}, nil
	}
	last, err := l.LastStarted(ctx, false)
	if err != nil || last.IsZero() {
		return time.Time{}, err
	}
	return last.Add(-sweepOverlap), nil
}
