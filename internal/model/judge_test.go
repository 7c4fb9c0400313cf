package model_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// brief tells what a run did, for the diary.
func (t *tape) brief() string {
	out := ""
	for _, s := range t.steps {
		if s.what == "read" && s.err == nil {
			out += ", read the channel"
			continue
		}
		out += fmt.Sprintf(", %s %v", s.what, s.members)
		if s.err != nil {
			out += fmt.Sprintf(" (%v)", s.err)
		}
	}
	return out
}

// answer is what the CRM said during the run; ok is false unless it said all, and
// nothing older than what was gone by before.
func (w *world) answer(g connector.Group) (s said, ok bool) {
	if w.tape.record == nil {
		return s, false
	}
	s = said{record: *w.tape.record, users: w.tape.users}
	if _, is := s.itself(); is {
		s.team.Version = s.record.TeamVersion
	} else if w.tape.team == nil {
		return s, false
	} else {
		s.team = *w.tape.team
	}
	s.types, s.before = w.types, g.Memberships
	if s.behind, ok = w.expanded(s); !ok {
		return s, false
	}
	for _, u := range s.named() {
		if !slices.Contains(w.tape.asked, u) {
			return s, false
		}
	}
	return s, !s.team.Version.Older(w.past.applied[g.ID])
}

// judge checks one run: nobody was removed or added against the policy, whatever
// failed, and what Roomkeeper now thinks of everybody is what it may think.
func (w *world) judge(before connector.Group, was []connector.MemberID) {
	w.Helper()
	after, err := w.raw.Groups.Group(w.ctx(), before.ID)
	if errors.Is(err, connector.ErrNotFound) {
		return
	}
	w.ok(err)
	w.noteLinks(after)
	w.unreadable(after)
	s, read := w.answer(before)
	ch := w.chat.Channel(after.Channel.ID)
	var gone []connector.MemberID
	for _, m := range was {
		if !slices.Contains(ch.Members, m) {
			gone = append(gone, m)
		}
	}
	w.judgeRemovals(before, s, read, was, gone)
	for _, m := range ch.Members {
		if !slices.Contains(was, m) {
			w.judgeAddition(before, s, read, m)
		}
	}
	w.oneChannel(before)
	w.toldOf(after)
	if read && !w.tape.spoilt {
		w.judgeWaiting(before, after, s)
	}
	if read {
		w.follow(before, after, s)
	}
}

// judgeRemovals checks those who were taken out.
func (w *world) judgeRemovals(before connector.Group, s said, read bool, was, gone []connector.MemberID) {
	w.Helper()
	if len(gone) == 0 {
		return
	}
	if !read {
		w.fail("%v were removed from %s although the CRM was not read whole", gone, before.Record)
	}
	policy := w.kinds[before.Record.Kind]
	if policy.Remove == connector.RemoveNever {
		w.fail("%v were removed from %s although nobody is ever to be", gone, before.Record)
	}
	counted, present := 0, 0
	for _, m := range was {
		if w.believed(before.ID, m).may(ours) && w.counts(s, m, w.claimOn(s, m, before)) {
			present++
		}
	}
	for _, m := range gone {
		c := w.standing(before, s, m)
		if c == wanted || c == unknown {
			w.fail("%s was removed from %s and is %s", m, before.Record, c)
		}
		kicked := w.kicks(before) && !w.believed(before.ID, m).may(ours)
		if kicked {
			w.kick(before, m)
		}
		strictly := policy.Remove == connector.RemoveStrict && !w.past.kept[before.ID][m]
		if !strictly && !kicked && !w.believed(before.ID, m).may(ours) {
			w.fail("%s was removed from %s and was not added by Roomkeeper: %s", m, before.Record, w.believed(before.ID, m))
		}
		if c == inactive || w.wasInactive(s, m) {
			continue // at once, and counted by no brake
		}
		if since, known := w.past.offSince[before.ID][m]; policy.Grace > 0 && !kicked && (!known || w.clock.Now().Sub(since) < policy.Grace) {
			w.fail("%s was removed from %s within the grace: known since %s (%t)", m, before.Record, since, known)
		}
		if !slices.Contains(w.past.confirmed[before.ID], m) {
			w.judgeLimit(before, m)
			counted++
		}
	}
	if counted > 1 && 2*counted > present {
		w.fail("%d of %d were removed from %s at once, and not held", counted, present, before.Record)
	}
	if counted > 0 && present > 1 && s.empty() {
		w.fail("%v were removed from %s although nobody would be left", gone, before.Record)
	}
}

