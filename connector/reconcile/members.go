package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
	n.adopt(diff)
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
	diff, err = n.spare(ctx, have)
	if err == nil && len(diff.Plan.Of(connector.ActionRemove)) > 0 && n.lookAgain(ctx) {
		diff, err = n.spare(ctx, have)
	}
	if err != nil || len(diff.Left) == 0 {
		return diff, err
	}
	if changed, err := n.recheckLeavers(ctx, diff.Left); err != nil || !changed {
		return diff, err
	}
	return Diff(n.input(have, false)), nil
}

// believable reports whether the last reading still says who is in, but for its
// age: no chat event touched the channel since, no invitation's outcome is
// open, and nothing that only a reading can end is the matter.
func (n *run) believable() bool {
	switch n.g.State {
	case connector.GroupUnreachable, connector.GroupLost, connector.GroupArchived:
		return false
	default:
	}
	if n.g.OwnTeam {
		return false
	}
	doubted := n.g.Held != nil && n.g.Held.Reason != connector.HoldTeamUnreadable
	return !doubted && n.g.ChatReadAt.After(n.g.TouchedAt) && !outstanding(n.g.Memberships)
}

func (n *run) input(have connector.Observed, asBelieved bool) Input {
	return Input{
		Want: n.want, Have: have, Believed: asBelieved, Rows: n.g.Memberships,
		Own: n.g.OwnTeam, OwnerReadded: n.g.OwnerReadded, Confirmed: n.g.Confirmed, Swept: n.swept(), Passed: n.g.Passed,
		Policy: n.policy, Now: n.Clock(), By: n.by, Machines: n.machines,
		InFlight: n.platform.Limits.CallTimeout + n.platform.Limits.LookupDelay,
	}
}

// believed is who is in the channel as far as is known without asking.
func believed(g connector.Group) connector.Observed {
	have := connector.Observed{At: g.ChatReadAt}
	for _, row := range g.Memberships {
		if row.Status == connector.StatusService {
			have.Service = append(have.Service, row.Member)
			continue
		}
		if isIn(row.Status) && row.Member != "" && !slices.Contains(have.Members, row.Member) {
			have.Members = append(have.Members, row.Member)
		}
	}
	return have
}

// outstanding reports whether an invitation was meant and never verified.
func outstanding(rows []connector.Membership) bool {
	return slices.ContainsFunc(rows, func(row connector.Membership) bool {
		return row.Owned && !row.Seen && row.Reason == "" &&
			(row.Status == connector.StatusPending || ours(row.Status))
	})
}

