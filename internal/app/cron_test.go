package app

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/robfig/cron/v3"

	"roomkeeper/adapters/bolt"
	"roomkeeper/config"
	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

// lister is a CRM that counts how it is listed.
type lister struct {
	full, since, failed atomic.Int32
	// fail fails each listing; stuck makes it last until it is cancelled.
	fail, stuck atomic.Bool
	// block is closed when a listing has begun, which then lasts until it is cancelled.
	block chan struct{}
	// waits are what the next calls are answered with.
	waits []time.Duration
}

func (l *lister) Page(ctx context.Context, _ connector.Kind, since time.Time, _ string) (connector.ChangesPage, error) {
	if l.block != nil {
		close(l.block)
		<-ctx.Done()
		return connector.ChangesPage{}, ctx.Err()
	}
	if l.stuck.Load() {
		<-ctx.Done()
		return connector.ChangesPage{}, ctx.Err()
	}
	if len(l.waits) > 0 {
		wait := &connector.WaitError{After: l.waits[0], What: "crm"}
		l.waits = l.waits[1:]
		return connector.ChangesPage{}, wait
	}
	if l.fail.Load() {
		l.failed.Add(1)
		return connector.ChangesPage{}, connector.ErrTemporary
	}
	if since.IsZero() {
		l.full.Add(1)
	} else {
		l.since.Add(1)
	}
	return connector.ChangesPage{}, nil
}

func (l *lister) UsersByID(context.Context, []connector.UserID) (map[connector.UserID]connector.User, error) {
	return nil, nil
}

// ticking is a resync over a real store whose clock the test moves.
type ticking struct {
	*resync
	lists *lister
	made  madeDays
	now   atomic.Pointer[time.Time]
}

