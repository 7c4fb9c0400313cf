package connector

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// What can go wrong behind a port. An adapter translates its vendor's exact
// codes into these once, wrapped with the sub-operation; nothing else looks at
// a vendor's code, and nothing matches text.
var (
	// ErrNotFound: there is no such thing (record, group, card, account).
	ErrNotFound = errors.New("not found")
	// ErrUntold: a CRM that cannot be asked has not spoken of the record yet.
	// It is an ErrNotFound.
	ErrUntold = fmt.Errorf("the CRM has not told us about this record: %w", ErrNotFound)
	// ErrConflict: the stored value changed since it was read.
	ErrConflict = errors.New("changed meanwhile")
	// ErrNewerFormat: the stored value was written by a newer version.
	ErrNewerFormat = errors.New("written by a newer version of Roomkeeper")
	// ErrStoreAway: the engine cannot be reached or cannot write.
	ErrStoreAway = errors.New("store not available")
	// ErrLeaseLost: another worker has the job now.
	ErrLeaseLost = errors.New("lease lost")

	// ErrTemporary: the other side failed in a way that may pass, and the call
	// certainly had no effect or is safe to repeat.
	ErrTemporary = errors.New("temporary failure")
	// ErrUnknownOutcome: the call may or may not have happened.
	ErrUnknownOutcome = errors.New("outcome unknown")
	// ErrUnauthorized: our token is refused; everything pauses.
	ErrUnauthorized = errors.New("token refused")
	// ErrForbidden: this one call is refused to us, now and later.
	ErrForbidden = errors.New("not allowed")
	// ErrUnsupported: the installation lacks a scope or a method; one feature is off.
	ErrUnsupported = errors.New("not supported by this installation")
	// ErrInvalid: the call itself is wrong; a defect of ours.
	ErrInvalid = errors.New("invalid call")

	// ErrNameTaken: another channel, perhaps an invisible one, has the name.
	ErrNameTaken = errors.New("channel name taken")
	// ErrInvalidName: the platform does not take this name.
	ErrInvalidName = errors.New("channel name not accepted")
	// ErrFull: a bound of the platform is reached; there is no room for another one.
	ErrFull = errors.New("no room left")
	// ErrArchived: the channel is archived.
	ErrArchived = errors.New("channel archived")
	// ErrNotInChannel: our bot is not in the channel.
	ErrNotInChannel = errors.New("bot not in channel")
	// ErrChannelGone: no such channel, or none that we may see.
	ErrChannelGone = errors.New("channel gone")
	// ErrMessageGone: the message to edit or pin is not there any more.
	ErrMessageGone = errors.New("message gone")

	// ErrCursorLost: a listing must start again.
	ErrCursorLost = errors.New("cursor lost")
	// ErrSignature: an inbound request is not signed as it must be.
	ErrSignature = errors.New("signature not accepted")
	// ErrSyntax: an inbound body cannot be parsed.
	ErrSyntax = errors.New("body not readable")
)

// WaitError is a rate limit or an announced absence: the call did not happen
// and may be made again after After. Only the queue waits.
type WaitError struct {
	After time.Duration
	// What is closed: a method, a bucket, a service.
	What string
}

func (e *WaitError) Error() string { return fmt.Sprintf("%s: wait %s", e.What, e.After) }

// MemberError is why one person could not be added or removed.
type MemberError struct {
	Member MemberID
	Reason PendingReason
	// Absent: a removal found nobody to remove, or an addition somebody who
	// was there already; nothing is left to do.
	Absent bool
}

// MembersError lists the people for whom Members.Add failed; for all others
// it worked.
type MembersError struct{ Failed []MemberError }

func (e *MembersError) Error() string {
	return fmt.Sprintf("%d people could not be added", len(e.Failed))
}

// MeaningError is an inbound body that parses and makes no sense. Index is
// the place in a batch, -1 for a single object.
type MeaningError struct {
	Index  int
	Field  string
	Detail string
}