// standing is how a Record stands to a Member who goes, or is to go.
func (w *world) standing(before connector.Group, s said, m connector.MemberID) claim {
	c := w.claimOn(s, m, before)
	if c == wanted && (!w.past.fit(m) || !w.surely(s, m)) {
		return nobody // wanted are people, by an account that is of use
	}
	return c
}

// kicks reports whether whom nobody wants in a channel is put out of it.
func (w *world) kicks(g connector.Group) bool {
	policy := w.kinds[g.Record.Kind]
	return policy.Extras == connector.ExtrasKick && policy.Remove != connector.RemoveNever
}

// kick notes that somebody was put out, which may be once a day.
func (w *world) kick(g connector.Group, m connector.MemberID) {
	w.Helper()
	kicked := w.past.kicked[g.ID]
	if kicked == nil {
		kicked = map[connector.MemberID]time.Time{}
		w.past.kicked[g.ID] = kicked
	}
	if last, before := kicked[m]; before && w.clock.Now().Sub(last) < 24*time.Hour {
		w.fail("%s was put out of %s again, the last time at %s", m, g.Record, last)
	}
	kicked[m] = w.clock.Now()
}

// judgeAddition checks somebody who was let in.
func (w *world) judgeAddition(before connector.Group, s said, read bool, m connector.MemberID) {
	w.Helper()
	switch c := w.claimOn(s, m, before); {
	case !read:
		w.fail("%s was added to %s although the CRM was not read whole", m, before.Record)
	case c != wanted && !w.mayStandFor(s, m) && (!w.tape.spoilt || !w.was(s, m)):
		w.fail("%s was added to %s and is %s", m, before.Record, c)
	case w.isKept(s, m):
		w.fail("%s was added to %s, and only what the CRM does not know had brought them", m, before.Record)
	case !w.past.fit(m):
		w.fail("%s was added to %s with an account that is %q", m, before.Record, w.past.accounts[m])
	}
	bs := w.believed(before.ID, m)
	owner := w.ownerIs(s, m)
	mayReturn := w.kinds[before.Record.Kind].Leavers == connector.LeaversReadd || owner != "" && w.past.readded[before.ID] != owner || w.past.doubtful[m]
	if !mayReturn && !bs.may(func(b belief) bool { return !b.left }) {
		w.fail("%s was added to %s again although they left: %s", m, before.Record, bs)
	}
}

// oneChannel checks that no Record has two.
func (w *world) oneChannel(g connector.Group) {
	w.Helper()
	held := 0
	for _, ch := range w.chat.Channels() {
		if ch.Ours && strings.HasPrefix(ch.Name, strings.ToLower(g.Record.ID)) {
			held++
		}
	}
	if held > 1 {
		w.fail("%s has %d channels", g.Record, held)
	}
}

// follow moves on what Roomkeeper may think, by what the run read and did.
func (w *world) follow(before, after connector.Group, s said) {
	w.Helper()
	if !w.tape.spoilt {
		w.past.applied[before.ID] = s.team.Version
	}
	if owner := connector.UserID(s.record.Owner.ID); w.past.readded[before.ID] != owner || s.record.Owner.Type != connector.PrincipalUser {
		delete(w.past.readded, before.ID)
	}
	about := map[connector.MemberID]news{}
	for _, m := range w.everybody(before, after) {
		about[m] = w.newsOf(before, s, m)
	}
	w.doubt(before, about)
	w.learn(after, about, w.tape.spoilt)
	w.followLimit(after, about)
	w.past.confirmed[before.ID] = slices.DeleteFunc(w.past.confirmed[before.ID], func(m connector.MemberID) bool {
		return !slices.Contains(after.Confirmed, m)
	})
	for m, n := range about {
		if owner := w.ownerIs(s, m); owner != "" && n.again && n.returns && n.added && w.kinds[before.Record.Kind].Leavers == connector.LeaversRespect && !n.in {
			w.past.readded[before.ID] = owner
		}
		w.noteOff(before, m, n)
		if n.read && !n.in {
			delete(w.past.kept[before.ID], m)
		}
	}
}

