package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"roomkeeper/connector"
)

// apply carries out a Plan: removals first, then additions. One person who
// cannot be removed or invited does not stop the others; a rate limit does.
func (n *run) apply(ctx context.Context, plan connector.Plan) error {
	for _, a := range plan.Of(connector.ActionRemove) {
		err := n.platform.Members.Remove(n.because(ctx, a.Why), n.g.Channel.ID, a.Member)
		switch {
		case err == nil:
			n.removed(a.Member)
		case refused(err):
			n.Logger.WarnContext(ctx, "removal refused", "group", n.g.ID, "error", err)
			n.tellRefused(a.Member)
			n.mark(a.Member, connector.StatusToRemove, connector.ReasonRemovalNotAllowed)
			n.wake(removeAgain)
		default:
			return fmt.Errorf("remove member: %w", err)
		}
	}
	var members []connector.MemberID
	for _, a := range plan.Of(connector.ActionAdd) {
		members = append(members, a.Member)
	}
	if len(members) == 0 {
		return nil
	}
	return n.invite(ctx, members)
}

// invite adds people and reads who is in, where the platform's answer does not tell.
// Whoever is not is pending, with the reason that the platform gave.
func (n *run) invite(ctx context.Context, members []connector.MemberID) error {
	err := n.platform.Members.Add(n.because(ctx, "on the team"), n.g.Channel.ID, members)
	var failed *connector.MembersError
	told := n.platform.Limits.AddsAtOnce
	switch {
	case errors.As(err, &failed), err == nil:
	case refused(err):
		n.Logger.WarnContext(ctx, "invitations refused", "group", n.g.ID, "error", err)
		failed, told = &connector.MembersError{}, false // some of them may be in
		for _, m := range members {
			failed.Failed = append(failed.Failed, connector.MemberError{Member: m, Reason: connector.ReasonInvitationRefused})
		}
	default:
		return fmt.Errorf("add members: %w", err)
	}
	n.recheckRefused(ctx, failed)
	if told {
		n.verify(letIn(members, failed))
		n.uninvited(failed, nil)
		return nil
	}
	have, err := n.observe(ctx)
	if err != nil {
		// A reading that has to wait is no reason to be refused again at once.
		n.uninvited(failed, nil)
		return err
	}
	n.verify(have)
	n.uninvited(failed, have.Members)
	return n.takeNote(ctx, have)
}

// takeNote has another run read the channel where the reading after an addition shows
// more than this run's Plan knew of: somebody came or went meanwhile, or no event told.
func (n *run) takeNote(ctx context.Context, have connector.Observed) error {
	doubted := n.g.Held != nil && n.g.Held.Reason == connector.HoldMassVanish // every run reads it
	if doubted || sameMembers(believed(n.g).Members, have.Members) {
		return nil
	}
	if _, err := n.Engine.Inbox.Accept(ctx, touchIntake("", causeDrift, n.g.ID, n.Clock())); err != nil {
		n.g.ChatReadAt = time.Time{} // what the reading told is not noted: the next run reads anew
		return fmt.Errorf("accept: %w", err)
	}
	return nil
}

// letIn are those of the people who were not refused.
func letIn(members []connector.MemberID, failed *connector.MembersError) connector.Observed {
	in := slices.Clone(members)
	if failed != nil {
		in = slices.DeleteFunc(in, func(m connector.MemberID) bool {
			return slices.ContainsFunc(failed.Failed, func(f connector.MemberError) bool { return f.Member == m })
		})
	}
	return connector.Observed{Members: in}
}

// uninvited marks whom the platform did not let in, except those who are in.
func (n *run) uninvited(failed *connector.MembersError, in []connector.MemberID) {
	if failed == nil {
		return
	}
	for _, f := range failed.Failed {
		if !f.Absent && !slices.Contains(in, f.Member) {
			n.mark(f.Member, connector.StatusPending, f.Reason)
		}
	}
}

// refused reports whether a call failed for good and without saying anything
// of the channel itself: what it asked for is then listed, not tried again
// and again.
func refused(err error) bool {
	return errors.Is(err, connector.ErrForbidden) || errors.Is(err, connector.ErrUnsupported) ||
		errors.Is(err, connector.ErrInvalid) || errors.Is(err, connector.ErrNotFound)
}

// removed notes that somebody was taken out. Of an account that somebody had before
// nothing is left: they are listed once, with the account or the reason of now.
func (n *run) removed(member connector.MemberID) {
	n.g.Memberships = slices.DeleteFunc(n.g.Memberships, func(row connector.Membership) bool {
		return row.Member == member && formerly(row)
	})
	n.eachRow(member, func(row *connector.Membership) {
		row.Seen, row.Reason, row.Enrolled, row.Kept, row.WasWanted = false, "", false, false, false
		if row.Leaving && len(row.Why) > 0 {
			n.begin(row, connector.StatusLeft)
			row.Owned, row.Leaving = true, false
			return
		}
		n.begin(row, connector.StatusRemoved)
		row.Owned, row.Leaving, row.Why, row.TakenOut = false, false, nil, true
	})
	same := func(m connector.MemberID) bool { return m == member }
	n.g.Confirmed, n.g.Passed = slices.DeleteFunc(n.g.Confirmed, same), slices.DeleteFunc(n.g.Passed, same)
}

// formerly reports whether a row is of an account that we added for somebody who has
// another one now, or none.
func formerly(row connector.Membership) bool { return row.User == "" && row.Owned }

func (n *run) mark(member connector.MemberID, status connector.MemberStatus, reason connector.PendingReason) {
	n.eachRow(member, func(row *connector.Membership) {
		n.begin(row, status)
		row.Reason, row.TriedAt = reason, n.Clock()
		// A refused invitation adds nobody, so nobody is Owned by it.
		row.Owned = row.Owned && status != connector.StatusPending
	})
}

// begin gives a row a status, with since when and by what event.
func (n *run) begin(row *connector.Membership, status connector.MemberStatus) {
	if row.Status == status {
		return
	}
	old := *row
	row.Status, row.Since = status, n.Clock()
	if !follows(old, *row) {
		row.By = n.by
	}
}

func (n *run) eachRow(member connector.MemberID, change func(*connector.Membership)) {
	for i := range n.g.Memberships {
		if n.g.Memberships[i].Member == member {
			change(&n.g.Memberships[i])
		}
	}
}
