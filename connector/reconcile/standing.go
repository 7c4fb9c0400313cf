package reconcile

import (
	"slices"

	"roomkeeper/connector"
)

// A Member stands for all Users who are linked to it. Each has a row as long as the
// Member is in; what is done to the Member is done once, and for all of them.

// standing are the rows, as they were, of those for whom an unwanted Member stands: one
// for each User who is settled by no other account, or else one of nobody.
func (d *differ) standing(member connector.MemberID) []connector.Membership {
	var olds []connector.Membership
	for _, row := range d.in.Rows {
		if row.Member == member && row.User != "" && !d.done[tie{user: row.User}] {
			olds = append(olds, row)
		}
	}
	if len(olds) > 0 {
		return olds
	}
	// Who had this account has another one now, or none; or nobody knows whose it is.
	old := d.byTie[member]
	old.User, old.Member = "", member
	return []connector.Membership{old}
}

// together is what was known of a Member by the rows of all for whom it stands: they are
// to go since the last of them was.
func together(olds []connector.Membership) connector.Membership {
	all := olds[0]
	for _, old := range olds[1:] {
		switch toGo := old.Status == connector.StatusToRemove; {
		case toGo && all.Status != connector.StatusToRemove:
			all.Status, all.Since, all.By, all.Reason = old.Status, old.Since, old.By, old.Reason
		case toGo && old.Since.After(all.Since):
			all.Since, all.By = old.Since, old.By
		}
		all.TriedAt, all.KickedAt = later(all.TriedAt, old.TriedAt), later(all.KickedAt, old.KickedAt)
		all.PersonAt = later(all.PersonAt, old.PersonAt)
		all.Enrolled, all.Leaving, all.Kept = all.Enrolled || old.Enrolled, all.Leaving || old.Leaving, all.Kept || old.Kept
		all.Swept, all.WasWanted = all.Swept || old.Swept, all.WasWanted || old.WasWanted
		all.Why = slices.Concat(all.Why, old.Why)
	}
	return all
}

// allInactive reports whether the CRM calls everybody inactive for whom a Member
// stands: one who is not has the Member stay for them.
func (d *differ) allInactive(rows []connector.Membership) bool {
	return len(rows) > 0 && !slices.ContainsFunc(rows, func(row connector.Membership) bool {
		return row.User == "" || !d.in.Want.Inactive[row.User]
	})
}

// inactive reports whether all Users of a Member were inactive, by whatever row.
func (d *differ) inactive(member connector.MemberID) bool {
	var rows []connector.Membership
	for _, row := range d.in.Rows {
		if row.Member == member && row.User != "" {
			rows = append(rows, row)
		}
	}
	return d.allInactive(rows)
}

// removing reports whether a Member's removal is planned.
func (d *differ) removing(member connector.MemberID) bool {
	return slices.ContainsFunc(d.removals, func(a connector.Action) bool { return a.Member == member })
}