// noteOff notes since when Roomkeeper knows that somebody should go.
func (w *world) noteOff(g connector.Group, m connector.MemberID, n news) {
	since := w.past.offSince[g.ID]
	if since == nil {
		since = map[connector.MemberID]time.Time{}
		w.past.offSince[g.ID] = since
	}
	if n.claim == wanted && !n.unfit && n.sure || n.claim == unknown || n.removed && n.worked {
		delete(since, m)
	} else if _, known := since[m]; !known {
		since[m] = w.clock.Now()
	}
}

// everybody are all whom the Group or the channel may be about.
func (w *world) everybody(groups ...connector.Group) []connector.MemberID {
	all := map[connector.MemberID]bool{}
	for m := range w.past.accounts {
		all[m] = true
	}
	for _, g := range groups {
		for m := range w.beliefs[g.ID] {
			all[m] = true
		}
		for _, row := range g.Memberships {
			if row.Member != "" {
				all[row.Member] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// newsOf gathers what the run brought about one Member. Only a reading before
// anybody was added tells who left.
func (w *world) newsOf(before connector.Group, s said, m connector.MemberID) news {
	n := news{claim: w.claimOn(s, m, before), unfit: !w.past.fit(m), absent: !w.isIn(before.Record, m), was: w.was(s, m), sure: w.isAddress(s, m)}
	if n.claim != wanted && w.mayStandFor(s, m) {
		w.past.doubtful[m] = true
		n.claim, n.loosely = wanted, true
	}
	n.again = w.kinds[before.Record.Kind].Leavers == connector.LeaversReadd
	if owner := w.ownerIs(s, m); !n.again && owner != "" && w.past.readded[before.ID] != owner {
		n.again, n.asOwner = true, true
	}
	n.returns = w.believed(before.ID, m).may(func(b belief) bool { return b.seen || b.left })
	n.kept = w.isKept(s, m)
	late := false
	for _, st := range w.tape.steps {
		about := slices.Contains(st.members, m)
		late = late || st.what == "add"
		switch {
		case st.what == "read" && st.err == nil && n.added:
			n.proven = n.proven || about
		case st.what == "read" && st.err == nil && late:
			n.late, n.in = !n.read, about || n.read && n.in
		case st.what == "read" && st.err == nil:
			n.read, n.in = true, about
		case st.what == "add" && about:
			n.added = true
			_, turned := st.refused[m]
			n.refused = turned || errors.Is(st.err, connector.ErrForbidden) || errors.Is(st.err, connector.ErrNotFound)
			n.proven = w.chat.Platform().Limits.AddsAtOnce && (st.err == nil || len(st.refused) > 0) && !turned
		case st.what == "remove" && about:
			n.removed, n.worked = true, st.err == nil
		}
	}
	return n
}

// doubt finds out whether more than half vanished between two readings. Whether
// those count who are not wanted any more, product.md leaves open.
func (w *world) doubt(g connector.Group, about map[connector.MemberID]news) {
	var d vanishing
	var who []connector.MemberID
	for m, n := range about {
		out := n.read && !n.in
		d.count(w.believed(g.ID, m), n, out && !slices.Contains(w.past.confirmed[g.ID], m))
		if out && n.claim != unknown {
			who = append(who, m)
		}
	}
	for _, m := range who {
		n := about[m]
		n.doubted, n.mayBeDoubted = d.surely() && n.claim == wanted, d.maybe()
		about[m] = n
	}
}

// vanishing counts who was seen earlier and who vanished of them, each at least and
// at most: whether those count who are not wanted any more or whose account is gone,
// and who was seen by a run that broke off, is open.
type vanishing struct{ fewSeen, seen, fewGone, gone int }

func (d *vanishing) count(bs beliefs, n news, gone bool) {
	saw := func(b belief) bool { return b.ours && b.seen && !b.left }
	if !bs.may(saw) {
		return
	}
	sure := n.claim == wanted && !n.loosely && !n.unfit && !bs.may(func(b belief) bool { return !saw(b) })
	d.seen++
	if sure || gone && n.claim == wanted {
		d.fewSeen++
	}
	if gone {
		d.gone++
		if sure {
			d.fewGone++
		}
	}
}

// more than one, and more than half.
func over(gone, seen int) bool { return gone > 1 && 2*gone > seen }

func (d vanishing) surely() bool { return over(d.fewGone, d.seen) }
func (d vanishing) maybe() bool  { return over(d.gone, d.fewSeen) }

// bot is our own member.
const bot = connectortest.MemoryBot
