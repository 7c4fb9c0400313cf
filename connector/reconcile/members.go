package reconcile

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"roomkeeper/connector"
)

// members brings the people in the channel into step.
func (n *run) members(ctx context.Context) error {
	diff, err := n.plan(ctx)
	if err != nil {
		return err
	}
	// What is meant is stored before anything is sent: whoever is invited from
	// here on is Owned, also when the answer is lost.
	if err := n.await(ctx, diff); err != nil {
		return err
	}
	n.takeOver(diff)
	n.rememberPersons()
	if n.partial == nil {
		// Everybody was looked up, and the channel was read for it.
		n.g.OwnTeam = false
	}
	if err := n.save(ctx); err != nil {
		return err
	}
	if diff.Plan.Empty() {
		return nil
	}
	return errors.Join(n.apply(ctx, diff.Plan), n.save(ctx))
}

// plan compares against what is believed and reads the channel only when
// that is not enough, or when somebody would be removed. A reading for its age
// alone that has to wait is left to the drift check.
func (n *run) plan(ctx context.Context) (Difference, error) {
	reading := ctx
	var diff Difference
	enough := n.believable()
	if enough {
		if err := n.rememberIgnored(ctx); err != nil {
			return diff, err
		}
		var err error
		if diff, err = n.compare(ctx, believed(n.g), true); err != nil {
			return diff, err
		}
		enough = len(diff.Plan.Of(connector.ActionRemove)) == 0 && diff.Held == nil && len(diff.Left) == 0
	}
	if enough {
		if n.Clock().Sub(n.g.ChatReadAt) < n.DriftMaxAge {
			return diff, nil
		}
		reading = connector.WithDrift(ctx)
	}
	have, err := n.observe(reading)
	var wait *connector.WaitError
	if enough && errors.As(err, &wait) {
		return diff, nil
	}
	if err != nil {
		return Difference{}, err
	}
	diff, err = n.spareKnown(ctx, have)
	if err != nil || len(diff.Left) == 0 {
		return diff, err
	}
	if changed, err := n.recheckLeavers(ctx, diff.Left); err != nil || !changed {
		return diff, err
	}
	return n.spareKnown(ctx, have)
}

// spareKnown is spare, and nobody is removed who may be somebody wanted without an
// account before those were looked up again.
func (n *run) spareKnown(ctx context.Context, have connector.Observed) (Difference, error) {
	diff, err := n.spare(ctx, have)
	if err == nil && len(diff.Plan.Of(connector.ActionRemove)) > 0 && n.lookAgain(ctx) {
		diff, err = n.spare(ctx, have)
	}
	return diff, err
}

func (n *run) input(have connector.Observed, asBelieved bool) Input {
	return Input{
		Want: n.want, Have: have, Believed: asBelieved, Rows: n.g.Memberships, ReadAt: cmp.Or(n.readBefore, n.g.ChatReadAt),
		Own: n.g.OwnTeam, OwnerReadded: n.g.OwnerReadded, Confirmed: n.g.Confirmed, Swept: n.swept(), Passed: n.g.Passed,
		Policy: n.policy, Now: n.Clock(), By: n.by, Machines: n.machines, Ignored: n.ignored, Retried: n.retried(),
		InFlight: n.platform.Limits.CallTimeout + n.platform.Limits.LookupDelay,
	}
}

// retried is until when a removal must have been refused to be tried again before its
// time, because somebody asked for the run, or the configuration is another one since the
// last. A run that is repeated does so now and then only.
func (n *run) retried() time.Time {
	switch {
	case !n.asked && (n.last.Setup == "" || n.last.Setup == n.Setup):
		return time.Time{}
	case n.repeated:
		return n.Clock().Add(-inviteAgain)
	}
	return n.Clock()
}

// recheckLeavers asks whether people who are gone still have an account:
// somebody whose account was deactivated did not leave.
func (n *run) recheckLeavers(ctx context.Context, left []connector.MemberID) (changed bool, err error) {
	asked := map[connector.MemberID]connector.Account{} // several Users may be one Member
	for i := range n.want.Wanted {
		w := &n.want.Wanted[i]
		if !slices.Contains(left, w.Member) {
			continue
		}
		account, known := asked[w.Member]
		if !known {
			if account, err = accountOf(ctx, n.platform.Accounts, w.Member); err != nil {
				return changed, err
			}
			asked[w.Member] = account
		}
		if account.Reason == "" {
			continue
		}
		if err := n.Resolver.forget(ctx, n.g.Platform, *w, account.Reason); err != nil {
			return changed, err
		}
		w.Member, w.Reason, changed = "", account.Reason, true
	}
	return changed, nil
}
