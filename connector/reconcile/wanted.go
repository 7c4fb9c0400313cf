package reconcile

import (
	"slices"
	"time"

	"roomkeeper/connector"
)

// How long a person who could not be invited or removed is left alone. A
// Sweep comes every quarter of an hour by default and tries invitations again.
const (
	inviteAgain = 10 * time.Minute
	removeAgain = 24 * time.Hour
)

// want settles one person who should be in.
func (d *differ) want(w Wanted) {
	w = d.keptBy(w)
	old, known := d.byUser[w.User.ID]
	if !known && w.Member != "" {
		old = d.byTie[w.Member]
	}
	row := connector.Membership{User: w.User.ID, Member: w.Member, Name: w.User.Name, Why: w.Why, TriedAt: old.TriedAt, Enrolled: old.Enrolled}
	if d.unasked(w, old) {
		return
	}
	d.done[tie{user: w.User.ID}] = true
	if w.Member == "" {
		row.Status, row.Reason = connector.StatusPending, w.Reason
		d.put(row, old)
		return
	}
	d.covered[w.Member] = true
	d.done[tie{member: w.Member}] = true
	row.Kept = old.Kept && d.have[w.Member] && !d.in.Own
	row.Owned = d.owned[w.Member]
	invited := old.Member == w.Member && old.Status == connector.StatusPending
	onItsWay := invited && old.Owned
	left := d.vanished[w.Member] && !d.wasGone(w.goneAt, old) || d.left[w.Member] && !onItsWay || d.serviceLeft(old, w.Member) || old.Leaving
	if old.Leaving && d.have[w.Member] {
		d.leave(&row, old)
		d.put(row, old)
		return
	}
	switch {
	case d.service[w.Member]:
		row.Status, row.Owned, row.TriedAt = connector.StatusService, false, time.Time{}
	case d.have[w.Member] && row.Owned:
		row.Status, row.Seen, row.Reason = inAs(row, d.in.Want.SelfEnrol), !d.in.Believed || old.Seen, w.Reason
		if d.mayBeRemoved(old) {
			// Who goes now was removed by us and did not leave.
			row.Seen = false
			d.comeBack(old.TriedAt.Add(d.in.InFlight))
		}
	case d.have[w.Member]:
		row.Status, row.Reason = connector.StatusHandAdded, w.Reason
	case slices.Contains(d.doubted, w.Member):
		row.Status, row.Seen = inAs(row, d.in.Want.SelfEnrol), true
	case left && (old.Leaving || !d.adding[w.Member] && !d.readd(w)):
		row.Status, row.Owned, row.Enrolled = connector.StatusLeft, true, false
		if old.Status != connector.StatusLeft || old.Member != w.Member {
			d.out.Left = append(d.out.Left, w.Member)
		}
	case w.Kept:
		row = keptOut(old, w)
	case w.trust == trustWaits:
		row.Status, row.Reason, row.Owned = connector.StatusPending, connector.ReasonRateWait, onItsWay
	case invited && old.Reason != "" && old.Reason != connector.ReasonRateWait && !old.TriedAt.IsZero() && d.in.Now.Sub(old.TriedAt) < inviteAgain:
		row.Status, row.Reason = connector.StatusPending, old.Reason
	default:
		if d.vanished[w.Member] {
			d.out.Left = append(d.out.Left, w.Member)
		}
		row.Status, row.Owned, row.TriedAt = connector.StatusPending, true, d.in.Now
		d.add(w)
	}
	d.put(row, old)
}

// wasGone reports whether somebody who vanished, and last was out of the workspace at a
// time, was so since they were last seen in the channel, be it for a moment: that took
// them out, and they did not leave.
func (d *differ) wasGone(at time.Time, row connector.Membership) bool {
	return at.After(row.Since) && at.After(d.in.ReadAt)
}