func (e *MeaningError) Error() string {
	if e.Index < 0 {
		return fmt.Sprintf("%s: %s", e.Field, e.Detail)
	}
	return fmt.Sprintf("[%d].%s: %s", e.Index, e.Field, e.Detail)
}

// Reason is the closed set of outcomes: it feeds a metric's label and the
// decision to retry, and nothing else does.
type Reason string

// The reasons.
const (
	ReasonOK             Reason = "ok"
	ReasonWait           Reason = "wait"
	ReasonTemporary      Reason = "temporary"
	ReasonUnknownOutcome Reason = "unknown_outcome"
	ReasonUnauthorized   Reason = "unauthorized"
	ReasonForbidden      Reason = "forbidden"
	ReasonUnsupported    Reason = "unsupported"
	ReasonInvalid        Reason = "invalid"
	ReasonNotFound       Reason = "not_found"
	ReasonNameTaken      Reason = "name_taken"
	ReasonInvalidName    Reason = "invalid_name"
	ReasonFull           Reason = "full"
	ReasonArchived       Reason = "archived"
	ReasonNotInChannel   Reason = "not_in_channel"
	ReasonChannelGone    Reason = "channel_gone"
	ReasonMessageGone    Reason = "message_gone"
	ReasonConflict       Reason = "conflict"
	ReasonStoreAway      Reason = "store_away"
	ReasonStopped        Reason = "stopped"
	ReasonOther          Reason = "other"
)

// ReasonOf reduces an error to its Reason; nil is ReasonOK.
func ReasonOf(err error) Reason {
	var wait *WaitError
	switch {
	case err == nil:
		return ReasonOK
	case errors.As(err, &wait):
		return ReasonWait
	case errors.Is(err, ErrUnknownOutcome):
		return ReasonUnknownOutcome
	case errors.Is(err, ErrTemporary):
		return ReasonTemporary
	case errors.Is(err, ErrUnauthorized):
		return ReasonUnauthorized
	case errors.Is(err, ErrForbidden):
		return ReasonForbidden
	case errors.Is(err, ErrUnsupported):
		return ReasonUnsupported
	case errors.Is(err, ErrInvalid):
		return ReasonInvalid
	case errors.Is(err, ErrNameTaken):
		return ReasonNameTaken
	case errors.Is(err, ErrInvalidName):
		return ReasonInvalidName
	case errors.Is(err, ErrFull):
		return ReasonFull
	case errors.Is(err, ErrArchived):
		return ReasonArchived
	case errors.Is(err, ErrNotInChannel):
		return ReasonNotInChannel
	case errors.Is(err, ErrChannelGone):
		return ReasonChannelGone
	case errors.Is(err, ErrMessageGone):
		return ReasonMessageGone
	case errors.Is(err, ErrConflict):
		return ReasonConflict
	case errors.Is(err, ErrStoreAway):
		return ReasonStoreAway
	case errors.Is(err, ErrNotFound):
		return ReasonNotFound
	case errors.Is(err, context.Canceled):
		return ReasonStopped
	case errors.Is(err, context.DeadlineExceeded):
		return ReasonTemporary
	}
	return ReasonOther
}

// Passing reports whether the same call may work later without anybody doing
// anything.
func (r Reason) Passing() bool {
	switch r {
	case ReasonWait, ReasonTemporary, ReasonUnknownOutcome, ReasonUnauthorized,
		ReasonConflict, ReasonStoreAway, ReasonStopped, ReasonOther:
		return true
	case ReasonOK, ReasonForbidden, ReasonUnsupported, ReasonInvalid, ReasonNotFound,
		ReasonNameTaken, ReasonInvalidName, ReasonFull, ReasonArchived, ReasonNotInChannel,
		ReasonChannelGone, ReasonMessageGone:
		return false
	}
	return false
}
