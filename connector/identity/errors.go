package identity

import (
	"errors"
	"fmt"

	"roomkeeper/connector"
)

// What can be wrong with an address that somebody proved to be theirs.
var (
	// ErrNobody: no active User who may be invited has it.
	ErrNobody = errors.New("nobody has this address")
	// ErrSeveral: more than one has it, and nobody can tell which is meant.
	ErrSeveral = errors.New("several have this address")
)

// AccountError is an account that nobody can be linked with.
type AccountError struct {
	Platform connector.PlatformID
	Member   connector.MemberID
	// Reason is never empty.
	Reason connector.PendingReason
}

func (e *AccountError) Error() string {
	return fmt.Sprintf("%s account %q: %s", e.Platform, e.Member, e.Reason)
}