func newTicking(t *testing.T) *ticking {
	t.Helper()
	w := &ticking{lists: &lister{}}
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	w.now.Store(&start)
	clock := func() time.Time { return *w.now.Load() }
	engine, err := bolt.Open(filepath.Join(connectortest.StoreDir(t), "db"), bolt.Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	log := slog.New(slog.DiscardHandler)
	c := config.Sweep{
		Incremental: config.Schedule{Schedule: cron.Every(15 * time.Minute)},
		Full:        config.Schedule{Schedule: cron.Every(24 * time.Hour)},
	}
	w.resync = newResync(engine.Ports(), c, clock, log)
	w.days, w.daily = newDays(time.UTC), &w.made
	w.sweeper = &reconcile.Sweeper{
		Engine: engine.Ports(), CRM: connector.CRM{Changes: w.lists, Users: w.lists},
		Policies: connector.Policies{{Kind: connector.KindAccount}}, Platforms: []connector.PlatformID{"slack"},
		Clock: clock, Logger: log, Nudge: w.nudge, Due: w.due,
	}
	w.drift = &reconcile.Drift{Engine: engine.Ports(), MaxAge: 24 * time.Hour, Clock: clock, Logger: log}
	w.work, w.cancel = context.WithCancel(t.Context())
	return w
}

func (w *ticking) after(d time.Duration) {
	later := w.now.Load().Add(d)
	w.now.Store(&later)
}

func (w *ticking) expect(t *testing.T, what string, full, since int32) {
	t.Helper()
	if f, s := w.lists.full.Swap(0), w.lists.since.Swap(0); f != full || s != since {
		t.Errorf("%s: %d whole lists and %d since the last, want %d and %d", what, f, s, full, since)
	}
}

func TestCatchUpAfterDowntime(t *testing.T) {
	w := newTicking(t)
	w.catchUp()
	w.expect(t, "the first start has nothing to catch up with", 0, 0)

	w.sweep(true)
	w.expect(t, "a full sweep", 1, 0)

	w.after(10 * time.Minute)
	w.catchUp()
	w.expect(t, "no tick was missed", 0, 0)

	w.after(10 * time.Minute)
	w.catchUp()
	w.expect(t, "an incremental tick was missed", 0, 1)

	w.after(30 * time.Hour)
	w.catchUp()
	w.expect(t, "a full tick was missed: one sweep for both", 1, 0)
	w.catchUp()
	w.expect(t, "caught up", 0, 0)
}

func TestFailedSweepLooksBackAsFar(t *testing.T) {
	w := newTicking(t)
	w.sweep(true)
	before, err := w.sweeper.LastStarted(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	w.lists.fail.Store(true)
	w.after(time.Hour)
	w.sweep(false)
	after, err := w.sweeper.LastStarted(t.Context(), false)
	if err != nil || !after.Equal(before) {
		t.Errorf("after a failed sweep the last one began %v (%v), want %v", after, err, before)
	}
}

// A CRM that asks to wait is listed further after that, unless it asks for more
// than half an hour in all.
func TestSweepWaits(t *testing.T) {
	w := newTicking(t)
	w.lists.waits = []time.Duration{time.Millisecond, time.Millisecond}
	w.sweep(true)
	w.expect(t, "after two short waits", 1, 0)

	w.after(time.Hour)
	w.lists.waits = []time.Duration{time.Millisecond, waitWithin}
	sweep, err := w.sweeper.Begin(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	var wait *connector.WaitError
	if err := w.carry(sweep); !errors.As(err, &wait) {
		t.Errorf("error %v, want the wait", err)
	}
	w.failed(t, sweep.ID)
	w.expect(t, "after too long a wait", 0, 0)
}

func TestRequestedSweepSurvivesFailureAndRestart(t *testing.T) {
	w := newTicking(t)
	w.lists.fail.Store(true)
	if err := w.sweeper.Request(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.sweep(true)
	if request, err := w.sweeper.Requested(t.Context()); err != nil || request == "" {
		t.Errorf("after a failed sweep the request is %q (%v), want it to stand", request, err)
	}
	w.lists.fail.Store(false)
	w.after(time.Second)
	w.sweep(true)
	if request, err := w.sweeper.Requested(t.Context()); err != nil || request != "" {
		t.Errorf("after the sweep the request is %q (%v), want none", request, err)
	}
}

// stuck is a lane whose runs end only when they are cancelled.
type stuck struct{ began chan struct{} }

func (s stuck) Run(ctx context.Context, _ connector.Lease) connector.RunEnd {
	close(s.began)
	<-ctx.Done()
	return connector.RunEnd{Outcome: connector.RunRetry}
}

func TestWorkersStop(t *testing.T) {
	engine, err := bolt.Open(filepath.Join(connectortest.StoreDir(t), "db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	lane := stuck{began: make(chan struct{})}
	w := workers{
		queue: engine.Ports().Queue, lanes: map[connector.Lane]runner{connector.LaneGroup: lane},
		told: func(context.Context, []string, bool) {}, log: slog.New(slog.DiscardHandler),
	}
	work, end := context.WithCancel(t.Context())
	w.start(work)
	job := connector.Job{Key: connector.JobKey{Lane: connector.LaneGroup, Group: "g"}}
	if err := engine.Ports().Queue.Add(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	<-lane.began
	impatient, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.stop(impatient); !errors.Is(err, context.Canceled) {
		t.Errorf("stop with a run under way: %v, want it to say that the run goes on", err)
	}
	end()
	if err := w.stop(t.Context()); err != nil {
		t.Errorf("stop after cancelling the run: %v", err)
	}
}

func TestInterruptedSweepEnds(t *testing.T) {
	w := newTicking(t)
	waiting, err := w.sweeper.Begin(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	w.after(time.Second)
	interrupted, err := w.sweeper.Begin(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	w.lists.block = make(chan struct{})
	killed, kill := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = w.sweeper.Carry(killed, interrupted, func(time.Duration) bool { return false })
	}()
	<-w.lists.block
	// What a killed process leaves behind: a Sweep that says it is listing.
	if err := w.sweeper.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
	kill()
	<-done
	for _, id := range []string{interrupted.ID, waiting.ID} {
		w.failed(t, id)
	}
}

func (w *ticking) failed(t *testing.T, id string) {
	t.Helper()
	got, err := w.sweeper.Engine.Sweeps.Sweep(t.Context(), id)
	if err != nil || got.State != connector.SweepFailed || got.Error == "" || got.EndedAt.IsZero() {
		t.Errorf("the sweep is %+v (%v), want failed with a reason", got, err)
	}
}

// A Sweep whose turn comes when the service is stopping ends too.
func TestSweepThatCannotBegin(t *testing.T) {
	w := newTicking(t)
	w.one.Lock()
	sweep, err := w.Start(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	w.cancel()
	w.one.Unlock()
	w.group.Wait()
	w.failed(t, sweep.ID)
}

// pruning is a Keeper that tells when it prunes, and how long it keeps.
type pruning struct {
	connector.Keeper
	keep chan time.Duration
}

func (p pruning) Prune(_ context.Context, _ time.Time, keep, _ time.Duration) error {
	p.keep <- keep
	return nil
}

func TestStartPrunes(t *testing.T) {
	w := newTicking(t)
	keeper := pruning{keep: make(chan time.Duration)}
	w.keeper, w.config.LedgerRetention = keeper, time.Hour
	w.start()
	if got := <-keeper.keep; got != time.Hour {
		t.Errorf("kept for %s", got)
	}
	w.stop()
}