// keptBy is somebody whom only what the CRM does not know just now had brought, by the
// account by which they are in: another one would not be let in, and they would be out.
func (d *differ) keptBy(w Wanted) Wanted {
	if w.Kept && w.place != "" && d.have[w.place] && !d.have[w.Member] {
		w.Member, w.Reason = w.place, ""
	}
	return w
}

// keptOut is the row of such a person who is not in: they stay out, and a row that says
// they are in is wrong, or of an account that is not theirs any more.
func keptOut(old connector.Membership, w Wanted) connector.Membership {
	other := old.Member != w.Member
	if other {
		old.Member, old.Owned, old.Seen = w.Member, false, false
	}
	if other || isIn(old.Status) {
		// Once the CRM knows again, the invitation is sent at once.
		old.Status, old.Reason, old.TriedAt = connector.StatusPending, connector.ReasonUnknownUser, time.Time{}
	}
	old.Why = w.Why
	return old
}

// mayBeRemoved reports whether a removal that is no longer wanted may be under
// way still, or may have worked unseen: what became of it was not read since.
func (d *differ) mayBeRemoved(old connector.Membership) bool {
	meant := old.Status == connector.StatusToRemove
	unproven := meant || ours(old.Status) && !old.Seen
	// Who was within a grace period all the time was not tried.
	tried := !old.TriedAt.Before(old.Since)
	return meant && tried && d.in.Believed || unproven && d.underWay(old)
}

// underWay reports whether what was last sent about a row may take effect yet, or took
// effect only after a reading that is gone on with: that one does not tell of it.
func (d *differ) underWay(row connector.Membership) bool {
	known := d.in.Now
	if read := d.in.Have.At; !d.in.Believed && !read.IsZero() && read.Before(known) {
		known = read
	}
	return row.TriedAt.Add(d.in.InFlight).After(known)
}

// readd decides whether somebody who left is added again now: by policy, and the
// owner once per ownership. Who cannot be added yet has left until they can.
func (d *differ) readd(w Wanted) bool {
	if d.in.Want.SelfEnrol {
		return false // who left is not enrolled any more
	}
	if w.Kept || w.trust == trustWaits {
		return false
	}
	if d.in.Policy.Leavers == connector.LeaversReadd {
		return true
	}
	if !w.Owner() || d.in.OwnerReadded == w.User.ID {
		return false
	}
	d.out.OwnerReadded = w.User.ID
	return true
}

func (d *differ) add(w Wanted) {
	if d.adding[w.Member] {
		return
	}
	d.adding[w.Member] = true
	why := ""
	if len(w.Why) > 0 {
		why = string(w.Why[0].Via)
	}
	d.additions = append(d.additions, connector.Action{Type: connector.ActionAdd, User: w.User.ID, Member: w.Member, Why: why})
}

// put stores a row; what did not change keeps its time.
func (d *differ) put(row, old connector.Membership) {
	row.Since, row.By = d.in.Now, d.in.By
	switch {
	case old.Status == row.Status && old.Member == row.Member && !old.Since.IsZero():
		row.Since, row.By = old.Since, old.By
	case row.Leaving && row.Status == connector.StatusToRemove:
		row.By = causeLeave
	case follows(old, row):
		row.By = old.By
	}
	d.out.Rows = append(d.out.Rows, row)
}

// follows reports whether a status only completes the one before: what asked for
// the invitation or removal brought about its outcome too. Who goes before a removal
// was sent, or after it was refused, goes by something else, unless they asked to.
func follows(old, now connector.Membership) bool {
	return old.Member == now.Member && old.By != "" &&
		(old.Status == connector.StatusPending && ours(now.Status) ||
			old.Status == connector.StatusToRemove && old.Leaving && (now.Status == connector.StatusRemoved || now.Status == connector.StatusLeft) ||
			old.Status == connector.StatusToRemove && now.Status == connector.StatusRemoved &&
				old.Reason == "" && !old.TriedAt.Before(old.Since))
}

