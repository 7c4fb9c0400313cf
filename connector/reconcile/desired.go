package reconcile

import "roomkeeper/connector"

// Desired is who should be in a channel, by one whole reading of the CRM.
type Desired struct {
	// Wanted holds one entry per User, in the order in which paths were found:
	// the owner first.
	Wanted []Wanted
	// Inactive are people whom the team names and the CRM calls inactive: they
	// leave at once and the brakes do not count them.
	Inactive map[connector.UserID]bool
	// Unknown are users whom the team names and the CRM does not know just now:
	// they stay if they are in and are not added.
	Unknown map[connector.UserID]bool
	// UnknownWhy are the paths that lead to those.
	UnknownWhy map[connector.UserID][]connector.Path
	// Unresolved counts the entries that are not resolved to people.
	Unresolved int
}

// Wanted is one person who should be in.
type Wanted struct {
	User connector.User
	// Member is empty while Reason says why there is no account. With both, the
	// last look-up found none and the Member of before, who is still active, stands.
	Member connector.MemberID
	Reason connector.PendingReason
	Why    []connector.Path
}

// Owner reports whether one of the paths is ownership.
func (w Wanted) Owner() bool {
	for _, p := range w.Why {
		if p.Via == connector.ViaOwner {
			return true
		}
	}
	return false
}
