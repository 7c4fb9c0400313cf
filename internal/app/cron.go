package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"roomkeeper/config"
	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// resync runs the Sweeps: by schedule, after downtime, and on request. It runs
// on every replica, and what each of them would do is done by the one that
// claims it. One Sweep at a time lists on a replica.
type resync struct {
	sweeper *reconcile.Sweeper
	setups  *reconcile.Setups
	daily   daily
	days    *daysIn
	drift   *reconcile.Drift
	keeper  connector.Keeper
	claims  connector.Claims
	config  config.Sweep
	clock   func() time.Time
	log     *slog.Logger

	one    turn
	nudges chan struct{}
	dues   chan struct{}
	cron   *cron.Cron
	work   context.Context
	cancel context.CancelFunc
	group  sync.WaitGroup
	// unanswered are the steps at which the store did not answer.
	unanswered sync.Map
}

// deadLetterRetention is how long dead letters are kept (product.md section 9).
const deadLetterRetention = 60 * 24 * time.Hour

// waitWithin is how long one Sweep may wait for a CRM that asks to be left
// alone, all in all.
const waitWithin = 30 * time.Minute

// newResync makes a resync that does nothing until start; its sweeper, setups,
// daily, days and drift are set before that.
func newResync(engine connector.Engine, c config.Sweep, clock func() time.Time, log *slog.Logger) *resync {
	r := &resync{
		keeper: engine.Keeper, claims: engine.Claims, config: c, clock: clock, log: log,
		one: make(turn, 1), nudges: make(chan struct{}, 1), dues: make(chan struct{}, 1),
	}
	// From now on, because a Sweep can be asked for as soon as anybody listens.
	r.work, r.cancel = context.WithCancel(context.Background())
	return r
}

// nudge tells that a Sweep was requested; it never blocks.
func (r *resync) nudge() { tap(r.nudges) }

// due tells that a Sweep may be judged; it never blocks.
func (r *resync) due() { tap(r.dues) }

func tap(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (r *resync) start() {
	// A panic is caught inside: whatever skips must see the end of the job.
	r.cron = cron.New(cron.WithChain(cron.SkipIfStillRunning(cron.DiscardLogger), cron.Recover(panics{r.log})))
	r.schedule(jobIncremental, r.config.Incremental)
	r.schedule(jobFull, r.config.Full)
	r.schedule(jobPrune, each(time.Hour))
	r.schedule(jobDrift, each(r.drift.Every()))
	r.schedule(jobDaily, r.days)
	r.cron.Start()
	for job, every := range map[string]time.Duration{jobPrune: time.Hour, jobDrift: r.drift.Every()} {
		r.group.Go(func() { r.tick(job, r.clock().Truncate(every)) })
	}
	r.group.Go(r.makeUp)
	r.group.Go(r.judge)
	if r.sweeper.Engine.Shared {
		r.group.Go(r.watch)
	}
}

func (r *resync) stop() {
	running := r.cron.Stop()
	r.cancel() // a Sweep under way may take long; the next one looks back as far
	<-running.Done()
	r.group.Wait()
}

func (r *resync) sweep(full bool) {
	sweep, err := r.sweeper.Begin(r.work, full)
	if err == nil {
		err = r.carry(sweep)
	}
	if err != nil && r.work.Err() == nil {
		r.log.WarnContext(r.work, "sweep", "full", full, "error", err)
	}
}

// carry carries a Sweep out when its turn comes.
func (r *resync) carry(sweep connector.Sweep) error {
	work, stop := r.sweeper.Attend(r.work, sweep)
	defer stop()
	defer r.nudge() // requests wait while a Sweep is under way
	r.one.Lock()
	defer r.one.Unlock()
	left := waitWithin
	return r.sweeper.Carry(work, sweep, func(d time.Duration) bool {
		left -= d
		return left >= 0 && pause(work, d)
	})
}

// Verdict is that of the Sweeps.
func (r *resync) Verdict(ctx context.Context, removals int) (connector.Verdict, int, error) {
	return r.sweeper.Verdict(ctx, removals)
}

// Start begins a Sweep that somebody asked for and returns before it is done.
// Whoever asks for a full one wants every Group looked at.
func (r *resync) Start(ctx context.Context, full bool) (sweep connector.Sweep, err error) {
	if full {
		sweep, err = r.sweeper.BeginEvery(ctx)
	} else {
		sweep, err = r.sweeper.Begin(ctx, false)
	}
	if err != nil {
		return sweep, err
	}
	r.group.Go(func() {
		if err := r.carry(sweep); err != nil && r.work.Err() == nil {
			r.log.WarnContext(r.work, "sweep", "id", sweep.ID, "error", err)
		}
	})
	return sweep, nil
}

func (r *resync) prune() {
	err := r.keeper.Prune(r.work, r.clock(), r.config.LedgerRetention, deadLetterRetention)
	if err != nil && r.work.Err() == nil {
		r.log.WarnContext(r.work, "prune", "error", err)
	}
}

// plan queues the readings of channels for their age. A platform may have it wait
// for half of the time until the next plan.
func (r *resync) plan() {
	left := r.drift.Every() / 2
	err := r.drift.Plan(r.work, func(d time.Duration) bool {
		left -= d
		return left >= 0 && pause(r.work, d)
	})
	if err != nil && r.work.Err() == nil {
		r.log.WarnContext(r.work, "drift", "error", err)
	}
}
