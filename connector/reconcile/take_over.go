package reconcile

import (
	"slices"

	"roomkeeper/connector"
)

// takeOver takes over a difference: rows, holds, when to come back.
func (n *run) takeOver(diff Difference) {
	n.g.Memberships, n.g.OwnerReadded = diff.Rows, diff.OwnerReadded
	for _, member := range diff.Back {
		n.g.Tell(connector.Telling{
			What: connector.TellExtra, About: string(member), To: connector.AudienceOwner, Member: member, At: n.Clock(),
		})
	}
	if !diff.Next.IsZero() {
		n.wake(diff.Next.Sub(n.Clock()))
	}
	held := n.g.Held
	switch {
	case diff.Held == nil:
		n.g.Held = nil
	case !sameHold(held, diff.Held):
		n.g.Held = diff.Held
		n.g.Held.Since = n.Clock()
		n.g.Held.Plan.ID = holdID(n.g.ID, *n.g.Held)
		switch {
		case diff.Held.Reason != connector.HoldGlobalRemoval:
			n.tellHeld()
		case held != nil && held.Reason == connector.HoldGlobalRemoval && within(n.g.Held.People, held.People):
			n.g.Held.Sweep = held.Sweep
		}
	}
	switch {
	case n.g.State == connector.GroupActive && n.g.Held != nil:
		n.g.State = connector.GroupHeld
	case n.g.State == connector.GroupHeld && n.g.Held == nil:
		n.g.State = connector.GroupActive
	}
	// A confirmation is over when this Plan removes nobody by it.
	removals := diff.Plan.Of(connector.ActionRemove)
	idle := func(m connector.MemberID) bool {
		return !slices.ContainsFunc(removals, func(a connector.Action) bool { return a.Member == m })
	}
	n.g.Confirmed = slices.DeleteFunc(slices.Clone(n.g.Confirmed), idle)
	n.g.Passed = slices.DeleteFunc(slices.Clone(n.g.Passed), idle)
}

// within reports whether a decision about people covers some: whoever is more was not
// judged.
func within(some, people []connector.MemberID) bool {
	return !slices.ContainsFunc(some, func(m connector.MemberID) bool { return !slices.Contains(people, m) })
}
