package connector

import (
	"context"
	"time"
)

// Engine is where state lives and work waits: a struct of small ports that
// one adapter implements together. When a writing method returns nil, what it
// wrote survives kill -9. ErrStoreAway means that nothing was promised.
type Engine struct {
	// Shared: several processes may use it at once.
	Shared bool

	Groups        Groups
	Inbox         Inbox
	Outbox        Outbox
	Ledger        Ledger
	Facts         FactStore
	People        People
	Readings      Readings
	Subscriptions Subscriptions
	Names         Names
	Answers       Answers
	Marks         Marks
	Sweeps        Sweeps
	Claims        Claims
	Queue         Queue
	DeadLetters   DeadLetters
	Limiter       Limiter
	Keeper        Keeper
}

// Groups holds the Groups.
type Groups interface {
	// Group returns ErrNotFound when there is none.
	Group(ctx context.Context, id GroupID) (Group, error)
	// SaveGroup stores g if the stored Revision is still g.Revision (0: none
	// stored), else ErrConflict, and returns it with its new Revision.
	SaveGroup(ctx context.Context, g Group) (Group, error)
	// ListGroups returns a page in the order of ids.
	ListGroups(ctx context.Context, q GroupQuery) (GroupPage, error)
}

// GroupQuery selects Groups; unset fields select all.
type GroupQuery struct {
	Platform PlatformID
	Channel  ChannelID
	Record   RecordKey
	State    GroupState
	// Pending selects Groups with people who should be in and are not.
	Pending bool
	Cursor  string
	// Limit is 1 to 500; 0 means 200.
	Limit int
}

// GroupPage is one page; an empty Next ends the list.
type GroupPage struct {
	Groups []Group
	Next   string
}

// Inbox takes what must not be lost.
type Inbox interface {
	// Accept stores all intakes, in their order, and reports how many were new.
	// Each intake is stored whole or not at all; when Accept fails, some may be
	// stored, and accepting the same again completes them and doubles nothing.
	Accept(ctx context.Context, intakes ...Intake) (fresh int, err error)
}

// Intake is one event as it concerns one Group, or the Facts that it carried.
type Intake struct {
	// ID is the identity that is remembered together with what the intake
	// asked for: the same again, for the same Group, does nothing. Empty: not
	// remembered.
	ID string
	// Group may be empty when there are Facts.
	Group GroupID
	// Facts are merged into what is known, whether or not there is the Group. A
	// Record or Team replaces the one of FactsOf, unless the stored one is newer
	// or a Team's Version is equal. Users are merged by id, unless what is stored
	// is of a later time. Facts come first, and may be stored when the rest of the
	// intake is not.
	Facts   Facts
	FactsOf RecordKey
	// Open is stored if there is no such Group, or if the stored one failed. Its
	// Enrolled people asked to be in, also where there is a Group.
	Open *Group
	// Notice is appended to the Group's outbox; dropped when there is no Group.
	Notice *Notice
	// Touched marks that the channel may have changed on the chat's side.
	Touched bool
	// Jobs are of Group. They are queued; dropped when there is no Group.
	Jobs []Job
	At   time.Time
}

// Notice is an event that may become a Card. Notices of a Group are handled
// in the order of acceptance.
type Notice struct {
	// Seq is given by the store and grows within a Group.
	Seq        uint64      `json:"seq"`
	Event      NoticeEvent `json:"event"`
	AcceptedAt time.Time   `json:"accepted_at"`
}

// NoticeEvent is the part of an Event that a Card needs.
type NoticeEvent struct {
	ID           string        `json:"id"`
	Type         EventType     `json:"type"`
	Actor        Principal     `json:"actor,omitzero"`
	At           time.Time     `json:"at,omitzero"`
	Changed      []string      `json:"changed,omitempty"`
	Changes      []Change      `json:"changes,omitempty"`
	Activity     *Activity     `json:"activity,omitempty"`
	Notification *Notification `json:"notification,omitempty"`
}

// Outbox hands out a Group's notices and settles them.
type Outbox interface {
	// Notices returns up to limit notices, oldest first.
	Notices(ctx context.Context, group GroupID, limit int) ([]Notice, error)
	// Settle removes the notice seq and stores, in the same step, the ledger
	// entry and the dead letter that are given. The entry is stored as by
	// PutEntry: with ErrConflict nothing is done. A notice that is gone already
	// is no error.
	Settle(ctx context.Context, group GroupID, seq uint64, entry *LedgerEntry, dead *DeadLetter) error
}

