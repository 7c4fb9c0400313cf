package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"roomkeeper/connector"
)

// swept reports whether the removals of this run are a Sweep's: one asked for the
// run, or for an earlier one that did not come to its end; or what a Sweep's
// judgement holds is not decided, or what one let go is not carried out: whom the
// CRM lost since then was not judged.
func (n *run) swept() bool {
	held := n.g.Held != nil && n.g.Held.Reason == connector.HoldGlobalRemoval && (!byEvent(n.by) || !n.foundByTime())
	return len(n.sweeps) > 0 || n.g.Awaits != "" || held || len(n.g.Passed) > 0
}

// foundByTime reports whether no Sweep has to do with what is held: runs that came by
// themselves found all of it.
func (n *run) foundByTime() bool {
	return n.g.Held.Sweep == "" && !slices.ContainsFunc(n.g.Memberships, func(row connector.Membership) bool {
		return slices.Contains(n.g.Held.People, row.Member) && row.By != causeTime
	})
}

// await settles which Sweep judges the removals of a difference, and tells it that
// they wait, before they are stored.
func (n *run) await(ctx context.Context, diff Difference) error {
	if diff.Held == nil || diff.Held.Reason != connector.HoldGlobalRemoval {
		n.g.Awaits = ""
		return nil
	}
	ids := n.sweeps
	if n.g.Awaits != "" {
		ids = append([]string{n.g.Awaits}, ids...)
	}
	for i, id := range ids {
		judges, err := n.judges(ctx, id)
		if err != nil {
			return fmt.Errorf("wait for sweep %s: %w", id, err)
		}
		// Where none of them judges any more, the next Sweep's run takes over.
		if judges || i == len(ids)-1 {
			n.g.Awaits = id
			return nil
		}
	}
	return nil
}

// sweepsOf are the Sweeps that judge the removals of a lease's run: those of its
// tags, except where one's judgement let them go.
func sweepsOf(lease connector.Lease) (ids []string) {
	for _, tag := range lease.Tags {
		if _, cause := connector.CauseOfTag(tag); !cause && !strings.HasSuffix(tag, passedTag) {
			ids = append(ids, tag)
		}
	}
	return ids
}

// judges reports whether a Sweep is still to judge, and has noted that somebody
// waits for it.
func (n *run) judges(ctx context.Context, id string) (bool, error) {
	sweep, err := n.Engine.Sweeps.Sweep(ctx, id)
	if errors.Is(err, connector.ErrNotFound) {
		return false, nil
	}
	if err != nil || !judgesYet(sweep) || sweep.Waits {
		return judgesYet(sweep), err
	}
	sweep, err = n.Engine.Sweeps.UpdateSweep(ctx, id, func(sw *connector.Sweep) {
		if judgesYet(*sw) {
			sw.Waits = true
		}
	})
	return judgesYet(sweep), err
}

// judgesYet: a Sweep that failed never judges, for it did not look at all.
func judgesYet(sw connector.Sweep) bool {
	return sw.Verdict == "" && (sw.State == connector.SweepListing || sw.State == connector.SweepRunning)
}

// owe stores that a run which a Sweep asked for failed: the Sweep is told now, and
// the run that repeats this one is its run all the same.
func (r *Reconciler) owe(ctx context.Context, id connector.GroupID, sweep string) error {
	return changeGroup(ctx, r.Engine, id, func(g *connector.Group) ([]connector.Job, bool) {
		if g.Awaits != "" || g.Channel.ID == "" {
			return nil, false
		}
		g.Awaits = sweep
		return nil, true
	})
}

// changeGroup changes a stored Group; whoever saves it meanwhile only makes it look
// again. change returns false to leave it as it is, and jobs that are queued before
// the Group is stored: when they cannot be, nothing was changed. Give them the delay
// afterSave. A Group that is gone is left.
func changeGroup(
	ctx context.Context, engine connector.Engine, id connector.GroupID, change func(*connector.Group) ([]connector.Job, bool),
) error {
	for {
		g, err := engine.Groups.Group(ctx, id)
		if errors.Is(err, connector.ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("load group: %w", err)
		}
		jobs, changed := change(&g)
		if !changed {
			return nil
		}
		if err := engine.Queue.Add(ctx, jobs...); err != nil {
			return fmt.Errorf("queue group: %w", err)
		}
		_, err = engine.Groups.SaveGroup(ctx, g)
		if errors.Is(err, connector.ErrConflict) && ctx.Err() == nil {
			continue
		}
		if err != nil {
			return fmt.Errorf("save group: %w", err)
		}
		return nil
	}
}
