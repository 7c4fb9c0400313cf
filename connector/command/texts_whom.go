package command

import (
	"fmt"
	"strings"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// The answers of why about somebody whom the channel does not list.

// whyFound tells what a fresh reading says.
func (x texts) whyFound(t target, who PersonRef, selfEnrol bool, f found) string {
	switch {
	case len(f.wanted) > 1 && who.Member == "":
		return x.ambiguousWanted(who.Name, f.wanted)
	case len(f.wanted) > 0 && selfEnrol:
		one := mergeWanted(f.wanted)
		return x.notJoined(t, one)
	case len(f.wanted) > 0:
		return x.notYetIn(t, mergeWanted(f.wanted))
	case len(f.outside) > 0:
		return x.notInvited(t, f.outside)
	case len(f.other) > 0:
		return x.otherAccount(t, who, f.other)
	}
	return x.unknownUser(who)
}

func (x texts) unknownUser(who PersonRef) string {
	return who.called() + " is not in the channel: the team names them, and the CRM does not know that user just now. Check the user in the CRM."
}

// otherAccount tells of somebody who is wanted by another account than the one that was
// asked about.
func (x texts) otherAccount(t target, who PersonRef, other []reconcile.Wanted) string {
	lines := []string{fmt.Sprintf("%s is not in the channel by this account. %s, of whom the CRM has the same address, goes by another account:",
		who.called(), nameAndID(userName(other[0].User), string(other[0].User.ID)))}
	for _, p := range mergeWanted(other).Why {
		lines = append(lines, "• "+pathWords(t.key.Kind, p))
	}
	return strings.Join(append(lines, fmt.Sprintf("An admin changes which account it is: %s link @person %s.", x.cmd, oneLine(string(other[0].User.ID), nameLimit))), "\n")
}

// noPath tells of Users whom no path leads to.
func (x texts) noPath(t target, who whom, users []connector.Person, unresolved int) string {
	by := "By this account they are"
	if len(who.linked) == 0 {
		by = "By its address this account is that of"
	}
	out := fmt.Sprintf("%s is not in the channel: no path leads from the %s to them. %s %s in the CRM, who is neither its owner nor on its Related Team. If they are somebody else there, an admin says so: %s link @person <user id>.",
		who.called(), kindWord(t.key.Kind), by, x.users(users), x.cmd)
	if t.policy.Kind != "" && t.policy.MembersOf != "" {
		out = strings.Replace(out, "is neither its owner nor on its Related Team", "is not one of its people", 1)
	}
	return x.withUnresolved(out, unresolved)
}

// strangerHere tells of an account that no user of the CRM is known by.
func (x texts) strangerHere(t target, who PersonRef, perhaps []connector.User) string {
	return fmt.Sprintf("%s is not in the channel. No user of the CRM is known by this account, so it cannot be told whether a path leads from the %s to them.\n%s",
		who.called(), kindWord(t.key.Kind), x.whoTheyAre(perhaps))
}

// whoTheyAre says how an account gets known that nobody is linked with.
func (x texts) whoTheyAre(perhaps []connector.User) string {
	if len(perhaps) == 0 {
		return fmt.Sprintf("They use %s link, or an admin says who they are: %s link @person <user id>.", x.cmd, x.cmd)
	}
	names := make([]string, len(perhaps))
	for i, u := range perhaps {
		names[i] = userName(u) + " (user " + oneLine(string(u.ID), nameLimit) + ")"
	}
	verb := "has"
	if len(names) > 1 {
		verb = "have"
	}
	return fmt.Sprintf("%s should be in and %s no account here as far as is known. If that is them, an admin says so: %s link @person %s.",
		strings.Join(names, ", "), verb, x.cmd, oneLine(string(perhaps[0].ID), nameLimit))
}

func (x texts) chatSilent(who PersonRef) string {
	return fmt.Sprintf("%s is not in the channel. No user of the CRM is linked with this account, and who it belongs to by its address could not be found out just now; ask again in a minute.", who.called())
}

// nobodyOfThatName tells of a name that nobody has who is known here.
func (x texts) nobodyOfThatName(t target, typed string, likely []string, desired reconcile.Desired) string {
	const most = 10
	out := fmt.Sprintf("Nobody called \"%s\" is known here: nobody in the channel, and nobody whom the CRM names for the %s.", oneLine(typed, nameLimit), kindWord(t.key.Kind))
	if len(likely) > most {
		likely = append(likely[:most:most], "…")
	}
	if len(likely) > 0 {
		out += " Did you mean " + strings.Join(likely, ", ") + "?"
	}
	out += fmt.Sprintf(" Mention the person, or write the whole name in quotes: %s why \"@First Last\".", x.cmd)
	if n := len(desired.Unknown); n > 0 {
		out += fmt.Sprintf(" The CRM names %s whom it does not know just now, and does not say what they are called.", plural(n, "user", "users"))
	}
	return x.withUnresolved(out, desired.Unresolved)
}

func (x texts) withUnresolved(out string, unresolved int) string {
	if unresolved > 0 {
		out += " " + x.unresolved(unresolved)
	}
	return out
}
