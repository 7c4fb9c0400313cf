package reconcile

import (
	"cmp"
	"maps"
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

// Input is all that a difference depends on.
type Input struct {
	Want Desired
	// Have is a whole reading of the channel, or what is believed when
	// Believed is set: then nobody is found to have left.
	Have     connector.Observed
	Believed bool
	// Rows are the memberships as they were last stored.
	Rows         []connector.Membership
	OwnerReadded connector.UserID
	// Confirmed are people whose going somebody confirmed.
	Confirmed []connector.MemberID
	Policy    connector.Policy
	Now       time.Time
}

// Difference is what follows from an Input.
type Difference struct {
	// Plan is what may be done now: removals, then additions.
	Plan connector.Plan
	// Held is what waits, nil when nothing does; its Since is not set.
	Held *connector.Hold
	// Rows are the memberships as they stand before the Plan is applied; who is
	// to be added is in them already, Owned.
	Rows         []connector.Membership
	OwnerReadded connector.UserID
	// Left are Members newly found to have left by themselves.
	Left []connector.MemberID
	// Next is when a grace period ends or a refused removal may be tried again;
	// zero when neither is the case.
	Next time.Time
}

// Diff compares who should be in a channel with who is. It is pure: it reads
// no clock and calls nobody, and equal inputs give equal differences.
func Diff(in Input) Difference {
	d := newDiffer(in)
	for _, w := range in.Want.Wanted {
		d.want(w)
	}
	d.keepUnknown()
	for _, member := range slices.Sorted(maps.Keys(d.have)) {
		if !d.covered[member] {
			d.extra(member)
		}
	}
	for _, row := range in.Rows {
		d.gone(row)
	}
	d.holdRemovals()
	d.out.Plan.Actions = append(d.removals, d.additions...)
	d.out.Plan.ID = planID(d.out.Plan.Actions)
	slices.SortStableFunc(d.out.Rows, func(a, b connector.Membership) int {
		return cmp.Or(cmp.Compare(a.User, b.User), cmp.Compare(a.Member, b.Member))
	})
	return d.out
}

// differ is one difference in the making.
type differ struct {
	in     Input
	have   map[connector.MemberID]bool
	byUser map[connector.UserID]connector.Membership
	byTie  map[connector.MemberID]connector.Membership
	// owned holds the Members whom Roomkeeper added, by whatever row.
	owned    map[connector.MemberID]bool
	vanished map[connector.MemberID]bool
	// doubted are the vanished when too many vanished at once.
	doubted []connector.MemberID
	// covered Members and done rows need nothing more.
	covered   map[connector.MemberID]bool
	done      map[tie]bool
	adding    map[connector.MemberID]bool
	removals  []connector.Action
	additions []connector.Action
	out       Difference
}

// tie identifies a row.
type tie struct {
	user   connector.UserID
	member connector.MemberID
}

func tieOf(row connector.Membership) tie {
	if row.User != "" {
		return tie{user: row.User}
	}
	return tie{member: row.Member}
}

func newDiffer(in Input) *differ {
	d := &differ{
		in:      in,
		have:    map[connector.MemberID]bool{},
		byUser:  map[connector.UserID]connector.Membership{},
		byTie:   map[connector.MemberID]connector.Membership{},
		owned:   map[connector.MemberID]bool{},
		covered: map[connector.MemberID]bool{},
		done:    map[tie]bool{},
		adding:  map[connector.MemberID]bool{},
	}
	if d.ownerStill(in.OwnerReadded) {
		d.out.OwnerReadded = in.OwnerReadded
	}
	for _, m := range in.Have.Members {
		d.have[m] = true
	}
	for _, row := range in.Rows {
		if row.User != "" {
			d.byUser[row.User] = row
		}
		if row.Member == "" {
			continue
		}
		if old, ok := d.byTie[row.Member]; !ok || row.Owned && !old.Owned {
			d.byTie[row.Member] = row
		}
		d.owned[row.Member] = d.owned[row.Member] || row.Owned
	}
	d.findVanished()
	return d
}

// ownerStill reports whether a user is the owner yet, as far as is known: an
// ownership that ended is forgotten.
func (d *differ) ownerStill(id connector.UserID) bool {
	return d.in.Want.Unknown[id] || slices.ContainsFunc(d.in.Want.Wanted, func(w Wanted) bool {
		return w.User.ID == id && w.Owner()
	})
}

// findVanished finds wanted people whom a whole reading showed earlier and
// this one does not. When more than half went at once, the reading is
// doubted rather than believed.
func (d *differ) findVanished() {
	d.vanished = map[connector.MemberID]bool{}
	if d.in.Believed {
		return
	}
	wanted := map[connector.MemberID]bool{}
	for _, w := range d.in.Want.Wanted {
		wanted[w.Member] = true
	}
	var doubted []connector.MemberID
	seen := map[connector.MemberID]bool{}
	for _, row := range d.in.Rows {
		if !row.Owned || !row.Seen || row.Status != connector.StatusMember || seen[row.Member] {
			continue
		}
		seen[row.Member] = true
		if !d.have[row.Member] && wanted[row.Member] {
			d.vanished[row.Member] = true
			if !slices.Contains(d.in.Confirmed, row.Member) {
				doubted = append(doubted, row.Member)
			}
		}
	}
	if len(doubted) > 1 && 2*len(doubted) > len(seen) {
		slices.Sort(doubted)
		d.doubted = doubted
	}
}

// want settles one person who should be in.
func (d *differ) want(w Wanted) {
	old, known := d.byUser[w.User.ID]
	if !known && w.Member != "" {
		old = d.byTie[w.Member]
	}
	row := connector.Membership{User: w.User.ID, Member: w.Member, Name: w.User.Name, Why: w.Why, TriedAt: old.TriedAt}
	d.done[tie{user: w.User.ID}] = true
	if w.Member == "" {
		row.Status, row.Reason = connector.StatusPending, w.Reason
		d.put(row, old)
		return
	}
	d.covered[w.Member] = true
	d.done[tie{member: w.Member}] = true
	row.Owned = d.owned[w.Member]
	sameAccount := old.Member == w.Member
	switch {
	case d.have[w.Member] && row.Owned:
		row.Status, row.Seen = connector.StatusMember, !d.in.Believed || old.Seen
	case d.have[w.Member]:
		row.Status = connector.StatusHandAdded
	case slices.Contains(d.doubted, w.Member):
		row.Status, row.Seen = connector.StatusMember, true
	case sameAccount && (old.Status == connector.StatusLeft || d.vanished[w.Member]) && !d.readd(w):
		row.Status, row.Owned = connector.StatusLeft, true
		if old.Status != connector.StatusLeft {
			d.out.Left = append(d.out.Left, w.Member)
		}
	case sameAccount && old.Status == connector.StatusPending && old.Reason != "" && !old.TriedAt.IsZero() &&
		d.in.Now.Sub(old.TriedAt) < inviteAgain:
		row.Status, row.Reason = connector.StatusPending, old.Reason
	default:
		row.Status, row.Owned, row.TriedAt = connector.StatusPending, true, d.in.Now
		d.add(w)
	}
	d.put(row, old)
}

// readd decides whether somebody who left is added again: by policy, and the
// owner once per ownership.
func (d *differ) readd(w Wanted) bool {
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
	row.Since = d.in.Now
	if old.Status == row.Status && old.Member == row.Member && !old.Since.IsZero() {
		row.Since = old.Since
	}
	d.out.Rows = append(d.out.Rows, row)
}

// keepUnknown leaves people alone whom the team names and the CRM does not
// know just now: in if they are in, out if they are out.
func (d *differ) keepUnknown() {
	for id := range d.in.Want.Unknown {
		row := d.byUser[id]
		d.done[tie{user: id}] = true
		if row.Member != "" {
			d.covered[row.Member] = true
			d.done[tie{member: row.Member}] = true
		}
		old := row
		row.User, row.Reason = id, connector.ReasonUnknownUser
		switch row.Status {
		case "", connector.StatusRemoved, connector.StatusPending:
			// No invitation is behind this reason: once known, it is sent at once.
			row.Status, row.TriedAt = connector.StatusPending, time.Time{}
		case connector.StatusToRemove:
			row.Status = connector.StatusMember
		case connector.StatusMember, connector.StatusHandAdded, connector.StatusJoined,
			connector.StatusService, connector.StatusLeft:
		}
		d.put(row, old)
	}
}

// extra settles somebody who is in the channel and whom no path leads to.
func (d *differ) extra(member connector.MemberID) {
	old := d.byTie[member]
	row := connector.Membership{User: old.User, Member: member, Name: old.Name, Owned: d.owned[member], Reason: old.Reason, TriedAt: old.TriedAt}
	if d.done[tie{user: row.User}] {
		// Who had this account has another one now, or none.
		row.User = ""
	}
	d.done[tieOf(row)] = true
	d.done[tie{member: member}] = true
	inactive := d.in.Want.Inactive[old.User]
	strict := d.in.Policy.Remove == connector.RemoveStrict
	switch {
	case !row.Owned && !strict:
		row.Status, row.Reason = connector.StatusHandAdded, ""
	case d.in.Policy.Remove == connector.RemoveNever:
		row.Status, row.Reason, row.Seen = connector.StatusMember, "", true
	default:
		row.Status, row.Seen = connector.StatusToRemove, true
		d.remove(&row, old, inactive)
	}
	d.put(row, old)
}

// remove plans a removal unless a grace period runs or it was refused lately.
func (d *differ) remove(row *connector.Membership, old connector.Membership, inactive bool) {
	since := d.in.Now
	if old.Status == connector.StatusToRemove {
		since = old.Since
	}
	if ends := since.Add(d.in.Policy.Grace); !inactive && ends.After(d.in.Now) {
		d.comeBack(ends)
		return
	}
	if again := old.TriedAt.Add(removeAgain); row.Reason == connector.ReasonRemovalNotAllowed && again.After(d.in.Now) {
		d.comeBack(again)
		return
	}
	why := whyOffTeam
	if inactive {
		why = whyInactive
	}
	d.removals = append(d.removals, connector.Action{Type: connector.ActionRemove, User: row.User, Member: row.Member, Why: why})
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
)

// gone settles a stored row that is neither wanted nor in the channel.
func (d *differ) gone(row connector.Membership) {
	if d.done[tieOf(row)] || row.Member != "" && d.done[tie{member: row.Member}] {
		return
	}
	switch row.Status {
	case connector.StatusPending:
		if !row.Owned {
			return
		}
	case connector.StatusRemoved:
		d.out.Rows = append(d.out.Rows, row)
		return
	case connector.StatusMember, connector.StatusHandAdded, connector.StatusJoined,
		connector.StatusService, connector.StatusToRemove, connector.StatusLeft:
	}
	old := row
	row.Status, row.Owned, row.Seen, row.Reason, row.Why = connector.StatusRemoved, false, false, "", nil
	d.put(row, old)
}
