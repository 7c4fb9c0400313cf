package connector

import (
	"context"
	"time"
)

// Limiter shares out a platform's rates. It never sleeps: it says how long to
// wait, and lets those that matter more go first when they are back.
type Limiter interface {
	// Allow takes one call out of a bucket (wait 0), or says how long until
	// there may be one and takes nothing.
	//
	// A refused call leaves a claim of its priority on the bucket, which stands
	// until that call's wait and ClaimGrace are over. While a claim of a higher
	// priority stands, a call is refused even if the bucket could give one.
	//
	// The wait is the time until the bucket is open and could give one call,
	// and one interval of the rate (Period divided by Count) for each higher
	// priority whose claim stands.
	//
	// There is one claim for each priority, not one for each caller: a refused
	// call replaces it, a call that is taken takes it away, and whoever else
	// waits at that priority makes a new one by asking again. A claimant that
	// never comes back is in nobody's way for longer than ClaimGrace after its
	// wait.
	//
	// A bucket follows the rate of the latest call; a Burst below 1 counts as 1.
	// Times may be rounded up to whole microseconds. ErrInvalid: no such rate or
	// priority.
	Allow(ctx context.Context, bucket string, rate Rate, p Priority) (wait time.Duration, err error)
	// Pause closes a bucket; a longer pause that is on stays.
	Pause(ctx context.Context, bucket string, d time.Duration) error
}

// Rate is Count calls in Period, at most Burst of them at once.
type Rate struct {
	Count  int
	Period time.Duration
	Burst  int
}

// Half is half of the rate, with half of the burst.
func (r Rate) Half() Rate {
	return Rate{Count: r.Count, Period: 2 * r.Period, Burst: max(1, r.Burst/2)}
}

// Interval is the time between two calls of the rate; 0 for the zero Rate.
func (r Rate) Interval() time.Duration {
	if r.Count <= 0 {
		return 0
	}
	return r.Period / time.Duration(r.Count)
}

// ClaimGrace is how much later than it was told a call may be back and still
// go first: the queue hands the run out again, and the run reads its Record
// again before it comes to the call.
const ClaimGrace = 2 * time.Second

// Priority orders the calls that wait for one bucket; the higher one goes first.
type Priority int

// Priorities of the calls that nobody waits for.
const (
	PriorityCard Priority = iota
	PriorityOther
	PriorityAddition
	PriorityRemoval
)

// PriorityDrift is that of readings made for their age alone: the lowest.
const PriorityDrift = PriorityCard

// Priorities is how many there are: 0 to Priorities-1.
const Priorities = 8

// Urgent is the priority of the same call when a person waits for it: it goes
// before every call that nobody waits for.
func (p Priority) Urgent() Priority {
	if p > PriorityRemoval {
		return p
	}
	return p + Priorities/2
}

type urgentKey struct{}

// WithUrgent returns a context for work that a person waits for. Adapters give
// its calls the Urgent priority.
func WithUrgent(ctx context.Context) context.Context {
	return context.WithValue(ctx, urgentKey{}, true)
}

// Urgent reports whether a person waits for what is done with ctx.
func Urgent(ctx context.Context) bool {
	urgent, _ := ctx.Value(urgentKey{}).(bool)
	return urgent
}

type driftKey struct{}

// WithDrift returns a context for the reading of a channel that nobody said has
// changed. Adapters take its calls out of half of their rate as well (Rate.Half),
// at PriorityDrift, so that the other half is always left to everything else.
func WithDrift(ctx context.Context) context.Context {
	return context.WithValue(ctx, driftKey{}, true)
}

// Drift reports whether what is done with ctx is done for its age alone.
func Drift(ctx context.Context) bool {
	drift, _ := ctx.Value(driftKey{}).(bool)
	return drift
}