// observe reads the channel whole.
func (n *run) observe(ctx context.Context) (connector.Observed, error) {
	begun := n.Clock()
	have, err := n.platform.Channels.Observe(ctx, n.g.Channel.ID)
	if err != nil {
		return have, fmt.Errorf("read channel: %w", err)
	}
	if have.At.IsZero() {
		have.At = begun
	}
	if have.At.Before(begun) && !have.At.After(n.g.TouchedAt) {
		// A reading that was gone on with began before the last event.
		n.wake(0)
	}
	n.g.ChatReadAt, n.g.BotRemoved = have.At, false
	if have.Name != "" && have.Name != n.g.Channel.Name && have.Name != n.g.NameMeant {
		n.g.NameDoubted = true
	}
	if n.g.State != connector.GroupCreating && n.g.State != connector.GroupHeld {
		n.g.State = connector.GroupActive
	}
	return have, nil
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

// within reports whether a decision about people covers some: whoever is more was not
// judged.
func within(some, people []connector.MemberID) bool {
	return !slices.ContainsFunc(some, func(m connector.MemberID) bool { return !slices.Contains(people, m) })
}

// adopt takes over a difference: rows, holds, when to come back.
func (n *run) adopt(diff Difference) {
	n.g.Memberships, n.g.OwnerReadded = diff.Rows, diff.OwnerReadded
	for _, member := range diff.Back {
		n.g.Tell(connector.Telling{
			What: connector.TellExtra, About: string(member), To: connector.AudienceOwner, Member: member, At: n.Clock(),
		})
	}
	if !diff.Next.IsZero() {
		n.wake(diff.Next.Sub(n.Clock()))
	}
	held := n.g.Held
	switch {
	case diff.Held == nil:
		n.g.Held = nil
	case !sameHold(held, diff.Held):
		n.g.Held = diff.Held
		n.g.Held.Since = n.Clock()
		n.g.Held.Plan.ID = holdID(n.g.ID, *n.g.Held)
		switch {
		case diff.Held.Reason != connector.HoldGlobalRemoval:
			n.tellHeld()
		case held != nil && held.Reason == connector.HoldGlobalRemoval && within(n.g.Held.People, held.People):
			n.g.Held.Sweep = held.Sweep
		}
	}
	switch {
	case n.g.State == connector.GroupActive && n.g.Held != nil:
		n.g.State = connector.GroupHeld
	case n.g.State == connector.GroupHeld && n.g.Held == nil:
		n.g.State = connector.GroupActive
	}
	// A confirmation is over when this Plan removes nobody by it.
	removals := diff.Plan.Of(connector.ActionRemove)
	idle := func(m connector.MemberID) bool {
		return !slices.ContainsFunc(removals, func(a connector.Action) bool { return a.Member == m })
	}
	n.g.Confirmed = slices.DeleteFunc(slices.Clone(n.g.Confirmed), idle)
	n.g.Passed = slices.DeleteFunc(slices.Clone(n.g.Passed), idle)
}

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

// invite adds people and reads who is in. Whoever is not is pending, with the
// reason that the platform gave.
func (n *run) invite(ctx context.Context, members []connector.MemberID) error {
	err := n.platform.Members.Add(n.because(ctx, "on the team"), n.g.Channel.ID, members)
	var failed *connector.MembersError
	switch {
	case errors.As(err, &failed), err == nil:
	case refused(err):
		n.Logger.WarnContext(ctx, "invitations refused", "group", n.g.ID, "error", err)
		failed = &connector.MembersError{}
		for _, m := range members {
			failed.Failed = append(failed.Failed, connector.MemberError{Member: m, Reason: connector.ReasonInvitationRefused})
		}
	default:
		return fmt.Errorf("add members: %w", err)
	}
	n.recheckRefused(ctx, failed)
	have, err := n.observe(ctx)
	if err != nil {
		// A reading that has to wait is no reason to be refused again at once.
		n.uninvited(failed, nil)
		return err
	}
	n.verify(have)
	n.uninvited(failed, have.Members)
	return nil
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

// verify takes over a whole reading that followed an addition: whoever is in
// is seen to be in, except where a removal that is no longer wanted may take effect
// yet: who goes by it did not leave.
func (n *run) verify(have connector.Observed) {
	settled := n.Clock().Add(-n.platform.Limits.CallTimeout - n.platform.Limits.LookupDelay)
	for i := range n.g.Memberships {
		row := &n.g.Memberships[i]
		if !row.Owned || !slices.Contains(have.Members, row.Member) ||
			row.Status != connector.StatusPending && !ours(row.Status) {
			continue
		}
		if ours(row.Status) && !row.Seen && row.TriedAt.After(settled) {
			continue
		}
		if row.Status == connector.StatusPending {
			n.begin(row, connector.StatusMember)
			row.Reason = ""
		}
		row.Status, row.Seen = inAs(*row, n.want.SelfEnrol), true
	}
}

// removed notes that somebody was taken out. Of an account that somebody had before
// nothing is left: they are listed once, with the account or the reason of now.
func (n *run) removed(member connector.MemberID) {
	n.g.Memberships = slices.DeleteFunc(n.g.Memberships, func(row connector.Membership) bool {
		return row.Member == member && formerly(row)
	})
	n.eachRow(member, func(row *connector.Membership) {
		row.Seen, row.Reason, row.Enrolled, row.Kept = false, "", false, false
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
