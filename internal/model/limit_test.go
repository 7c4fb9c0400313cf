package model_test

import (
	"errors"
	"slices"
	"strings"

	"roomkeeper/connector"
)

// The limit over all Groups, by product.md section 5 (d): a Sweep whose removals
// exceed both a share of the Owned memberships and a number of people waits with all of
// them. What it exceeds, and who may go by its one judgement, is found here once more.

// judged is what became of those whom Sweeps found to be going.
type judged struct {
	// verdicts are those that were given, of each Sweep one.
	verdicts map[string]connector.Verdict
	// found are those whose going a Sweep found, in each Group; let are those whom a
	// judgement let go, until they are out or wanted again.
	found, let map[connector.GroupID]map[connector.MemberID]bool
}

func newJudged() judged {
	return judged{
		verdicts: map[string]connector.Verdict{},
		found:    map[connector.GroupID]map[connector.MemberID]bool{},
		let:      map[connector.GroupID]map[connector.MemberID]bool{},
	}
}

func mark(in map[connector.GroupID]map[connector.MemberID]bool, g connector.GroupID, members ...connector.MemberID) {
	if in[g] == nil {
		in[g] = map[connector.MemberID]bool{}
	}
	for _, m := range members {
		in[g][m] = true
	}
}

func (j judged) forget(g connector.GroupID, m connector.MemberID) {
	delete(j.found[g], m)
	delete(j.let[g], m)
}

// between is a number that is not known better than this: what happened in a channel
// and was not read yet may count or not.
type between struct{ least, most int }

// exceeds reports whether so many removals are over the limit for so many Owned
// memberships: for sure, and perhaps.
func (w *world) exceeds(removals, owned between) (surely, maybe bool) {
	over := func(removals, owned int) bool {
		return removals > w.limit.People && float64(removals) > w.limit.Share*float64(owned)
	}
	return over(removals.least, owned.most), over(removals.most, owned.least)
}

// ownedIn counts the Owned memberships of a Group, as far as they are known.
func (w *world) ownedIn(g connector.Group) (n between) {
	if !g.State.Posting() {
		return n
	}
	in := w.chat.Channel(g.Channel.ID).Members
	for m := range w.beliefs[g.ID] {
		bs := w.believed(g.ID, m)
		if !bs.may(func(b belief) bool { return b.ours && !b.left }) {
			continue
		}
		n.most++
		surely := !bs.may(func(b belief) bool { return !b.ours || !b.seen || b.left })
		if surely && slices.Contains(in, m) && !w.past.doubtful[m] {
			n.least++
		}
	}
	return n
}

// waiting are the people of a Group who wait for a judgement, or for what somebody
// makes of one.
func waiting(g connector.Group) []connector.MemberID {
	if g.Held == nil || g.Held.Reason != connector.HoldGlobalRemoval || g.State != connector.GroupHeld {
		return nil
	}
	return g.Held.People
}

// groups are all of them.
func (w *world) groups() (all []connector.Group) {
	w.Helper()
	for _, key := range w.keys {
		all = append(all, w.group(key))
	}
	return all
}

// judgeSweeps judges the Sweeps that are due, and checks each verdict against how it
// stood before.
func (w *world) judgeSweeps() {
	w.Helper()
	open, err := w.raw.Sweeps.OpenSweeps(w.ctx())
	w.ok(err)
	if len(open) == 0 {
		w.survive(func() error { return w.sweeper().Judge(w.ctx()) })
		return
	}
	groups := w.groups()
	w.survive(func() error { err = w.sweeper().Judge(w.ctx()); return err })
	fresh := 0
	for _, sweep := range open {
		if w.sameVerdict(sweep.ID) != "" && w.judged.verdicts[sweep.ID] == "" {
			fresh++
		}
	}
	for _, sweep := range open {
		verdict := w.sameVerdict(sweep.ID)
		if verdict == "" || w.judged.verdicts[sweep.ID] != "" {
			continue
		}
		w.judged.verdicts[sweep.ID] = verdict
		w.judgeVerdict(sweep.ID, verdict, groups, fresh > 1)
	}
}

