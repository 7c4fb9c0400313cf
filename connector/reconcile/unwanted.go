package reconcile

import (
	"slices"
	"time"

	"roomkeeper/connector"
)

// extra settles somebody who is in the channel and whom no path leads to.
func (d *differ) extra(member connector.MemberID) {
	olds := d.standing(member)
	old := together(olds)
	row := connector.Membership{User: old.User, Member: member, Owned: d.owned[member], Reason: old.Reason, TriedAt: old.TriedAt,
		Enrolled: old.Enrolled, Leaving: old.Leaving, KickedAt: old.KickedAt, PersonAt: old.PersonAt, Kept: old.Kept,
		WasWanted: len(old.Why) > 0 || old.WasWanted}
	// Machines stay for good.
	row.Kept = row.Kept || !row.Owned && slices.Contains(d.in.Machines, member)
	d.done[tie{member: member}] = true
	d.before[member] = old
	d.idle[member] = d.allInactive(olds)
	switch why := d.whyOff(row); {
	case old.Leaving:
		d.leave(&row, old)
	case d.kickable(row):
		d.kick(&row, old, why)
	case !row.Owned && !d.strict(row):
		row.Status, row.Reason = connector.StatusHandAdded, ""
	case d.in.Policy.Remove == connector.RemoveNever:
		// Nothing leads to them any more, and they stay for this.
		row.Status, row.Reason, row.Seen = connector.StatusMember, connector.ReasonRemovalNotAllowed, true
	default:
		d.takeOut(&row, old, why, d.in.Policy.Grace)
	}
	for _, old := range olds {
		own := row
		own.User, own.Name, own.Enrolled = old.User, old.Name, row.Enrolled && old.Enrolled
		d.done[tieOf(own)] = true
		d.put(own, old)
	}
}

// whyOff is why an extra is removed, if they are.
func (d *differ) whyOff(row connector.Membership) string {
	switch {
	case d.idle[row.Member]:
		return whyInactive
	case row.User == "" && !row.Owned:
		return whyExtra
	}
	return whyOffTeam
}

// takeOut settles somebody who is to be removed.
func (d *differ) takeOut(row *connector.Membership, old connector.Membership, why string, grace time.Duration) {
	row.Status, row.Seen = connector.StatusToRemove, true
	if old.Status != connector.StatusToRemove || row.Reason != connector.ReasonRemovalNotAllowed {
		row.Reason = "" // only a platform that refused is left alone for a while
	}
	row.Swept = d.foundBySweep(old, row.Reason, why)
	d.remove(row, old, why, grace)
}

// foundBySweep reports whether a Sweep is to judge the going of somebody: one found
// it, or a run that comes by itself found what the next one would. An event ends what
// only time found: such a run may have read the CRM right before its event came. What
// the platform refused was let go once.
func (d *differ) foundBySweep(old connector.Membership, reason connector.PendingReason, why string) bool {
	known := old.Status == connector.StatusToRemove
	switch {
	case !braked(why):
		return false
	case known && old.Swept && (old.By != causeTime || d.in.Swept || !byEvent(d.in.By)):
		return true
	case d.in.Swept:
		return reason != connector.ReasonRemovalNotAllowed
	}
	return !known && d.in.By == causeTime
}

// remove plans a removal unless a grace period runs or it was refused lately.
func (d *differ) remove(row *connector.Membership, old connector.Membership, why string, grace time.Duration) {
	since := d.in.Now
	if old.Status == connector.StatusToRemove {
		since = old.Since
	}
	action := connector.Action{Type: connector.ActionRemove, User: row.User, Member: row.Member, Why: why}
	if ends := since.Add(grace); braked(why) && ends.After(d.in.Now) {
		d.later(action, ends)
		return
	}
	if again := old.TriedAt.Add(removeAgain); row.Reason == connector.ReasonRemovalNotAllowed && again.After(d.in.Now) && old.TriedAt.After(d.in.Retried) {
		d.later(action, again)
		return
	}
	row.TriedAt = d.in.Now
	if d.removing(row.Member) {
		return
	}
	d.removals = append(d.removals, action)
}

// later notes a removal whose time comes at at.
func (d *differ) later(action connector.Action, at time.Time) {
	d.comeBack(at)
	d.out.Later = append(d.out.Later, connector.LaterAction{Action: action, At: at})
}

func (d *differ) comeBack(at time.Time) {
	if d.out.Next.IsZero() || at.Before(d.out.Next) {
		d.out.Next = at
	}
}

// Why somebody is removed.
const (
	whyOffTeam  = "no path is left"
	whyInactive = "inactive in the CRM"
	whyExtra    = "nobody wants them there"
	whyLeaving  = "asked to leave"
)

// gone settles a stored row that is neither wanted nor in the channel.
func (d *differ) gone(row connector.Membership) {
	if d.done[tieOf(row)] || row.Member != "" && d.done[tie{member: row.Member}] {
		return
	}
	if slices.Contains(d.doubted, row.Member) {
		// They may be in, and are ours to remove then.
		old := row
		if row.Why = nil; row.Status == connector.StatusPending {
			row.Status, row.Reason = inAs(row, d.in.Want.SelfEnrol), ""
		}
		d.put(row, old)
		return
	}
	switch row.Status {
	case connector.StatusService:
		// Our own account went; nobody's place was taken away.
		return
	case connector.StatusPending:
		if !row.Owned {
			return
		}
		if d.underWay(row) {
			// The invitation may still arrive, and then it was ours.
			d.out.Rows = append(d.out.Rows, row)
			d.comeBack(row.TriedAt.Add(d.in.InFlight))
			return
		}
	case connector.StatusRemoved:
		d.out.Rows = append(d.out.Rows, row)
		return
	case connector.StatusMember, connector.StatusHandAdded, connector.StatusJoined,
		connector.StatusToRemove, connector.StatusLeft:
	}
	if formerly(row) {
		return
	}
	old := row
	row.Status, row.Owned, row.Seen, row.Reason, row.Why = connector.StatusRemoved, false, false, "", nil
	row.Enrolled, row.Leaving, row.Kept, row.TakenOut, row.WasWanted = false, false, false, false, false
	d.put(row, old)
	if old.Status == connector.StatusLeft {
		// They are out since they left, by whatever made them leave.
		last := &d.out.Rows[len(d.out.Rows)-1]
		last.Since, last.By = old.Since, old.By
	}
}
