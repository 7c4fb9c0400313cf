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

func (x texts) signIn(users []connector.Person, expires time.Time) string {
	return fmt.Sprintf("%s To say who you are, open the link below and sign in. It is for you alone and works until %s. Your verified e-mail address is compared with the CRM and not kept.",
		x.whoYouAre(users), when(expires))
}

func (x texts) signInCard(url string) connector.Card {
	return connector.Card{Label: "Link", Title: "Sign in to link your account", URL: url, LinkLabel: "Sign in"}
}

func (x texts) linkByOthers(users []connector.Person, looksUp bool) string {
	out := x.whoYouAre(users)
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
	next := "What the CRM says decides now"
	if looksUp {
		next += ", or the e-mail address"
	}
	return fmt.Sprintf("%s not linked with %s any more. %s; without an answer from there they wait outside of the channels.",
		subject(who, "are", "is"), x.users(stored), next)
}