// Ledger remembers what was posted.
type Ledger interface {
	// Entry returns ErrNotFound for a card never meant to be posted.
	Entry(ctx context.Context, group GroupID, card CardID) (LedgerEntry, error)
	// PutEntry stores entry if the stored Revision is still entry.Revision (0:
	// none is stored), else ErrConflict, and returns it with its new Revision.
	PutEntry(ctx context.Context, group GroupID, entry LedgerEntry) (LedgerEntry, error)
}

// LedgerEntry is one Card's standing in its channel. Stored before the call
// with no Message: then the outcome is unknown until it is looked up.
type LedgerEntry struct {
	Card    CardID    `json:"card"`
	Message MessageID `json:"message,omitempty"`
	// Trying is when the post that may be under way was begun; zero when none is.
	Trying time.Time `json:"trying,omitzero"`
	// Seq is the notice that the message shows; a repeated one changes nothing.
	Seq uint64 `json:"seq,omitempty"`
	// Repeated: the card was posted again although it could not be found out
	// what became of the post before.
	Repeated bool `json:"repeated,omitempty"`
	// At is when the outcome of a post was last known; zero before the first.
	At time.Time `json:"at"`

	Revision uint64 `json:"revision,omitempty"`
}

// FactStore tells what fat events said of a CRM that cannot be asked; Inbox
// takes it.
type FactStore interface {
	// Facts returns what is known of a Record; nil parts were never sent.
	Facts(ctx context.Context, record RecordKey) (Facts, error)
	// FactUsers returns the known ones among ids.
	FactUsers(ctx context.Context, ids []UserID) (map[UserID]User, error)
}

// People remembers Users and how they become Members.
type People interface {
	// People returns the known ones among ids.
	People(ctx context.Context, ids []UserID) (map[UserID]Person, error)
	// SavePeople stores what was found out of each person (Person.Over): the User,
	// and the links of the platforms that it names. Links that were stored by hand
	// it leaves as they are.
	SavePeople(ctx context.Context, people []Person) error
	// UpdatePeople changes each Person in one step, links that were stored by hand
	// included; change gets the stored value, or one with the id alone when there is
	// none, may be called again on a fresh one, and must not use the engine. After
	// an error some may be changed.
	UpdatePeople(ctx context.Context, ids []UserID, change func(*Person)) error
	// UsersOf returns the users that a Member stands for; mostly one.
	UsersOf(ctx context.Context, platform PlatformID, member MemberID) ([]UserID, error)
	// ListPeople returns a page in the order of user ids; an empty next ends it.
	ListPeople(ctx context.Context, cursor string, limit int) (people []Person, next string, err error)
}

// Reading is what was last read of a Record for one Group: enough to tell
// whether a listed Record changed, without keeping its content.
type Reading struct {
	At time.Time `json:"at"`
	// Digest covers the record and team; empty when the last reading was not
	// fully applied, so that the next one counts as changed.
	Digest      string    `json:"digest,omitempty"`
	ModifiedAt  time.Time `json:"modified_at,omitzero"`
	TeamVersion Version   `json:"team_version,omitempty"`
	// Expansions covers who was behind the principals that were expanded; empty
	// when there were none.
	Expansions string `json:"expansions,omitempty"`
	// Setup is the configuration by which it was applied (reconcile.SetupOf).
	Setup string `json:"setup,omitempty"`
}

// Readings keeps the last Reading of each Group.
type Readings interface {
	// Readings returns the known ones among ids.
	Readings(ctx context.Context, ids []GroupID) (map[GroupID]Reading, error)
	SaveReadings(ctx context.Context, readings map[GroupID]Reading) error
}

// Subscriptions keeps what Groups want to be told; none stored is the zero
// Subscription.
type Subscriptions interface {
	Subscription(ctx context.Context, group GroupID) (Subscription, error)
	// UpdateSubscription changes a Subscription in one step; change gets the
	// stored value, may be called again on a fresh one, and must not use the engine.
	UpdateSubscription(ctx context.Context, group GroupID, change func(*Subscription)) (Subscription, error)
}

// Names reserves channel names, so that two creations never mean the same one.
type Names interface {
	// Reserve gives the name to group unless another one has it; it returns who
	// has it now. Reserving one's own name again is no change.
	Reserve(ctx context.Context, platform PlatformID, name string, group GroupID) (holder GroupID, err error)
	// Holder returns who has the name now, "" when nobody has.
	Holder(ctx context.Context, platform PlatformID, name string) (GroupID, error)
	// Release frees the name if group has it.
	Release(ctx context.Context, platform PlatformID, name string, group GroupID) error
}

