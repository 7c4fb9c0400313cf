package reconcile

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"roomkeeper/connector"
)

// holdRemovals keeps back removals that look like a mistake of the CRM's or
// a reading's rather than like a decision. Additions still go on. People whom
// the CRM calls inactive leave at once, and count for no brake; neither do
// those whose removal was confirmed.
func (d *differ) holdRemovals() {
	var free, counted []connector.Action
	for _, a := range d.removals {
		if a.Why == whyInactive || slices.Contains(d.in.Confirmed, a.Member) {
			free = append(free, a)
		} else {
			counted = append(counted, a)
		}
	}
	reason := d.brake(len(counted))
	switch {
	case reason != "":
		d.removals = free
		plan := connector.Plan{ID: planID(counted), Actions: counted, Held: reason}
		hold := connector.Hold{Reason: reason, Plan: plan}
		for _, a := range counted {
			hold.People = append(hold.People, a.Member)
		}
		d.out.Held = &hold
	case len(d.doubted) > 0:
		plan := connector.Plan{ID: digestID("vanish", d.doubted), Held: connector.HoldMassVanish}
		d.out.Held = &connector.Hold{Reason: connector.HoldMassVanish, Plan: plan, People: d.doubted}
	}
}

// brake names the brake that so many removals set off, if any.
func (d *differ) brake(removals int) connector.HoldReason {
	if removals == 0 {
		return ""
	}
	present := 0
	for member := range d.owned {
		if d.owned[member] && d.have[member] {
			present++
		}
	}
	nobody := len(d.in.Want.Wanted) == 0 && len(d.in.Want.Unknown) == 0 && len(d.in.Want.Inactive) == 0
	pol := d.in.Policy
	switch {
	case nobody && present >= 2:
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
