package connector

import (
	"context"
	"time"
)

// Lane separates work on one Group that must not wait for each other.
type Lane string

// The lanes: making the channel agree with the Record, posting its cards, telling
// people what they should know of it, reading the channel for its age alone, and
// finding the Groups that a principal concerns.
const (
	LaneGroup    Lane = "group"
	LaneCards    Lane = "cards"
	LaneTellings Lane = "tellings"
	LaneDrift    Lane = "drift"
	// LanePrincipals is no Group's: its keys name a principal that changed
	// (PrincipalKey.Job), and a run queues the Groups that use it.
	LanePrincipals Lane = "principals"
)

// JobKey names keyed work: at most one entry waits and at most one run is on
// for a key, over all replicas.
type JobKey struct {
	Lane  Lane    `json:"lane"`
	Group GroupID `json:"group"`
}

// Job asks for a run of a key.
type Job struct {
	Key JobKey
	// Delay spreads or debounces; a later Add with a smaller one promotes it.
	Delay time.Duration
	// Urgent: a person waits; goes before the rest, also after a wait or retry.
	Urgent bool
	// Tags name who waits for the run, by ids of Sweeps, and what queued it, by
	// QueuedBy. They are merged, as MergeTags does, and handed to it.
	Tags []string
}

// Queue holds keyed work. An Add during a run causes another run after it;
// an Add during a backoff leaves the backoff as it is.
type Queue interface {
	Add(ctx context.Context, jobs ...Job) error
	// Take blocks until a job is due and leases it, or returns ctx's error. Urgent
	// jobs come first, and among those of one urgency the one that has been due the
	// longest; one that became urgent while it was due, or was due before its run
	// ended, has no certain place among them. An engine whose jobs lie at several
	// servers promises this order for the jobs of one Group.
	Take(ctx context.Context) (Lease, error)
	// Finish ends a run. ErrLeaseLost: the run no longer counted.
	Finish(ctx context.Context, lease Lease, end RunEnd) error
	// Depth reports what waits.
	Depth(ctx context.Context) (QueueDepth, error)
}

// Lease is one run of a key.
type Lease struct {
	Key JobKey
	// Attempt counts the runs since the last one that was done, from 1; runs
	// that ended in a wait do not count.
	Attempt int
	Urgent  bool
	Tags    []string
	// Token tells this lease from any other of the same key.
	Token string
	// Lost is closed when the lease is known not to count any more: somebody
	// else may run the key. Nil: the lease cannot be lost.
	Lost <-chan struct{} `json:"-"`
}

// Outcome is how a run ended.
type Outcome string

// Outcomes: done; again after a failure; again after a wait that is nobody's
// failure; never again.
const (
	RunDone  Outcome = "done"
	RunRetry Outcome = "retry"
	RunWait  Outcome = "wait"
	RunDead  Outcome = "dead"
)

// RunEnd says how a run ended.
type RunEnd struct {
	Outcome Outcome
	// After is how long to wait for retry and wait.
	After time.Duration
	// Told: whoever the lease's tags name was told how it ended; a retry or
	// wait does not hand them on again. What queued the run (QueuedBy) it hands on
	// all the same, for the run that follows does what this one did not.
	Told bool
	// Dead is stored with RunDead.
	Dead *DeadLetter
}

// QueueDepth is what waits in a Queue.
type QueueDepth struct {
	// Waiting counts keys that are due or delayed, Running those leased.
	Waiting, Running int
	// Oldest is when the longest-due key became due; zero when none is due.
	Oldest time.Time
}

// DeadLetter is work that was given up. It carries what is needed to try again.
type DeadLetter struct {
	ID       string     `json:"id"`
	At       time.Time  `json:"at"`
	Group    GroupID    `json:"group"`
	Record   RecordKey  `json:"record"`
	Platform PlatformID `json:"platform"`
	// What was given up: "card" or "group".
	What     string `json:"what"`
	Reason   string `json:"reason"`
	Attempts int    `json:"attempts"`
	// Notice is what a card was to be made of.
	Notice *Notice `json:"notice,omitempty"`
}

// DeadLetters keeps what was given up.
type DeadLetters interface {
	// ListDead returns a page, oldest first; an empty next ends it.
	ListDead(ctx context.Context, cursor string, limit int) (letters []DeadLetter, next string, err error)
	// Replay queues the work again, by CauseReplay, and drops the letter, in one
	// step. A Group whose creation failed is creating again.
	Replay(ctx context.Context, id string) error
	// Drop forgets it. Both return ErrNotFound.
	Drop(ctx context.Context, id string) error
}
