package command

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"roomkeeper/connector"
)

func kindWord(k connector.Kind) string { return strings.ReplaceAll(string(k), "_", " ") }

func originWords(o connector.Origin) string {
	if o == connector.Adopted {
		return "adopted by Roomkeeper"
	}
	return "made by Roomkeeper"
}

func stateWords(s connector.GroupState) string {
	switch s {
	case connector.GroupCreating:
		return "being created"
	case connector.GroupActive:
		return "active"
	case connector.GroupHeld:
		return "held, nobody is removed"
	case connector.GroupFrozen:
		return "frozen while the record is back in its pool"
	case connector.GroupClosing:
		return "closing"
	case connector.GroupArchived:
		return "archived"
	case connector.GroupUnreachable:
		return "unreachable: Roomkeeper's bot is not in the channel or may not see it; let it in again"
	case connector.GroupLost:
		return "lost: the channel was deleted; adopt another one for the record if it needs one"
	case connector.GroupFailed:
		return "failed"
	case connector.GroupUnmanaged:
		return "unmanaged: this kind is no longer in use"
	case connector.GroupMoved:
		return "moved to another record's channel"
	case connector.GroupTombstone:
		return "over: the record was deleted"
	}
	return string(s)
}

// whyHeld words a hold; what waits for a Sweep's judgement is not held by it yet.
func whyHeld(hold connector.Hold) string {
	if hold.Reason == connector.HoldGlobalRemoval && hold.Sweep == "" {
		return "a sweep is to look at all channels before anybody is removed"
	}
	return holdWords(hold.Reason)
}

func holdWords(r connector.HoldReason) string {
	switch r {
	case connector.HoldTeamUnreadable:
		return "the team could not be read whole"
	case connector.HoldTeamEmpty:
		return "by the CRM nobody would be left, where two or more were"
	case connector.HoldLargeRemoval:
		return "more than half of the people would be removed at once"
	case connector.HoldMassVanish:
		return "more than half of the people vanished between two readings of the channel"
	case connector.HoldGlobalRemoval:
		return "one sweep would remove unusually many people over all channels"
	}
	return string(r)
}

func reasonWords(r connector.PendingReason) string {
	switch r {
	case connector.ReasonNoAccount:
		return "no account here is linked with them"
	case connector.ReasonAmbiguousAccount:
		return "several accounts could be meant"
	case connector.ReasonGuest:
		return "the account is a guest's"
	case connector.ReasonOtherWorkspace:
		return "the account belongs to another workspace"
	case connector.ReasonInvitationRefused:
		return "the chat platform refused the invitation"
	case connector.ReasonUnknownUser:
		return "the CRM does not know this user just now"
	case connector.ReasonRemovalNotAllowed:
		return "Roomkeeper may not remove people here"
	case connector.ReasonRateWait:
		return "the chat platform lets us go on only a little later"
	case "":
		return "on the way"
	}
	return string(r)
}

// reasonRemedy is what somebody can do about it.
func reasonRemedy(r connector.PendingReason) string {
	switch r {
	case connector.ReasonNoAccount:
		return "Invite them, let them use the command link, or have an admin link the account; where accounts are found by e-mail, correct the address in the CRM."
	case connector.ReasonAmbiguousAccount:
		return "Have an admin link the right account."
	case connector.ReasonGuest:
		return "Have an admin make them a full member."
	case connector.ReasonOtherWorkspace:
		return "They need an account of this workspace."
	case connector.ReasonInvitationRefused:
		return "Invite them by hand; it is also tried again at sweeps, ten minutes later at the earliest."
	case connector.ReasonUnknownUser:
		return "Check the user and the team in the CRM."
	case connector.ReasonRemovalNotAllowed:
		return "Ask an admin to remove them from the channel; it is also tried again after a day."
	case connector.ReasonRateWait, "":
		return "Nothing needs to be done."
	}
	return "Ask an admin."
}

// shortPaths names ways in a few words: "owner, team, department Sales".
func shortPaths(why []connector.Path) string {
	var out []string
	for _, p := range why {
		word := strings.ReplaceAll(string(p.Via), "_", " ")
		if p.Via != connector.ViaOwner && p.Via != connector.ViaTeam {
			word = strings.TrimSpace(word + " " + oneLine(p.Name, nameLimit))
		}
		if !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	return strings.Join(out, ", ")
}

func pathWords(kind connector.Kind, p connector.Path) string {
	id, named := oneLine(p.ID, nameLimit), oneLine(p.Name, nameLimit)
	switch p.Via {
	case connector.ViaOwner:
		return "owner of the " + kindWord(kind)
	case connector.ViaTeam:
		out := "on the Related Team as user " + id
		if named != "" {
			out += " (" + named + ")"
		}
		return out
	case connector.ViaDepartment, connector.ViaRole, connector.ViaUserGroup, connector.ViaQueue, connector.ViaTerritory:
		return fmt.Sprintf("in the %s %s", strings.ReplaceAll(string(p.Via), "_", " "), nameAndID(named, id))
	case connector.ViaPool:
		return "one of the pool's people: " + nameAndID(named, id)
	}
	return string(p.Via) + " " + nameAndID(named, id)
}

func nameAndID(named, id string) string {
	switch {
	case named == "" || named == id:
		return id
	case id == "":
		return named
	}
	return named + " (" + id + ")"
}

func actionWord(a connector.ActionType) string {
	switch a {
	case connector.ActionCreate:
		return "create the channel"
	case connector.ActionRemove:
		return "remove"
	case connector.ActionAdd:
		return "add"
	case connector.ActionRename:
		return "rename the channel to"
	case connector.ActionTopic:
		return "set the channel's topic to"
	case connector.ActionDetails:
		return "bring the details card up to date"
	case connector.ActionArchive:
		return "archive the channel"
	case connector.ActionUnarchive:
		return "unarchive the channel"
	}
	return string(a)
}

func callWords(calls map[string]int) string {
	var out []string
	for _, method := range slices.Sorted(maps.Keys(calls)) {
		out = append(out, fmt.Sprintf("%s %d", method, calls[method]))
	}
	return strings.Join(out, ", ")
}
