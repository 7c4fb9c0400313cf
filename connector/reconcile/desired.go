package reconcile

import (
	"time"

	"roomkeeper/connector"
)

// Desired is who should be in a channel, by one whole reading of the CRM.
type Desired struct {
	// Wanted holds one entry per User, in the order in which paths were found:
	// the owner first. Where people join by themselves, only those who were looked
	// up are in it: who has a row, and who asked.
	Wanted []Wanted
	// Inactive are people whom the team names, or whom we added, and the CRM calls
	// inactive: they leave at once and the brakes do not count them.
	Inactive map[connector.UserID]bool
	// Unknown are users whom the team names and the CRM does not know just now:
	// they stay if they are in and are not added.
	Unknown map[connector.UserID]bool
	// UnknownWhy are the paths that lead to those.
	UnknownWhy map[connector.UserID][]connector.Path
	// Outside are the inactive and the external among whom the team names, by id.
	// Where people join by themselves, only those who were looked up are in it, and
	// those whom the team itself calls external.
	Outside []Outsider
	// Missing: the CRM does not know all principals just now, and anybody may be
	// behind those.
	Missing bool
	// Unresolved counts the entries that are not resolved to people.
	Unresolved int
	// SelfEnrol: people join by themselves; who is wanted may be in and is not
	// invited before. Listed is how many users the paths lead to.
	SelfEnrol bool
	Listed    int
	// Principals are those that were expanded, Expansions covers who was behind
	// them.
	Principals []connector.PrincipalKey
	Expansions string

	leads    map[connector.UserID]bool
	expanded []expanded
}

// Wanted is one person who should be in.
type Wanted struct {
	User connector.User
	// Member is empty while Reason says why there is no account. With both, the
	// last look-up found none and the Member of before, who is still active, stands.
	Member connector.MemberID
	Reason connector.PendingReason
	Why    []connector.Path
	// Kept: only principals that the CRM does not know just now had brought them:
	// they stay if they are in and are not added.
	Kept bool

	trust trust
	// place is the account by which they have their place here, as far as is known.
	place connector.MemberID
	// stays: they have it although another account was found of no use, or none at all.
	stays bool
	// asked: the platform was asked for Member in this run.
	asked bool
	// goneAt is when the platform last said that their account is gone; zero: never.
	goneAt time.Time
}

// trust is how far a Wanted's Member may be relied on. Who is in stays in any case.
type trust string

const (
	// trustDue: the answer is old. It is asked for again before they are added by it.
	trustDue trust = "due"
	// trustWaits: there was no answer, and they are not added without one.
	trustWaits trust = "waits"
	// trustAfresh: whatever its age, the answer is not enough: the account of before
	// would go by it.
	trustAfresh trust = "afresh"
)

// Owner reports whether one of the paths is ownership.
func (w Wanted) Owner() bool {
	for _, p := range w.Why {
		if p.Via == connector.ViaOwner {
			return true
		}
	}
	return false
}

// Owners are the users with the owner's duties: the owner, or else the team
// members of role owner, if any of these has an account.
func (d Desired) Owners() []connector.UserID {
	var leads []connector.UserID
	for _, w := range d.Wanted {
		switch {
		case w.Member == "":
		case w.Owner():
			return []connector.UserID{w.User.ID}
		case d.leads[w.User.ID]:
			leads = append(leads, w.User.ID)
		}
	}
	return leads
}
