package reconcile

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"roomkeeper/connector"
)

// holdRemovals keeps back removals that look like a mistake of the CRM's or
// a reading's rather than like a decision, and those that wait for a Sweep's
// judgement. Additions still go on. People whom the CRM calls inactive leave at
// once, and count for no brake; neither do those who asked to leave or whose
// removal was confirmed.
func (d *differ) holdRemovals() {
	var free, counted []connector.Action
	for _, a := range d.removals {
		if !braked(a.Why) || slices.Contains(d.in.Confirmed, a.Member) {
			free = append(free, a)
		} else {
			counted = append(counted, a)
		}
	}
	reason := d.brake(len(counted))
	if reason == "" && len(d.doubted) > 0 {
		reason = connector.HoldMassVanish
	}
	if reason == "" {
		var passed []connector.Action
		passed, counted = d.judged(counted)
		if free = append(free, passed...); len(counted) > 0 {
			reason = connector.HoldGlobalRemoval
		}
	}
	d.eachRowOf(free, func(row *connector.Membership) { row.Swept = false })
	if reason == "" {
		return
	}
	d.removals = free
	d.out.Held = d.hold(reason, counted)
	// What waits was not tried just now.
	d.eachRowOf(counted, func(row *connector.Membership) { row.TriedAt = d.before[row.Member].TriedAt })
}

// judged parts removals from those that wait for a Sweep's judgement: all of a
// Sweep's run, and those that a Sweep found or is to find.
func (d *differ) judged(removals []connector.Action) (free, waiting []connector.Action) {
	swept := map[connector.MemberID]bool{}
	for _, row := range d.out.Rows {
		swept[row.Member] = swept[row.Member] || row.Swept
	}
	for _, a := range removals {
		waits := d.in.Swept || swept[a.Member]
		if waits && !slices.Contains(d.in.Passed, a.Member) {
			waiting = append(waiting, a)
		} else {
			free = append(free, a)
		}
	}
	return free, waiting
}

// hold is what waits for a reason, and whom it concerns.
func (d *differ) hold(reason connector.HoldReason, removals []connector.Action) *connector.Hold {
	var people []connector.MemberID
	for _, a := range removals {
		people = append(people, a.Member)
	}
	id := digestID("remove", people)
	if len(d.doubted) > 0 {
		people = append(people, d.doubted...)
		id = digestID("vanish", people)
	}
	return &connector.Hold{Reason: reason, Plan: connector.Plan{ID: id, Actions: removals, Held: reason}, People: people}
}

// eachRowOf changes the rows of those whom removals are about.
func (d *differ) eachRowOf(removals []connector.Action, change func(*connector.Membership)) {
	for i := range d.out.Rows {
		row := &d.out.Rows[i]
		if slices.ContainsFunc(removals, func(a connector.Action) bool { return a.Member == row.Member }) {
			change(row)
		}
	}
}

// brake names the brake that so many removals set off, if any.
func (d *differ) brake(removals int) connector.HoldReason {
	if removals == 0 {
		return ""
	}
	present := 0
	for member, owned := range d.owned {
		if owned && d.have[member] && !d.idle[member] {
			present++
		}
	}
	staying := len(d.in.Want.Wanted) + len(d.in.Want.Unknown)
	if d.in.Want.SelfEnrol {
		staying = d.in.Want.Listed - d.in.Want.idle()
	}
	pol := d.in.Policy
	switch {
	case staying <= 0 && present >= 2:
		return connector.HoldTeamEmpty
	case removals > pol.RemovalPeople && float64(removals) > pol.RemovalShare*float64(present):
		return connector.HoldLargeRemoval
	}
	return ""
}

// planID identifies a Plan by whom it removes.
func planID(actions []connector.Action) connector.PlanID {
	var members []connector.MemberID
	for _, a := range actions {
		if a.Type == connector.ActionRemove {
			members = append(members, a.Member)
		}
	}
	return digestID("remove", members)
}

func digestID(what string, members []connector.MemberID) connector.PlanID {
	parts := make([]string, len(members))
	for i, m := range members {
		parts[i] = string(m)
	}
	slices.Sort(parts)
	sum := sha256.Sum256([]byte(what + "\x00" + strings.Join(parts, "\x00")))
	return connector.PlanID("p" + hex.EncodeToString(sum[:8]))
}

// sameHold reports whether a hold still waits for the same decision.
func sameHold(a, b *connector.Hold) bool {
	return a != nil && b != nil && a.Reason == b.Reason && slices.Equal(a.People, b.People)
}

// holdID names what is held of one Group since one moment, so that confirming
// it never confirms another Group's plan, or a later one.
func holdID(group connector.GroupID, h connector.Hold) connector.PlanID {
	return digestID(string(group)+"\x00"+h.Since.UTC().Format(time.RFC3339Nano), h.People)
}
