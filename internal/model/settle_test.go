package model_test

import (
	"slices"
	"time"

	"roomkeeper/connector"
)

// settle ends all mischief and lets two days go by, with Sweeps as they come.
func (w *world) settle() {
	w.Helper()
	w.note("everything works, and two days go by")
	w.faults.arm(nil, nil)
	w.past.old = map[connector.RecordKey]*connector.RecordTeam{}
	w.chat.ForbidRemovals(false)
	w.past.refusing = map[string]bool{}
	for _, after := range []time.Duration{0, 15 * time.Minute, 25 * time.Hour, 26 * time.Hour} {
		w.pass(after)
		w.sweep(true)
		w.pass(time.Second)
	}
	// What is pending is tried at each Sweep.
	w.pass(11 * time.Minute)
	w.sweep(true)
	w.pass(time.Second)
}

// settled checks that membership is what the policy says, and that every deviation
// is listed with a status and a reason.
func (w *world) settled() {
	w.Helper()
	for _, key := range w.keys {
		w.settledGroup(key)
	}
}

func (w *world) settledGroup(key connector.RecordKey) {
	w.Helper()
	g, ch := w.group(key), w.channel(key)
	if w.unused {
		if g.State != connector.GroupFailed {
			w.isState(g, connector.GroupUnmanaged)
		}
		return
	}
	switch {
	case g.Channel.ID == "":
		w.settledWithout(g)
		return
	case w.past.dropped[key] || w.past.hidden[key]:
		if g.Held == nil {
			w.fail("the CRM does not tell of %s, and its Group is %s, held %+v", key, g.State, g.Held)
		}
		return
	case ch.Botless:
		w.isState(g, connector.GroupUnreachable, connector.GroupLost)
		return
	case ch.Archived && w.past.outOfSight[key]:
		w.isState(g, connector.GroupArchived, connector.GroupLost)
		return
	case ch.Archived:
		w.isState(g, connector.GroupArchived)
		return
	case g.Held != nil:
		w.isState(g, connector.GroupHeld)
	default:
		w.isState(g, connector.GroupActive)
	}
	s := w.now(key)
	w.settledHold(g, s, ch.Members)
	for _, u := range w.users() {
		w.settledUser(g, s, u, ch.Members)
	}
	for _, m := range ch.Members {
		w.settledMember(g, s, m)
	}
	for _, row := range g.Memberships {
		if present(row.Status) && row.Member != "" && !slices.Contains(ch.Members, row.Member) && !waits(g, row.Member) {
			w.fail("%s lists %s as %s, and they are not in the channel", key, row.Member, row.Status)
		}
	}
}

// settledWithout checks a Record that has no channel: only where nobody could be
// invited, or a platform refused, and then it says so.
func (w *world) settledWithout(g connector.Group) {
	w.Helper()
	if g.State != connector.GroupFailed || g.Failure == "" {
		w.fail("%s has no channel and is %s: %q", g.Record, g.State, g.Failure)
	}
}

func (w *world) isState(g connector.Group, states ...connector.GroupState) {
	w.Helper()
	if !slices.Contains(states, g.State) {
		w.fail("%s is %s, and should be %v", g.Record, g.State, states)
	}
}

// settledHold checks that removals are held exactly where they must be.
func (w *world) settledHold(g connector.Group, s said, in []connector.MemberID) {
	w.Helper()
	going, perhaps, ownedIn, d := w.going(g, s, in)
	may := expectedHold(s, going, ownedIn, d)
	if perhaps > 0 {
		may = append(may, expectedHold(s, going+perhaps, ownedIn, d)...)
	}
	if both := w.sharedIn(g, s, in); both > 0 {
		may = append(may, expectedHold(s, going+perhaps, ownedIn+both, d)...)
	}
	if going+perhaps > 0 && w.limited() {
		may = append(may, connector.HoldGlobalRemoval)
	}
	is := connector.HoldReason("")
	if g.Held != nil {
		is = g.Held.Reason
	}
	if !slices.Contains(may, is) {
		w.fail("%s is held for %q, and should be for %q: %d of %d to be removed, vanished %+v", g.Record, is, may, going, ownedIn, d)
	}
}

// sharedIn counts those in a channel who are somebody inactive and perhaps somebody
// else too: as whom they count is open.
func (w *world) sharedIn(g connector.Group, s said, in []connector.MemberID) (n int) {
	for _, m := range in {
		c := w.claimOn(s, m, g)
		if w.believed(g.ID, m).may(ours) && !w.counts(s, m, c) && (c != inactive || w.wasActive(s, m)) {
			n++
		}
	}
	return n
}

