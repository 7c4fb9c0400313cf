package reconcile

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"roomkeeper/connector"
)

// Input is all that a difference depends on.
type Input struct {
	Want Desired
	// Have is a whole reading of the channel, or what is believed when
	// Believed is set: then nobody is found to have left.
	Have     connector.Observed
	Believed bool
	// Rows are the memberships as they were last stored, and ReadAt is when the channel
	// was last read for them; zero: that is not known.
	Rows         []connector.Membership
	ReadAt       time.Time
	OwnerReadded connector.UserID
	// Confirmed are people whose going somebody confirmed.
	Confirmed []connector.MemberID
	// Swept: removals wait for a Sweep's judgement, except those of Passed, whom
	// one let go.
	Swept  bool
	Passed []connector.MemberID
	Policy connector.Policy
	// By is what brought about what is found now; "" when nobody knows.
	By string
	// Machines are Members who are no people: none is removed whom we did not add.
	Machines []connector.MemberID
	// Ignored are the Members of users who are to be ignored: none is removed whom we
	// did not add, as long as they are.
	Ignored []connector.MemberID
	// Retried: what was refused until then is tried again before its time; zero: nothing.
	Retried time.Time
	// Own: whoever is in and wanted is Owned from now on.
	Own bool
	// InFlight is how long a call whose answer got lost may still take effect.
	InFlight time.Duration
	Now      time.Time
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
	// Left are Members newly found to have left by themselves, those who are added
	// again too: whose account was deactivated did not leave.
	Left []connector.MemberID
	// Back are Members who were removed as extras and are in again the same day.
	Back []connector.MemberID
	// Next is when a grace period ends, a refused removal may be tried again, or
	// a call can no longer take effect; zero when none is the case.
	Next time.Time
	// Later are the removals that wait for such a time, the soonest first.
	Later []connector.LaterAction
}

// Diff compares who should be in a channel with who is. It is pure: it reads
// no clock and calls nobody, and equal inputs give equal differences.
func Diff(in Input) Difference {
	d := newDiffer(in)
	for _, w := range in.Want.Wanted {
		d.want(w)
	}
	d.keepUnknown()
	for _, member := range slices.Sorted(maps.Keys(d.service)) {
		d.ownAccount(member)
	}
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
	slices.SortStableFunc(d.out.Later, func(a, b connector.LaterAction) int { return a.At.Compare(b.At) })
	slices.SortStableFunc(d.out.Rows, func(a, b connector.Membership) int {
		return cmp.Or(cmp.Compare(a.User, b.User), cmp.Compare(a.Member, b.Member))
	})
	return d.out
}

// knowBetter lets what happened after a reading began count for more than the
// reading: one that was gone on with may be older than what another run did.
func (d *differ) knowBetter() {
	if d.in.Believed || d.in.Have.At.IsZero() {
		return
	}
	for _, in := range []bool{false, true} { // a Member may have two rows: in by either is in
		for _, row := range d.in.Rows {
			switch {
			case row.Member == "" || !row.Since.After(d.in.Have.At):
			case in && row.Status == connector.StatusService:
				d.service[row.Member] = true
			case in && isIn(row.Status) && (row.Seen || !ours(row.Status)):
				d.have[row.Member] = true
			case !in && (row.Status == connector.StatusRemoved || row.Status == connector.StatusLeft || row.Status == connector.StatusPending && row.Owned):
				// Who left, or is to be let in anew, may have been seen before they were out.
				delete(d.have, row.Member)
			}
		}
	}
}

// isIn reports whether somebody of this status is in the channel, as far as is known.
func isIn(status connector.MemberStatus) bool {
	switch status {
	case connector.StatusMember, connector.StatusHandAdded, connector.StatusJoined,
		connector.StatusService, connector.StatusToRemove:
		return true
	case connector.StatusPending, connector.StatusLeft, connector.StatusRemoved:
	}
	return false
}

// differ is one difference in the making.
type differ struct {
	in     Input
	have   map[connector.MemberID]bool
	byUser map[connector.UserID]connector.Membership
	byTie  map[connector.MemberID]connector.Membership
	// owned holds the Members whom Roomkeeper added, by whatever row.
	owned map[connector.MemberID]bool
	// left holds the Members who left by themselves, by whatever row.
	left     map[connector.MemberID]bool
	vanished map[connector.MemberID]bool
	// uncertain: somebody wanted has no Member as far as is known just now, or is
	// not known to be wanted, and may be any of those in the channel.
	uncertain bool
	// doubted are the vanished when too many vanished at once.
	doubted []connector.MemberID
	// covered Members and done rows need nothing more.
	covered map[connector.MemberID]bool
	done    map[tie]bool
	// before is what was known of each unwanted Member; idle are those of them who stand
	// for nobody but people whom the CRM calls inactive: no brake counts them, neither
	// as going nor as staying.
	before map[connector.MemberID]connector.Membership
	idle   map[connector.MemberID]bool
	// service are accounts of ours in the channel, beside the bot.
	service   map[connector.MemberID]bool
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
		left:    map[connector.MemberID]bool{},
		covered: map[connector.MemberID]bool{},
		done:    map[tie]bool{},
		adding:  map[connector.MemberID]bool{},
		service: map[connector.MemberID]bool{},
		before:  map[connector.MemberID]connector.Membership{},
		idle:    map[connector.MemberID]bool{},
	}
	if d.ownerStill(in.OwnerReadded) {
		d.out.OwnerReadded = in.OwnerReadded
	}
	for _, m := range in.Have.Members {
		d.have[m] = true
	}
	for _, m := range in.Have.Service {
		d.service[m] = true
	}
	d.knowBetter()
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
		// Who left and is in again came back by hand.
		returned := row.Status == connector.StatusLeft && d.have[row.Member]
		d.owned[row.Member] = d.owned[row.Member] || row.Owned && !returned
		// Who asked to be in and is in by hand is in by their own wish, as if let in.
		asked := row.Enrolled && !row.Kept && !row.Leaving && d.have[row.Member]
		d.owned[row.Member] = d.owned[row.Member] || asked
		d.left[row.Member] = d.left[row.Member] || row.Status == connector.StatusLeft
	}
	if in.Own {
		for _, w := range in.Want.Wanted {
			d.owned[w.Member] = d.owned[w.Member] || d.have[w.Member]
		}
	}
	d.findVanished()
	d.uncertain = d.someoneUnknown()
	return d
}