// sameVerdict returns a Sweep's verdict, which never changes.
func (w *world) sameVerdict(id string) connector.Verdict {
	w.Helper()
	sweep, err := w.raw.Sweeps.Sweep(w.ctx(), id)
	if errors.Is(err, connector.ErrNotFound) {
		return w.judged.verdicts[id]
	}
	w.ok(err)
	if was := w.judged.verdicts[id]; was != "" && sweep.Verdict != was {
		w.fail("the verdict of sweep %s was %s and is %s", id, was, sweep.Verdict)
	}
	return sweep.Verdict
}

// judgeVerdict checks one verdict. Of several that were given at once each may have
// let go before the next one was found.
func (w *world) judgeVerdict(id string, verdict connector.Verdict, groups []connector.Group, several bool) {
	w.Helper()
	var removals, owned between
	for _, g := range groups {
		n, in := len(waiting(g)), w.ownedIn(g)
		removals.least, removals.most = removals.least+n, removals.most+n
		if several && g.Awaits != id {
			removals.least -= n
		}
		owned.least, owned.most = owned.least+in.least, owned.most+in.most
	}
	surely, maybe := w.exceeds(removals, owned)
	w.note("a sweep's verdict: %s, %+v removals of %+v, limit %v", verdict, removals, owned, w.limit)
	switch {
	case surely && verdict != connector.VerdictHeld:
		w.fail("a sweep removes %+v of %+v, more than %v, and its verdict is %s", removals, owned, w.limit, verdict)
	case !maybe && verdict != connector.VerdictPassed:
		w.fail("a sweep removes %+v of %+v, not more than %v, and its verdict is %s", removals, owned, w.limit, verdict)
	}
	for _, g := range groups {
		if verdict == connector.VerdictPassed && g.Awaits == id {
			mark(w.judged.let, g.ID, waiting(g)...)
		}
	}
}

// toldOf checks that the admins are told of a Plan that a verdict holds.
func (w *world) toldOf(g connector.Group) {
	w.Helper()
	if len(waiting(g)) == 0 || g.Held.Sweep == "" {
		return
	}
	if !slices.ContainsFunc(g.Tellings, func(t connector.Telling) bool {
		return t.What == connector.TellHeld && t.To == connector.AudienceAdmins
	}) {
		w.fail("%v of %s are held by a sweep's verdict, and the admins are not told", g.Held.People, g.Record)
	}
}

// bySweep reports whether a Sweep asked for a run, by its tags.
func bySweep(tags []string) bool {
	return slices.ContainsFunc(tags, func(tag string) bool {
		_, cause := connector.CauseOfTag(tag)
		return !cause && !strings.HasSuffix(tag, "/passed")
	})
}

// judgeLimit checks somebody who was removed and whom the brakes count: whom a Sweep
// found goes by a judgement only.
func (w *world) judgeLimit(before connector.Group, m connector.MemberID) {
	w.Helper()
	if w.judged.let[before.ID][m] || w.past.doubtful[m] {
		return
	}
	if w.tape.bySweep {
		w.fail("%s was removed from %s by a sweep that nobody judged", m, before.Record)
	}
	if w.judged.found[before.ID][m] {
		w.fail("a sweep found that %s is to go from %s, and they were removed without its judgement", m, before.Record)
	}
}

// followLimit notes who waits after a run, and who does not any more.
func (w *world) followLimit(after connector.Group, about map[connector.MemberID]news) {
	for m, n := range about {
		if !n.absent && (n.claim != wanted && n.claim != unknown || n.unfit || w.tape.spoilt) && w.kinds[after.Record.Kind].Remove != connector.RemoveNever {
			continue
		}
		w.judged.forget(after.ID, m)
	}
	if w.tape.bySweep {
		mark(w.judged.found, after.ID, waiting(after)...)
	}
}

// judgeWaiting checks those who are to be removed and wait: they may go by the policy.
// Whose account changed is asked for once more before they go.
func (w *world) judgeWaiting(before, after connector.Group, s said) {
	w.Helper()
	for _, m := range waiting(after) {
		if w.past.doubtful[m] {
			continue
		}
		added := w.believed(after.ID, m).may(ours)
		// Whom we did not add goes as an extra, whoever they are.
		if c := w.standing(before, s, m); c == wanted || c == unknown || c == inactive && added {
			w.fail("%s is to be removed from %s, waits for a sweep's judgement and is %s", m, before.Record, c)
		}
		if !added && !w.sendsAway(after, s, m) {
			w.fail("%s is to be removed from %s, waits for a sweep's judgement and was not added by Roomkeeper", m, before.Record)
		}
	}
}
