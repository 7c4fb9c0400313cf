package command

import (
	"fmt"
	"slices"

	"roomkeeper/connector"
)

// goingLine is the line of somebody who is to be removed, in members, which tells of
// a hold at its end.
func (x texts) goingLine(t target) func(connector.Membership) string {
	return func(m connector.Membership) string {
		why := x.going(t, m)
		if m.Reason == "" && heldFor(t.group, m) {
			why = "the removal is held."
		}
		return fmt.Sprintf("• %s: since %s, %s", name(m), when(m.Since), why)
	}
}

// going says what the removal of somebody who is to be removed waits for.
func (x texts) going(t target, m connector.Membership) string {
	hold := t.group.Held
	ends := m.Since.Add(t.policy.Grace)
	switch {
	case m.Reason != "":
		return reasonWords(m.Reason) + ". " + reasonRemedy(m.Reason)
	case heldFor(t.group, m):
		return fmt.Sprintf("the removal is held, because %s. %s", whyHeld(*hold), x.release(t, *hold))
	case !tried(m) && !m.Leaving && ends.After(t.at):
		return "they may stay until " + when(ends) + ", and longer when a path leads to them again by then."
	case hold != nil && hold.Reason == connector.HoldTeamUnreadable:
		return "the removal is held, because " + whyHeld(*hold) + ". It ends with the next whole reading."
	case outOfReach(t.group.State):
		return "the channel is " + stateWords(t.group.State) + ". Nobody is removed meanwhile."
	case m.Leaving:
		return "they asked to leave, and the removal is on the way. Nothing needs to be done."
	}
	return "the removal is on the way. Nothing needs to be done."
}

// heldFor reports whether a hold keeps somebody from being removed until it is decided.
func heldFor(g connector.Group, m connector.Membership) bool {
	return g.Held != nil && slices.Contains(g.Held.People, m.Member)
}

// tried reports whether a removal was sent since somebody is to go: none is within
// a grace period.
func tried(m connector.Membership) bool { return !m.TriedAt.IsZero() && !m.TriedAt.Before(m.Since) }

// outOfReach reports whether a channel's members cannot be changed in this state.
func outOfReach(s connector.GroupState) bool {
	switch s {
	case connector.GroupUnreachable, connector.GroupArchived, connector.GroupLost, connector.GroupUnmanaged:
		return true
	case connector.GroupCreating, connector.GroupActive, connector.GroupHeld, connector.GroupFrozen, connector.GroupClosing,
		connector.GroupFailed, connector.GroupMoved, connector.GroupTombstone:
	}
	return false
}
