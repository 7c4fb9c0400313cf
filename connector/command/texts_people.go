package command

import (
	"fmt"
	"strings"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// The lines of members.

func (x texts) membersHead(g connector.Group, who people) string {
	return fmt.Sprintf("%s: %s.", x.group(g), x.counts(who, 0))
}

func (x texts) inChannel(n int) string   { return fmt.Sprintf("In the channel (%d)", n) }
func (x texts) addedByHand(n int) string { return fmt.Sprintf("In the channel, added by hand (%d)", n) }
func (x texts) wereIn(n int) string {
	return fmt.Sprintf("Were in the channel, which was deleted (%d)", n)
}
func (x texts) pending(n int) string { return fmt.Sprintf("Pending (%d)", n) }
func (x texts) toRemove(n int) string {
	return fmt.Sprintf("In the channel, to be removed (%d)", n)
}
func (x texts) leftChannel(n int) string { return fmt.Sprintf("Left, which is respected (%d)", n) }

func (x texts) moreMembers(id connector.GroupID) func(left int) string {
	return func(left int) string {
		return fmt.Sprintf("… and %d more; GET /api/v1/groups/%s lists all", left, id)
	}
}

func (x texts) seenByRole() string {
	return "Whoever sees this channel by a role, or because the server is theirs, is no member and not listed."
}

func (x texts) memberLine(m connector.Membership) string {
	how := shortPaths(m.Why)
	switch m.Status {
	case connector.StatusService:
		how = "service account"
	case connector.StatusJoined:
		how = strings.TrimPrefix(how+", joined by themselves", ", ")
	case connector.StatusMember, connector.StatusHandAdded, connector.StatusPending,
		connector.StatusToRemove, connector.StatusLeft, connector.StatusRemoved:
	}
	switch {
	case how == "" && m.Reason == connector.ReasonRemovalNotAllowed:
		how = "no path any more, " + reasonWords(m.Reason)
	case how == "":
		how = "no path just now"
	}
	return "• " + name(m) + ": " + how
}

func (x texts) handLine(m connector.Membership) string {
	out := "• " + name(m) + ": since " + when(m.Since)
	if len(m.Why) > 0 {
		out += ", also " + shortPaths(m.Why)
	}
	return out
}

func (x texts) pendingLine(m connector.Membership) string {
	return fmt.Sprintf("• %s: %s, since %s. %s", name(m), reasonWords(m.Reason), when(m.Since), reasonRemedy(m.Reason))
}

func (x texts) wasLine(m connector.Membership) string { return "• " + name(m) }

func (x texts) leftLine(m connector.Membership) string {
	return "• " + name(m) + ": " + when(m.Since)
}

func name(m connector.Membership) string { return personName(m.Name, m.User, m.Member) }

func userName(u connector.User) string { return personName(u.Name, u.ID, "") }

func personName(called string, user connector.UserID, member connector.MemberID) string {
	switch {
	case called != "":
		return oneLine(called, nameLimit)
	case user != "":
		return "user " + oneLine(string(user), nameLimit)
	case member != "":
		return "member " + oneLine(string(member), nameLimit)
	}
	return "somebody"
}

func (p PersonRef) called() string { return personName(p.Name, "", p.Member) }

// The answers of why.

// explained is a Membership and what a fresh reading says of somebody whom no stored path
// leads to: outside, if there was a reading; stranger, when no user of the CRM is known
// by the account, silent where that could not be found out, and who it may be perhaps.
type explained struct {
	m        connector.Membership
	outside  []reconcile.Outsider
	read     bool
	stranger bool
	silent   bool
	perhaps  []connector.User
}

// why explains a Membership.
func (x texts) why(t target, e explained) []string {
	m := e.m
	lines := []string{x.standing(t, m)}
	for _, p := range m.Why {
		lines = append(lines, "• "+pathWords(t.key.Kind, p))
	}
	for _, o := range e.outside {
		lines = append(lines, "They are "+x.shutOut(t, o))
	}
	if len(m.Why) == 0 && len(e.outside) == 0 {
		lines = append(lines, x.pathless(t, e)...)
	}
	return append(lines, x.ending(t, m)...)
}

func (x texts) pathless(t target, e explained) []string {
	none := "• no path leads from the " + kindWord(t.key.Kind) + " to them"
	if e.stranger {
		none = "• no user of the CRM is known by this account, and so no path to it"
	}
	if !e.read {
		none += ", as far as was last read; the CRM does not answer just now"
	}
	switch {
	case !e.stranger:
		return []string{none}
	case e.silent:
		return []string{"• who they are in the CRM could not be found out just now; ask again in a minute"}
	}
	return []string{none, x.whoTheyAre(e.perhaps)}
}

func (x texts) standing(t target, m connector.Membership) string {
	who, since := name(m), when(m.Since)+by(m)
	if t.group.State == connector.GroupLost && present(m.Status) {
		return who + " was in the channel until it was deleted:"
	}
	switch m.Status {
	case connector.StatusMember:
		if m.Owned {
			return fmt.Sprintf("%s is in the channel since %s, added by Roomkeeper:", who, since)
		}
		return fmt.Sprintf("%s is in the channel since %s, not added by Roomkeeper:", who, since)
	case connector.StatusHandAdded:
		if dismissed(m) {
			return fmt.Sprintf("%s is in the channel: their removal was to be, and was dismissed %s:", who, when(m.Since))
		}
		return fmt.Sprintf("%s is in the channel since %s, added by hand:", who, since)
	case connector.StatusJoined:
		return fmt.Sprintf("%s is in the channel since %s and joined by themselves:", who, since)
	case connector.StatusService:
		return fmt.Sprintf("%s is in the channel since %s as a service account:", who, since)
	case connector.StatusPending:
		return fmt.Sprintf("%s should be in the channel since %s and is not: %s. %s", who, since, reasonWords(m.Reason), reasonRemedy(m.Reason))
	case connector.StatusToRemove:
		return fmt.Sprintf("%s is in the channel and should not be since %s: %s", who, since, x.going(t, m))
	case connector.StatusLeft:
		if t.policy.Leavers == connector.LeaversReadd && !t.group.SelfEnrol {
			return fmt.Sprintf("%s is not in the channel: left %s and is added again:", who, since)
		}
		return fmt.Sprintf("%s is not in the channel: left %s, which is respected. Anybody in the channel can invite them back, or they come back by %s join%s:",
			who, since, x.cmd, t.named())
	case connector.StatusRemoved:
		if m.TakenOut && kicked(m) {
			return fmt.Sprintf("%s is not in the channel: Roomkeeper removed them %s, for channels of this kind keep nobody whom nobody wants there (EXTRAS=kick):", who, since)
		}
		if m.TakenOut {
			return fmt.Sprintf("%s is not in the channel: Roomkeeper removed them %s:", who, since)
		}
		return fmt.Sprintf("%s is not in the channel since %s:", who, since)
	}
	return who + ":"
}

// dismissed reports whether somebody is in because their removal was dismissed.
func dismissed(m connector.Membership) bool { return m.Kept && m.By == "dismissed" }

// dismissedEnds says how it is undone that a removal was dismissed.
func (x texts) dismissedEnds(t target, m connector.Membership) string {
	out := "Since then they count as added by hand, and Roomkeeper does not remove them by itself."
	if len(m.Why) == 0 {
		return out + fmt.Sprintf(" To have them out, remove them from the channel by hand. Once they are on the team again, an admin's %s adopt%s own in the channel has them go with the team, like all who are in it then.", x.cmd, t.named())
	}
	return out + fmt.Sprintf(" An admin's %s adopt%s own in the channel has them go with the team again, like all who are in it and on the team.", x.cmd, t.named())
}

// kicked reports whether the last removal that was sent was one of somebody whom nobody
// wanted there.
func kicked(m connector.Membership) bool { return !m.KickedAt.IsZero() && m.KickedAt.Equal(m.TriedAt) }

// ending says what would take somebody out of the channel.
func (x texts) ending(t target, m connector.Membership) []string {
	policy := t.policy
	if !present(m.Status) || t.group.State == connector.GroupLost || m.Status == connector.StatusToRemove || m.Status == connector.StatusService {
		return nil
	}
	grace := ""
	if policy.Grace > 0 {
		grace = fmt.Sprintf(" after %s", policy.Grace)
	}
	switch {
	case policy.Remove == connector.RemoveNever:
		return []string{"Roomkeeper removes nobody from channels of this kind."}
	case dismissed(m):
		return []string{x.dismissedEnds(t, m)}
	case !m.Owned && len(m.Why) == 0 && policy.Extras == connector.ExtrasKick && !m.Kept:
		return []string{"Roomkeeper removes whom nobody wants in channels of this kind, each person at most once a day."}
	case !m.Owned && policy.Extras == connector.ExtrasKick && !m.Kept:
		return []string{"They are removed" + grace + " when none of these is left in the CRM."}
	case !m.Owned && (policy.Remove != connector.RemoveStrict || m.Kept):
		return []string{"Roomkeeper keeps whom it did not add itself, also when they are taken off the team."}
	case len(m.Why) == 0:
		return []string{"They are removed" + grace + " unless a path appears or a hold is on."}
	}
	return []string{"They are removed" + grace + " when none of these is left in the CRM, and at once when the CRM calls them inactive."}
}

func (x texts) ambiguous(called string, found []connector.Membership) string {
	names := make([]string, len(found))
	for i, m := range found {
		names[i] = personName(m.Name, "", "") + " (" + strings.TrimPrefix(personName("", m.User, m.Member), "user ") + ")"
	}
	return x.several(called, names)
}

func (x texts) ambiguousWanted(called string, found []reconcile.Wanted) string {
	names := make([]string, len(found))
	for i, w := range found {
		names[i] = userName(w.User) + " (" + string(w.User.ID) + ")"
	}
	return x.several(called, names)
}

func (x texts) several(called string, names []string) string {
	const most = 20
	if len(names) > most {
		names = append(names[:most:most], fmt.Sprintf("and %d more", len(names)-most))
	}
	return fmt.Sprintf("@%s may be several people: %s. Mention the person, or write the whole name in quotes: %s why \"@First Last\".",
		oneLine(called, nameLimit), strings.Join(names, ", "), x.cmd)
}

func (x texts) whyNotStored(who PersonRef, read time.Time) string {
	return fmt.Sprintf("%s is not listed for this channel, as of the CRM's reading of %s. The CRM cannot be read just now; ask again in a few minutes.", who.called(), when(read))
}

func (x texts) notYetIn(t target, w reconcile.Wanted) string {
	lines := []string{userName(w.User) + " is not in the channel yet, and should be:"}
	for _, p := range w.Why {
		lines = append(lines, "• "+pathWords(t.key.Kind, p))
	}
	if w.Member == "" {
		return strings.Join(append(lines, "Missing: "+reasonWords(w.Reason)+". "+reasonRemedy(w.Reason)), "\n")
	}
	return strings.Join(append(lines, fmt.Sprintf("The next reading adds them; %s sync%s asks for one now.", x.cmd, t.words())), "\n")
}

func (x texts) notInvited(t target, outside []reconcile.Outsider) string {
	lines := make([]string, len(outside))
	for i, o := range outside {
		lines[i] = userName(o.User) + " is not in the channel: they are " + x.shutOut(t, o)
	}
	return strings.Join(lines, "\n")
}

// shutOut says by what path somebody would be invited, and why they never are.
func (x texts) shutOut(t target, o reconcile.Outsider) string {
	var ways []string
	for _, p := range o.Why {
		ways = append(ways, pathWords(t.key.Kind, p))
	}
	if o.User.External {
		return strings.Join(ways, ", and ") + ", but the CRM calls them external, and external people are never invited."
	}
	return strings.Join(ways, ", and ") + ", but the CRM calls them inactive, and inactive people are never invited. Activate them there if that is wrong."
}