// keepUnknown leaves people alone whom the team names and the CRM does not
// know just now: in if they are in, out if they are out.
func (d *differ) keepUnknown() {
	for id := range d.in.Want.Unknown {
		row := d.byUser[id]
		if d.in.Want.SelfEnrol && !row.Enrolled && (row.Status == "" || row.Status == connector.StatusRemoved) {
			continue
		}
		d.done[tie{user: id}] = true
		if row.Member != "" {
			d.covered[row.Member] = true
			d.done[tie{member: row.Member}] = true
		}
		old := row
		row.User, row.Reason, row.Why = id, connector.ReasonUnknownUser, d.in.Want.UnknownWhy[id]
		in := row.Member != "" && d.have[row.Member]
		switch {
		case in && d.owned[row.Member]:
			row.Status, row.Owned, row.Seen = inAs(row, d.in.Want.SelfEnrol), true, row.Seen || !d.in.Believed
		case in:
			row.Status, row.Owned, row.Seen = connector.StatusHandAdded, false, false
		case row.Status == connector.StatusLeft:
		default:
			// No invitation is behind this reason: once known, it is sent at once,
			// unless they left meanwhile.
			row.Status, row.TriedAt = connector.StatusPending, time.Time{}
		}
		d.put(row, old)
	}
}

// someoneUnknown reports whether it is open which Member somebody wanted is, or who
// is wanted: anybody in the channel may be they, by an account that we do not know of.
func (d *differ) someoneUnknown() bool {
	if d.in.Want.Missing {
		return true
	}
	for id := range d.in.Want.Unknown {
		if d.byUser[id].Member == "" {
			return true
		}
	}
	return slices.ContainsFunc(d.in.Want.Wanted, func(w Wanted) bool { return w.Member == "" || w.trust == trustWaits })
}

// ownerStill reports whether a user is the owner yet, as far as is known: an
// ownership that ended is forgotten.
func (d *differ) ownerStill(id connector.UserID) bool {
	return d.in.Want.Unknown[id] || slices.ContainsFunc(d.in.Want.Wanted, func(w Wanted) bool {
		return w.User.ID == id && w.Owner()
	})
}

// findVanished finds people whom a whole reading showed earlier and this one
// does not. When more than half went at once, the reading is doubted rather than
// believed: also of those who are to go anyway, for who is not known to be in is
// not removed later.
func (d *differ) findVanished() {
	d.vanished = map[connector.MemberID]bool{}
	wanted, away := map[connector.MemberID]bool{}, map[connector.MemberID]time.Time{}
	for _, w := range d.in.Want.Wanted {
		wanted[w.Member] = true
		if w.goneAt.After(away[w.Member]) {
			away[w.Member] = w.goneAt
		}
	}
	var doubted []connector.MemberID
	seen := map[connector.MemberID]bool{}
	for _, row := range d.in.Rows {
		if !row.Owned || !row.Seen || !d.maySayVanished(row) || seen[row.Member] {
			continue
		}
		if !wanted[row.Member] && (d.inactive(row.Member) || d.in.Want.Unknown[row.User] || !ours(row.Status)) {
			continue
		}
		seen[row.Member] = true
		if d.have[row.Member] {
			continue
		}
		if wanted[row.Member] {
			d.vanished[row.Member] = true
		}
		if !slices.Contains(d.in.Confirmed, row.Member) && !d.wasGone(away[row.Member], row) {
			doubted = append(doubted, row.Member)
		}
	}
	if len(doubted) > 1 && 2*len(doubted) > len(seen) {
		slices.Sort(doubted)
		d.doubted = doubted
	}
}

// maySayVanished reports whether a row whose Member is not in the channel says that
// they vanished. Of whom the CRM did not know a reading said so meanwhile.
func (d *differ) maySayVanished(row connector.Membership) bool {
	unknown := row.Status == connector.StatusPending && row.Reason == connector.ReasonUnknownUser
	return unknown || ours(row.Status) && !d.in.Believed
}
