package reconcile

import (
	"slices"

	"roomkeeper/connector"
)

// What differs where people join by themselves, and for whoever asked to leave.

// inAs is the status of somebody in the channel whom Roomkeeper added.
func inAs(row connector.Membership, selfEnrol bool) connector.MemberStatus {
	if selfEnrol && row.Enrolled {
		return connector.StatusJoined
	}
	return connector.StatusMember
}

// ours reports whether somebody of this status is in because Roomkeeper added them.
func ours(s connector.MemberStatus) bool {
	return s == connector.StatusMember || s == connector.StatusJoined
}

// unasked reports whether somebody who may be in never asked to be, so that
// nobody invites them; what is left of a row of theirs is settled by gone.
func (d *differ) unasked(w Wanted, old connector.Membership) bool {
	if !d.in.Want.SelfEnrol || old.Enrolled || old.Leaving {
		return false
	}
	known := d.have[w.Member] || d.left[w.Member] || d.vanished[w.Member] || slices.Contains(d.doubted, w.Member)
	return w.Member == "" || !known
}

// leave lets somebody go who asked to, whatever the policy says of removals.
func (d *differ) leave(row *connector.Membership, old connector.Membership) {
	row.Status, row.Seen, row.Leaving, row.Enrolled = connector.StatusToRemove, true, true, false
	if old.Status == connector.StatusToRemove && old.Reason == connector.ReasonRemovalNotAllowed {
		row.Reason = old.Reason
	}
	d.remove(row, old, whyLeaving, 0)
}

// braked reports whether a brake counts a removal: not of people whom the CRM
// calls inactive, nor of those who asked for it.
func braked(why string) bool { return why != whyInactive && why != whyLeaving }