// limited reports whether all that is to go may be over the limit over all Groups.
// What a Group's own brake holds does not count.
func (w *world) limited() bool {
	w.Helper()
	var removals, owned between
	for _, key := range w.keys {
		g := w.group(key)
		owned.least += w.ownedIn(g).least
		if w.past.dropped[key] || w.past.hidden[key] {
			removals.most += len(waiting(g))
		} else if g.State.Posting() && (g.Held == nil || g.Held.Reason == connector.HoldGlobalRemoval) {
			going, perhaps, _, _ := w.going(g, w.now(key), w.channel(key).Members)
			removals.most += going + perhaps
		}
	}
	_, maybe := w.exceeds(removals, owned)
	return maybe
}

// going counts those in a channel who are to go, and those who perhaps are.
func (w *world) going(g connector.Group, s said, in []connector.MemberID) (going, perhaps, ownedIn int, d vanishing) {
	w.Helper()
	for _, m := range w.everybody(g) {
		here, c := slices.Contains(in, m), w.claimOn(s, m, g)
		mine := w.believed(g.ID, m).may(ours)
		if here && mine && w.counts(s, m, c) {
			ownedIn++
		}
		removable := (mine || w.sendsAway(g, s, m)) && w.kinds[g.Record.Kind].Remove != connector.RemoveNever
		// Whoever has an account that is of no use any more stays until that is noticed.
		noticed := c == wanted && !w.past.fit(m) && shownToRemove(g, m)
		// An inactive person goes at once, if the account is still known as theirs; and
		// of several accounts that somebody had, the last one that was looked up stands.
		switch {
		case here && (c == nobody || noticed) && removable:
			going++
		case here && removable && (c == inactive || c == wanted && !w.isAddress(s, m)):
			perhaps++
		}
		d.count(w.believed(g.ID, m), news{claim: c, unfit: !w.past.fit(m)}, !here)
	}
	return going, perhaps, ownedIn, d
}

// expectedHold names the brakes of product.md in their order; several where it
// leaves open how to count.
func expectedHold(s said, going, ownedIn int, d vanishing) []connector.HoldReason {
	switch {
	case going > 0 && s.empty() && ownedIn > 1:
		return []connector.HoldReason{connector.HoldTeamEmpty}
	case going > 1 && 2*going > ownedIn:
		return []connector.HoldReason{connector.HoldLargeRemoval}
	case d.surely():
		return []connector.HoldReason{connector.HoldMassVanish}
	case d.maybe():
		return []connector.HoldReason{"", connector.HoldMassVanish}
	}
	return []connector.HoldReason{""}
}

// sendsAway reports whether somebody is to go whom Roomkeeper did not add, if nobody
// wants them.
func (w *world) sendsAway(g connector.Group, s said, m connector.MemberID) bool {
	return (w.kinds[g.Record.Kind].Remove == connector.RemoveStrict || w.kicks(g)) && !w.someoneUnknown(g, s) && !w.past.kept[g.ID][m]
}

// someoneUnknown: while somebody on the team is not found, or a principal is not known,
// they may be anybody in the channel.
func (w *world) someoneUnknown(g connector.Group, s said) bool {
	return s.someoneMissing() || slices.ContainsFunc(s.named(), func(u connector.UserID) bool {
		c := s.claim(u)
		return (c == unknown || c == wanted) && w.rowOf(g, u).Member == ""
	})
}

// settledUser checks somebody whom the CRM speaks of.
func (w *world) settledUser(g connector.Group, s said, u connector.UserID, in []connector.MemberID) {
	w.Helper()
	row := w.rowOf(g, u)
	switch s.claim(u) {
	case unknown:
		if row.Reason != connector.ReasonUnknownUser && !w.unnoticed(g, u) {
			w.fail("the CRM does not know %s on the team of %s, and that is not listed: %+v", u, g.Record, row)
		}
	case wanted:
		w.settledWanted(g, s, u, row, in)
	case inactive, nobody:
		if row.User != "" && !present(row.Status) && row.Status != connector.StatusRemoved {
			w.fail("nothing leads from %s to %s, who is listed as %s", g.Record, u, row.Status)
		}
	}
}

// unnoticed: who was not wanted when the CRM still knew them is out, and that it does
// not know them any more changes nothing until the team is read again.
func (w *world) unnoticed(g connector.Group, u connector.UserID) bool {
	row := w.rowOf(g, u)
	return row.User == "" || row.Status == connector.StatusRemoved
}

