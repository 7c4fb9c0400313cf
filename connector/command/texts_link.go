package command

import (
	"fmt"
	"strings"
	"time"

	"roomkeeper/connector"
)

// The answers of link and unlink.

// users names the Users that somebody is: "Ann Lee (17)".
func (x texts) users(list []connector.Person) string {
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = nameAndID(oneLine(p.User.Name, nameLimit), oneLine(string(p.User.ID), nameLimit))
	}
	return strings.Join(names, ", ")
}

// subject starts a sentence about somebody, or about the asker.
func subject(who PersonRef, you, they string) string {
	if who == (PersonRef{}) {
		return "You " + you
	}
	return who.called() + " " + they
}

// whoYouAre says what is known of the asker.
func (x texts) whoYouAre(users []connector.Person) string {
	if len(users) == 0 {
		return "Roomkeeper does not know yet who you are in the CRM."
	}
	return "In the CRM you are " + x.users(users) + "."
}

// storedBy says who stored a Link by hand, and when; who is a member's name.
func (x texts) storedBy(link connector.Link, who string) string {
	how := "by somebody"
	token, api := strings.CutPrefix(link.By, "api:")
	switch {
	case who != "":
		how = fmt.Sprintf("by %s with %s link", who, x.cmd)
	case api:
		how = "by the API, token " + oneLine(token, nameLimit)
	case link.By == connector.BySignIn:
		how = "by signing in"
	case link.By == connector.ByFile:
		how = "by the file of known accounts"
	}
	return how + ", " + when(link.At)
}

func (x texts) youWereLinked(p connector.Person, by string) string {
	return fmt.Sprintf("Your account is linked with %s by hand: %s.", x.users([]connector.Person{p}), by)
}

func (x texts) linkInTheWay(p connector.Person, other PersonRef, by string) string {
	return fmt.Sprintf("The CRM has your address for %s, who is linked by hand with another account, that of %s: %s. As long as that stands your account is not theirs.",
		x.users([]connector.Person{p}), other.called(), by)
}

// inPlaceOf names the account that a User was linked with before.
func (x texts) inPlaceOf(other PersonRef, by string) string {
	if by == "" {
		by = "found by the CRM or the e-mail address"
	} else {
		by = "linked " + by
	}
	return fmt.Sprintf("This takes the place of another account of theirs: %s (%s), %s.", other.called(), oneLine(string(other.Member), nameLimit), by)
}

func (x texts) signIn(known string, expires time.Time) string {
	return fmt.Sprintf("%s To say who you are, open the link below and sign in. It is for you alone and works until %s. Your verified e-mail address is compared with the CRM and not kept.",
		known, when(expires))
}

func (x texts) signInCard(url string) connector.Card {
	return connector.Card{Label: "Link", Title: "Sign in to link your account", URL: url, LinkLabel: "Sign in"}
}

func (x texts) linkByOthers(out string, looksUp bool) string {
	if looksUp {
		out += " Your account is found by itself, by the e-mail address that the CRM has of you."
	}
	return fmt.Sprintf("%s If that is wrong or missing, ask an admin: %s link @you <your user id in the CRM>.", out, x.cmd)
}

func (x texts) linked(who PersonRef, id connector.UserID, users []connector.Person) string {
	var as connector.Person
	var others []connector.Person
	for _, p := range users {
		if p.User.ID == id {
			as = p
		} else {
			others = append(others, p)
		}
	}
	as.User.ID = id
	out := fmt.Sprintf("Linked: %s is %s in the CRM. Their channels are brought up to date.", who.called(), x.users([]connector.Person{as}))
	if len(others) > 0 {
		out += fmt.Sprintf(" They are also %s; whoever is wanted for one of them is in.", x.users(others))
	}
	return out
}

func (x texts) notLinkable(who PersonRef, reason connector.PendingReason) string {
	why := accountWords(reason)
	return fmt.Sprintf("%s cannot be linked: %s. Nothing was changed.", who.called(), why)
}

// accountWords says why nobody can be linked with an account.
func accountWords(r connector.PendingReason) string {
	if r == connector.ReasonNoAccount {
		return "there is no such account in this workspace, or it is a machine's"
	}
	return reasonWords(r)
}

func (x texts) noSuchUser(id connector.UserID) string {
	return fmt.Sprintf("The CRM knows no user \"%s\". Nothing was changed; the id is the one that the CRM shows on the user's page.", oneLine(string(id), nameLimit))
}

func (x texts) nothingStored(who PersonRef, users []connector.Person) string {
	out := subject(who, "are", "is") + " not linked by hand, so there is nothing to take back."
	if len(users) > 0 {
		out += fmt.Sprintf(" The CRM or the e-mail address says: %s. Only that can change it, or an admin with %s link.", x.users(users), x.cmd)
	}
	return out
}

func (x texts) unlinked(who PersonRef, stored []connector.Person, looksUp bool) string {
	next, waits := "What the CRM says decides now", "they wait"
	if who == (PersonRef{}) {
		waits = "you wait"
	}
	if looksUp {
		next += ", or the e-mail address"
	}
	return fmt.Sprintf("%s not linked with %s any more. %s; without an answer from there %s outside of the channels.",
		subject(who, "are", "is"), x.users(stored), next, waits)
}
