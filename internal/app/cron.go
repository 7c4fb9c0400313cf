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

// resync runs the Sweeps: by schedule, after downtime, and on request. One
// Sweep runs at a time.
type resync struct {
	sweeper *reconcile.Sweeper
	keeper  connector.Keeper
	config  config.Sweep
	clock   func() time.Time
	log     *slog.Logger

	one    sync.Mutex
	nudges chan struct{}
	cron   *cron.Cron
	work   context.Context
	cancel context.CancelFunc
	group  sync.WaitGroup
}

// deadLetterRetention is how long dead letters are kept (product.md section 9).
const deadLetterRetention = 60 * 24 * time.Hour

// wantedEvery is how often a requested Sweep is tried while it fails.
const wantedEvery = time.Minute

// waitWithin is how long one Sweep may wait for a CRM that asks to be left
// alone, all in all.
const waitWithin = 30 * time.Minute

// newResync makes a resync that does nothing until start; its sweeper is set
// before that.
func newResync(engine connector.Engine, c config.Sweep, clock func() time.Time, log *slog.Logger) *resync {
	r := &resync{keeper: engine.Keeper, config: c, clock: clock, log: log, nudges: make(chan struct{}, 1)}
	// From now on, because a Sweep can be asked for as soon as anybody listens.
	r.work, r.cancel = context.WithCancel(context.Background())
	return r
}

// nudge tells that a Sweep was requested; it never blocks.
func (r *resync) nudge() {
	select {
	case r.nudges <- struct{}{}:
	default:
	}
}

// endInterrupted ends the Sweeps that an earlier process left. It comes before
// anybody can ask for a new one.
func (r *resync) endInterrupted() {
	if err := r.sweeper.Recover(r.work); err != nil {
		r.log.WarnContext(r.work, "end interrupted sweeps", "error", err)
	}
}

func (r *resync) start() {
	r.cron = cron.New(cron.WithChain(cron.SkipIfStillRunning(cron.DiscardLogger)))
	r.cron.Schedule(r.config.Incremental, cron.FuncJob(func() { r.sweep(false) }))
	r.cron.Schedule(r.config.Full, cron.FuncJob(func() { r.sweep(true) }))
	r.cron.Schedule(cron.Every(time.Hour), cron.FuncJob(r.prune))
	r.cron.Start()
	r.group.Go(r.prune)
	r.group.Go(r.catchUp)
	r.group.Go(r.wanted)
}

func (r *resync) stop() {
	running := r.cron.Stop()
	r.cancel() // a Sweep under way may take long; the next one looks back as far
	<-running.Done()
	r.group.Wait()
}

// catchUp makes up for ticks that fell into a downtime: the full Sweep when
// one was missed, else the incremental one.
func (r *resync) catchUp() {
	if missed, err := r.missed(true, r.config.Full); err != nil || missed {
		if err == nil {
			r.sweep(true)
		}
		return
	}
	if missed, err := r.missed(false, r.config.Incremental); err == nil && missed {
		r.sweep(false)
	}
}

// missed reports whether a tick came between the last Sweep and now. Before
// the first one there is nothing to catch up with.
func (r *resync) missed(full bool, schedule cron.Schedule) (bool, error) {
	last, err := r.sweeper.LastStarted(r.work, full)
	if err != nil {
		r.log.ErrorContext(r.work, "catch up", "error", err)
		return false, err
	}
	return !last.IsZero() && schedule.Next(last).Before(r.clock()), nil
}

// wanted carries out Sweeps that were requested by events.
func (r *resync) wanted() {
	for {
		if wanted, err := r.sweeper.Wanted(r.work); err == nil && wanted {
			r.sweep(true)
		}
		select {
		case <-r.work.Done():
			return
		case <-r.nudges:
		case <-time.After(wantedEvery):
		}
	}
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

func (r *resync) carry(sweep connector.Sweep) error {
	r.one.Lock()
	defer r.one.Unlock()
	left := waitWithin
	return r.sweeper.Carry(r.work, sweep, func(d time.Duration) bool {
		left -= d
		return left >= 0 && pause(r.work, d)
	})
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
