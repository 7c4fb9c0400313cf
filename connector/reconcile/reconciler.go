package reconcile

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"roomkeeper/connector"
)

// Options are what a Reconciler works with. All are required.
type Options struct {
	Engine    connector.Engine
	CRM       connector.CRM
	Platforms map[connector.PlatformID]connector.ChatPlatform
	Policies  connector.Policies
	Resolver  *Resolver
	Details   Details
	Recovery  *Recoverer
	// Setup is the configuration that decides who should be in (SetupOf).
	Setup string
	// DriftMaxAge is the age at which a channel is read again whole.
	DriftMaxAge time.Duration
	// Observe is told how each run ended.
	Observe func(outcome connector.Outcome, reason connector.Reason)
	Clock   func() time.Time
	Logger  *slog.Logger
}

// Details keeps the pinned card of a Group fresh. It returns the card's new
// standing, also beside an error when part of it was done. A standing with a
// message and without a digest is to be stored, and Refresh called again.
type Details interface {
	Refresh(ctx context.Context, g connector.Group, record connector.Record) (connector.DetailsCard, error)
}

// Reconciler makes one channel agree with one Record.
type Reconciler struct {
	Options
	gates gates
	// tying lets adoptions tie their channels one after the other: of two that begin
	// at once neither finds the other's claim before it is done with.
	tying sync.Mutex
}

// New makes a Reconciler.
func New(o Options) *Reconciler { return &Reconciler{Options: o} }

// Run reconciles the Group of a lease and says what the queue should do next.
// It never waits and may be stopped at any point: running again picks up.
func (r *Reconciler) Run(ctx context.Context, lease connector.Lease) connector.RunEnd {
	sweeps := sweepsOf(lease)
	g, err := r.reconcile(ctx, lease, sweeps)
	end := r.endOf(lease, g, err)
	if end.Told && end.Outcome == connector.RunRetry && len(sweeps) > 0 {
		if owed := r.owe(ctx, lease.Key.Group, sweeps[0]); owed != nil {
			end.Told = false
			err = errors.Join(err, owed)
		}
	}
	r.Observe(end.Outcome, connector.ReasonOf(err))
	// That channels are held by recover was said once, when it was found out.
	_, held := errors.AsType[*connector.RecoverError](err)
	if told := held || errors.Is(err, errRefused); err != nil && end.Outcome != connector.RunWait && !told {
		r.Logger.WarnContext(ctx, "reconcile", "group", lease.Key.Group, "attempt", lease.Attempt, "outcome", end.Outcome, "after", end.After, "error", err)
	}
	return end
}

// giveUpAfter is how often a run may fail in a way that does not pass by
// itself before it is laid aside as a dead letter.
const giveUpAfter = 12

// endOf turns the outcome of a run into the queue's terms.
func (r *Reconciler) endOf(lease connector.Lease, g connector.Group, err error) connector.RunEnd {
	var wait *connector.WaitError
	var held *connector.RecoverError
	switch {
	case err == nil, errors.Is(err, errRefused):
		return connector.RunEnd{Outcome: connector.RunDone, Told: true}
	case errors.As(err, &wait):
		return connector.RunEnd{Outcome: connector.RunWait, After: wait.After}
	case errors.As(err, &held):
		return connector.RunEnd{Outcome: connector.RunRetry, After: min(Backoff(lease.Attempt), heldPause), Told: true}
	case errors.Is(err, connector.ErrConflict):
		return connector.RunEnd{Outcome: connector.RunWait, After: conflictPause}
	case lease.Attempt >= giveUpAfter && !connector.ReasonOf(err).Passing():
		return connector.RunEnd{Outcome: connector.RunDead, Told: true, Dead: &connector.DeadLetter{
			ID: "run-" + string(lease.Key.Group), At: r.Clock(), Group: lease.Key.Group,
			Record: g.Record, Platform: g.Platform, What: "group", Reason: err.Error(), Attempts: lease.Attempt,
		}}
	}
	return connector.RunEnd{Outcome: connector.RunRetry, After: Backoff(lease.Attempt), Told: true}
}

// conflictPause lets whoever saved the Group meanwhile finish.
const conflictPause = 50 * time.Millisecond

// heldPause is the longest that a Group waits for its channel once channels
// may be made again.
const heldPause = 30 * time.Second

// Backoff is how long to wait after the n-th failure in a row, from 1: it
// doubles from one second to five minutes, less up to a fifth at random so
// that what failed together does not come back together.
func Backoff(n int) time.Duration {
	d := 5 * time.Minute
	if n < 9 {
		d = time.Second << max(n-1, 0)
	}
	return d - rand.N(d/5)
}
