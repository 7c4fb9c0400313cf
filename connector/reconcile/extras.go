package reconcile

import (
	"slices"
	"time"

	"roomkeeper/connector"
)

// kickAgain is how long nobody is removed a second time as an extra.
const kickAgain = 24 * time.Hour

// kickable reports whether somebody whom we did not add and whom nobody wants may
// be removed by policy. While it is open who somebody wanted is, they may be any
// of those in the channel.
func (d *differ) kickable(row connector.Membership) bool {
	return d.in.Policy.Extras == connector.ExtrasKick && d.in.Policy.Remove != connector.RemoveNever && d.stranger(row)
}

// strict reports whether REMOVE=strict takes somebody out whom we did not add.
func (d *differ) strict(row connector.Membership) bool {
	return d.in.Policy.Remove == connector.RemoveStrict && d.stranger(row)
}

// stranger reports whether somebody whom we did not add may be removed by a policy
// that says so: not those whose going was dismissed, nor machines.
func (d *differ) stranger(row connector.Membership) bool {
	return !row.Owned && !row.Kept && !d.uncertain &&
		!slices.Contains(d.in.Machines, row.Member) && !slices.Contains(d.in.Ignored, row.Member)
}

// kick plans the removal of an extra, once a day. Whoever is in again the same
// day stays until it is over, and is reported. Only who was on the team while they were
// in has a grace period, however often their removal was found, held or refused.
func (d *differ) kick(row *connector.Membership, old connector.Membership, why string) {
	again := old.KickedAt.Add(kickAgain)
	if old.Status != connector.StatusToRemove && !old.KickedAt.IsZero() && again.After(d.in.Now) {
		row.Status, row.Reason = connector.StatusHandAdded, ""
		if old.Status == connector.StatusRemoved {
			d.out.Back = append(d.out.Back, row.Member)
		}
		d.comeBack(again)
		return
	}
	var grace time.Duration
	if row.WasWanted {
		grace = d.in.Policy.Grace
	}
	planned := len(d.removals)
	d.takeOut(row, old, why, grace)
	if len(d.removals) > planned {
		row.KickedAt = d.in.Now
	}
}

// ownAccount settles an account of our own, which no difference is about.
func (d *differ) ownAccount(member connector.MemberID) {
	delete(d.have, member)
	if d.covered[member] {
		return
	}
	old := d.byTie[member]
	row := connector.Membership{User: old.User, Member: member, Name: old.Name, Status: connector.StatusService}
	if d.done[tie{user: row.User}] {
		row.User = ""
	}
	d.done[tieOf(row)], d.done[tie{member: member}], d.covered[member] = true, true, true
	d.put(row, old)
}

// serviceLeft reports whether an account of our own that is on the team too was
// in and is not any more.
func (d *differ) serviceLeft(old connector.Membership, member connector.MemberID) bool {
	return !d.in.Believed && old.Status == connector.StatusService && old.Member == member && !d.have[member] && !d.service[member]
}