// Answers remembers how a request was answered, so that the same request
// again is answered like the first.
type Answers interface {
	// Answer returns ErrNotFound for a request that was not answered yet.
	Answer(ctx context.Context, id string) ([]byte, error)
	Remember(ctx context.Context, id string, answer []byte, at time.Time) error
}

// Marks are small named values of the deployment: the last sweep, the
// workspace that the state belongs to.
type Marks interface {
	// Mark returns "" when it was never set.
	Mark(ctx context.Context, name string) (string, error)
	SetMark(ctx context.Context, name, value string) error
}

// SweepState is how far a Sweep got.
type SweepState string

// States of a Sweep: reading the CRM's list, waiting for the queued Groups,
// done, or failed before all was queued.
const (
	SweepListing SweepState = "listing"
	SweepRunning SweepState = "running"
	SweepDone    SweepState = "done"
	SweepFailed  SweepState = "failed"
)

// Sweep is one run of the cron resync.
type Sweep struct {
	ID   string `json:"id"`
	Full bool   `json:"full"`
	// Every: a full one that queues all Groups, also where nothing differs.
	Every bool `json:"every,omitempty"`
	// Request is what a full one answers: the request for one that stood when it
	// began, if any.
	Request string `json:"request,omitempty"`
	// Replica is the process that lists, SeenAt when it last said that it does, or
	// when the last of its Groups was looked at; zero: not since StartedAt.
	Replica   string     `json:"replica,omitempty"`
	SeenAt    time.Time  `json:"seen_at,omitzero"`
	State     SweepState `json:"state"`
	Queued    int        `json:"queued"`
	Done      int        `json:"done"`
	Failed    int        `json:"failed"`
	StartedAt time.Time  `json:"started_at"`
	EndedAt   time.Time  `json:"ended_at,omitzero"`
	Error     string     `json:"error,omitempty"`

	// Waits: Groups of it may wait to remove somebody until it is judged.
	Waits bool `json:"waits,omitempty"`
	// Passing counts the Groups that remove since it was judged and are not done.
	Passing int `json:"passing,omitempty"`
	// Verdict is empty until it was judged, or where nobody waited for that.
	Verdict Verdict `json:"verdict,omitempty"`
	// Removals and Owned are what the Verdict is of: the removals that waited, over
	// all Groups, and the Owned members in all channels. Owned is counted only when
	// it matters.
	Removals int `json:"removals,omitempty"`
	Owned    int `json:"owned,omitempty"`
	// Counts numbers the attempts to count, of which the last begun alone may store
	// its Verdict; it does not grow any more then.
	Counts int `json:"counts,omitempty"`
}

// Count is the attempt to count that was begun last. A Verdict is of the Groups
// whose holds bear it (Hold.Counted), and of nobody else.
func (s Sweep) Count() Count { return Count{Sweep: s.ID, Number: s.Counts} }

// Verdict says what becomes of a Sweep's removals.
type Verdict string

// Verdicts: the removals go on, or they are held.
const (
	VerdictPassed Verdict = "passed"
	VerdictHeld   Verdict = "held"
)

// Open reports whether the Sweep needs somebody to attend to it: it lists, or its
// Groups wait to be judged, or do what followed from it.
func (s Sweep) Open() bool {
	return s.State == SweepListing || s.State == SweepRunning && (s.Waits || s.Passing > 0)
}

// Sweeps keeps the Sweeps.
type Sweeps interface {
	// Sweep returns ErrNotFound.
	Sweep(ctx context.Context, id string) (Sweep, error)
	// UpdateSweep changes a Sweep in one step; change gets the stored value,
	// or the zero value with its id when there is none. It may be called again
	// on a fresh value and must not use the engine.
	UpdateSweep(ctx context.Context, id string, change func(*Sweep)) (Sweep, error)
	// OpenSweeps returns those that are Open, in no order.
	OpenSweeps(ctx context.Context) ([]Sweep, error)
}

// Claims lets one of several replicas do what each of them would.
type Claims interface {
	// Claim gives name to the caller unless it was given before, and reports
	// whether it did. A claim is never released; it is forgotten after keep, by
	// the engine's clock. After an error nobody knows whether it was given.
	Claim(ctx context.Context, name string, keep time.Duration) (bool, error)
}

// Keeper looks after the engine itself.
type Keeper interface {
	// Ping reports whether the engine can be written to.
	Ping(ctx context.Context) error
	// Prune forgets identities, answers, ledger entries and ended Sweeps older
	// than keep and dead letters older than keepDead. While a post may be under
	// way its entry is as old as that post.
	Prune(ctx context.Context, now time.Time, keep, keepDead time.Duration) error
	Close() error
}
