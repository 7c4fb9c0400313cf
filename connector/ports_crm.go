package connector

import (
	"context"
	"net/http"
	"time"
)

// CRM is a CRM as a struct of small ports; an optional port is nil when the
// CRM cannot do it. Lists are whole or an error. A read that is rate limited
// or announced as away returns a *WaitError.
type CRM struct {
	// Name is the first part of every RecordKey.
	Name string

	Records    Records    // required
	Teams      Teams      // required
	Users      Users      // required
	Principals Principals // optional: without it nobody knows who is behind a department, a role, …
	Finder     UserFinder // optional: without it nobody links themselves by signing in
	Changes    Changes    // optional: without it a sweep queues every Group
	Receiver   Receiver   // optional: without it only the sweep brings news
}

// Records reads one Record. ErrNotFound: the CRM says that there is none.
type Records interface {
	Record(ctx context.Context, key RecordKey) (Record, error)
}

// Teams reads the Related Team of one Record, whole.
type Teams interface {
	Team(ctx context.Context, key RecordKey) (Team, error)
}

// Users reads people. An id that is not in the answer is unknown to the CRM,
// which is not the same as inactive.
type Users interface {
	UsersByID(ctx context.Context, ids []UserID) (map[UserID]User, error)
}

// UserFinder finds people.
type UserFinder interface {
	// UsersByEmail returns whoever has this e-mail address, inactive and external
	// people included; none is an answer. ErrUnsupported: this CRM cannot tell.
	UsersByEmail(ctx context.Context, email string) ([]User, error)
}

// Principals expands what stands for several people.
type Principals interface {
	// Expand returns the users behind p, of whom only Type, ID and IncludeSub
	// count: all of them, each once, in no order. ErrNotFound: the CRM does not know
	// p just now, which is not the same as nobody. ErrUnsupported: it cannot tell of
	// any.
	Expand(ctx context.Context, p Principal) ([]UserID, error)
}

// Changes lists Records of one kind with their teams, a page at a time.
type Changes interface {
	// Page returns what changed at or after since, oldest first, or all that
	// exist when since is zero. The first call has an empty cursor; an empty
	// next cursor ends the list. ErrCursorLost: start again.
	Page(ctx context.Context, kind Kind, since time.Time, cursor string) (ChangesPage, error)
}

// ChangesPage is one page of a listing.
type ChangesPage struct {
	Items []RecordTeam
	Next  string
}

// RecordTeam is a Record with its team as one reading showed them.
type RecordTeam struct {
	Record Record
	Team   Team
}

// Receiver verifies and decodes a CRM's webhook.
type Receiver interface {
	// Receive decodes a whole body: all of its events or none.
	// An event of a type that is not known comes with ID, Type and At only: it
	// is counted and nothing else.
	// ErrSignature, ErrSyntax or a *MeaningError say why nothing was taken.
	Receive(header http.Header, body []byte, now time.Time) ([]Event, error)
}
