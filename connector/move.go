package connector

import "time"

// HoldingKind is a kind of data that an engine holds.
type HoldingKind string

// The kinds, as a person reads them.
const (
	HoldsSequence      HoldingKind = "sequence"
	HoldsMarks         HoldingKind = "marks"
	HoldsGroups        HoldingKind = "groups"
	HoldsReadings      HoldingKind = "readings"
	HoldsSubscriptions HoldingKind = "subscriptions"
	HoldsNotices       HoldingKind = "notices"
	HoldsLedger        HoldingKind = "ledger entries"
	HoldsNames         HoldingKind = "names"
	HoldsPeople        HoldingKind = "people"
	HoldsFacts         HoldingKind = "facts of records"
	HoldsFactUsers     HoldingKind = "facts of users"
	HoldsIdentities    HoldingKind = "identities"
	HoldsAnswers       HoldingKind = "answers"
	HoldsSweeps        HoldingKind = "sweeps"
	HoldsClaims        HoldingKind = "claims"
	HoldsDeadLetters   HoldingKind = "dead letters"
	HoldsJobs          HoldingKind = "jobs"
)

// HoldingKinds are all kinds, in the order in which they are handed out.
func HoldingKinds() []HoldingKind {
	return []HoldingKind{
		HoldsSequence, HoldsMarks, HoldsGroups, HoldsReadings, HoldsSubscriptions, HoldsNotices, HoldsLedger, HoldsNames,
		HoldsPeople, HoldsFacts, HoldsFactUsers, HoldsIdentities, HoldsAnswers, HoldsSweeps, HoldsClaims, HoldsDeadLetters,
		HoldsJobs,
	}
}

// Holding is one thing that an engine holds, on its way to another engine.
// Exactly one of the pointers is set.
type Holding struct {
	// Sequence is the number of the last notice that was accepted.
	Sequence *uint64
	Mark     *HeldMark
	// Group carries its Revision, and its TouchedAt wherever that is stored.
	Group        *Group
	Reading      *HeldReading
	Subscription *HeldSubscription
	// Notice carries its Seq, which entries of the Ledger refer to.
	Notice *HeldNotice
	// Entry carries its Revision.
	Entry    *HeldEntry
	Name     *HeldName
	Person   *Person
	Facts    *HeldFacts
	FactUser *HeldFactUser
	Identity *HeldIdentity
	Answer   *HeldAnswer
	Sweep    *Sweep
	Claim    *HeldClaim
	Dead     *DeadLetter
	Job      *HeldJob
}

// HeldMark is one of the Marks.
type HeldMark struct{ Name, Value string }

// HeldReading is the last Reading of a Group.
type HeldReading struct {
	Group   GroupID
	Reading Reading
}

// HeldSubscription is what a Group wants to be told.
type HeldSubscription struct {
	Group        GroupID
	Subscription Subscription
}

// HeldNotice is a notice that was not settled yet.
type HeldNotice struct {
	Group  GroupID
	Notice Notice
}

// HeldEntry is one Card's standing.
type HeldEntry struct {
	Group GroupID
	Entry LedgerEntry
}

// HeldName is a reserved channel name.
type HeldName struct {
	Platform PlatformID
	Name     string
	Group    GroupID
}

// HeldFacts are the Facts of one Record, without Users.
type HeldFacts struct {
	Record RecordKey
	Facts  Facts
}

// HeldFactUser is what fat events said of one User, and when.
type HeldFactUser struct {
	User User      `json:"user"`
	At   time.Time `json:"at"`
}

// HeldIdentity is the identity of an Intake that was accepted, and what the
// Intake was about: an engine may remember it beside that.
type HeldIdentity struct {
	ID string
	At time.Time
	// Anywhere: it is not known any more what the Intake was about; the other
	// fields are unset.
	Anywhere bool
	// Group is the Intake's; empty when it had only Facts.
	Group GroupID
	// Facts: there were some; FactsOf is zero when they were of Users only.
	Facts   bool
	FactsOf RecordKey
}

// HeldAnswer is how a request was answered.
type HeldAnswer struct {
	ID     string
	Answer []byte
	At     time.Time
}

// HeldClaim is a name that was given, until a time.
type HeldClaim struct {
	Name  string
	Until time.Time
}

// HeldJob is a job that waits. A run that was interrupted waits again, with
// what was asked for during it.
type HeldJob struct {
	Key JobKey
	Due time.Time
	// Backoff: Due was given by the end of a run; an Add does not promote it.
	Backoff bool
	Urgent  bool
	// Runs are those that ended since the last one that was done.
	Runs int
	Tags []string
}