func (w *world) settledWanted(g connector.Group, s said, u connector.UserID, row connector.Membership, in []connector.MemberID) {
	w.Helper()
	account := w.address(s.users[u])
	fit := w.past.fit(account)
	here := slices.Contains(in, row.Member) && row.Member != ""
	// Who is in, and would not be let in, stays by the account that is in.
	if stays := here && s.keptOnly(u) && !slices.Contains(in, account); fit && row.Member != account && !waits(g, row.Member) && !stays {
		w.fail("%s of %s is %s by what the CRM says, and listed with %q", u, g.Record, account, row.Member)
	}
	switch {
	case here && row.Status == connector.StatusMember && row.Owned:
	case here && row.Status == connector.StatusHandAdded && !row.Owned:
	case here:
		w.fail("%s is in the channel of %s and listed as %s, owned %t", u, g.Record, row.Status, row.Owned)
	case row.Status == connector.StatusMember && waits(g, row.Member):
	case s.keptOnly(u):
		if present(row.Status) {
			w.fail("%s was brought to %s by what the CRM does not know, is not in and is listed as %s", u, g.Record, row.Status)
		}
	case row.Status == connector.StatusLeft:
		w.settledLeft(g, s, u, row)
	case row.Status == connector.StatusPending && row.Reason != "":
		if fit {
			w.fail("%s could be invited to %s and is pending: %s", u, g.Record, row.Reason)
		}
		if reason := w.past.reason(account); !w.past.fit(row.Member) && row.Reason != reason {
			w.fail("%s is pending in %s: %q, and the reason is %q", u, g.Record, row.Reason, reason)
		}
	default:
		w.fail("%s should be in the channel of %s, is not, and no reason is listed: %+v", u, g.Record, row)
	}
}

// settledLeft checks that somebody who is listed as having left stays out rightly.
func (w *world) settledLeft(g connector.Group, s said, u connector.UserID, row connector.Membership) {
	w.Helper()
	owner := w.ownerIs(s, row.Member)
	switch {
	case w.kinds[g.Record.Kind].Leavers == connector.LeaversReadd && w.past.fit(row.Member):
		w.fail("%s left %s and is to be added again", u, g.Record)
	case owner == u && w.past.readded[g.ID] != u && w.past.fit(row.Member) && !w.past.doubtful[row.Member]:
		w.fail("%s owns %s, left once, and was not added again", u, g.Record)
	}
}

// settledMember checks somebody who is in the channel.
func (w *world) settledMember(g connector.Group, s said, m connector.MemberID) {
	w.Helper()
	listed := slices.ContainsFunc(g.Memberships, func(row connector.Membership) bool {
		return row.Member == m && present(row.Status)
	})
	if !listed {
		w.fail("%s is in the channel of %s and not listed as being in", m, g.Record)
	}
	c := w.claimOn(s, m, g)
	if c == wanted || c == unknown {
		return
	}
	mine := shows(g, m).ours
	strict := w.sendsAway(g, s, m)
	switch {
	case w.kinds[g.Record.Kind].Remove == connector.RemoveNever, waits(g, m):
	case mine || strict:
		w.fail("%s is %s in %s, should be out, and nothing holds it", m, c, g.Record)
	}
}

// waits reports whether a hold names somebody.
func waits(g connector.Group, m connector.MemberID) bool {
	return g.Held != nil && slices.Contains(g.Held.People, m)
}

func present(status connector.MemberStatus) bool {
	return slices.Contains([]connector.MemberStatus{
		connector.StatusMember, connector.StatusHandAdded, connector.StatusJoined, connector.StatusService, connector.StatusToRemove,
	}, status)
}

func (w *world) rowOf(g connector.Group, u connector.UserID) connector.Membership {
	for _, row := range g.Memberships {
		if row.User == u {
			return row
		}
	}
	return connector.Membership{}
}

// reason is why nobody can be invited by an account.
func (p *past) reason(m connector.MemberID) connector.PendingReason {
	if reason, exists := p.accounts[m]; exists {
		return reason
	}
	return connector.ReasonNoAccount
}

func (w *world) users() []connector.UserID {
	var ids []connector.UserID
	for id := range w.past.users {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

func shownToRemove(g connector.Group, m connector.MemberID) bool {
	return slices.ContainsFunc(g.Memberships, func(row connector.Membership) bool {
		return row.Member == m && row.Status == connector.StatusToRemove
	})
}
