package app

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/robfig/cron/v3"

	"roomkeeper/adapters/bolt"
	"roomkeeper/config"
	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

// crew is several replicas over one engine, in a bubble whose clock stands at
// midnight.
type crew struct {
	*testing.T
	engine connector.Engine
}

// replicate runs a test with a shared engine in which one full Sweep was done.
func replicate(t *testing.T, test func(crew)) {
	synctest.Test(t, func(t *testing.T) {
		engine, err := bolt.Open(filepath.Join(connectortest.StoreDir(t), "db"), bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := engine.Close(); err != nil {
				t.Error(err)
			}
		})
		c := crew{T: t, engine: engine.Ports()}
		c.engine.Shared = true
		c.replica("before").sweep(true)
		c.pass(time.Second)
		test(c)
	})
}

// pass lets time go by.
func (c crew) pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// member is one replica.
type member struct {
	*resync
	lists *lister
	// gone: killed, so that nothing it does reaches the engine.
	gone atomic.Bool
	// prunes counts.
	prunes atomic.Int32
	log    strings.Builder
}

// replica makes one; what was started is stopped with the test.
func (c crew) replica(name string) *member {
	c.Helper()
	m := &member{lists: &lister{}}
	e := c.engine
	e.Sweeps, e.Marks, e.Claims = mortalSweeps{e.Sweeps, m}, mortalMarks{e.Marks, m}, mortalClaims{e.Claims, m}
	e.Keeper = counting{e.Keeper, m}
	log := slog.New(slog.NewTextHandler(&m.log, nil))
	m.resync = newResync(e, config.Sweep{
		Incremental: config.Schedule{Schedule: fields(c.T, "*/15 * * * *")},
		Full:        config.Schedule{Schedule: fields(c.T, "0 3 * * *")},
	}, time.Now, log)
	m.days, m.daily = newDays(time.UTC), &madeDays{last: "9999-12-31"}
	m.sweeper = &reconcile.Sweeper{
		Engine: e, CRM: connector.CRM{Changes: m.lists, Users: m.lists},
		Policies: connector.Policies{{Kind: connector.KindAccount}}, Platforms: []connector.PlatformID{"slack"},
		Replica: name, Clock: time.Now, Logger: log, Nudge: m.nudge, Due: m.due,
	}
	m.setups = &reconcile.Setups{Sweeper: m.sweeper}
	m.drift = &reconcile.Drift{Engine: e, MaxAge: 24 * time.Hour, Clock: time.Now, Logger: log}
	c.Cleanup(func() {
		if m.cron != nil && m.work.Err() == nil {
			m.stop()
		}
	})
	return m
}

// started is a replica that runs.
func (c crew) started(name string) *member {
	c.Helper()
	m := c.replica(name)
	m.endInterrupted()
	m.start()
	return m
}

func (c crew) two() (a, b *member) {
	c.Helper()
	return c.started("a"), c.started("b")
}

// kill ends a replica as a power cut would.
func (m *member) kill() {
	m.gone.Store(true)
	m.stop()
}

// listed is how often replicas listed everything, and what changed, since the last time.
func (c crew) listed(what string, full, since int32, members ...*member) {
	c.Helper()
	var f, s int32
	for _, m := range members {
		f, s = f+m.lists.full.Swap(0), s+m.lists.since.Swap(0)
	}
	if f != full || s != since {
		c.Errorf("%s: %d whole lists and %d since the last, want %d and %d", what, f, s, full, since)
	}
}

// listing is how many Sweeps list.
func (c crew) listing() int {
	c.Helper()
	sweeps, err := c.engine.Sweeps.OpenSweeps(c.Context())
	if err != nil {
		c.Fatal(err)
	}
	return len(sweeps)
}

func fields(t *testing.T, text string) cron.Schedule {
	t.Helper()
	s, err := cron.ParseStandard("CRON_TZ=UTC " + text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var errKilled = errors.New("killed")

type (
	mortalSweeps struct {
		connector.Sweeps
		m *member
	}
	mortalMarks struct {
		connector.Marks
		m *member
	}
	mortalClaims struct {
		connector.Claims
		m *member
	}
	counting struct {
		connector.Keeper
		m *member
	}
)

func (p mortalSweeps) UpdateSweep(ctx context.Context, id string, change func(*connector.Sweep)) (connector.Sweep, error) {
	if p.m.gone.Load() {
		return connector.Sweep{}, errKilled
	}
	return p.Sweeps.UpdateSweep(ctx, id, change)
}

func (p mortalMarks) SetMark(ctx context.Context, name, value string) error {
	if p.m.gone.Load() {
		return errKilled
	}
	return p.Marks.SetMark(ctx, name, value)
}

func (p mortalClaims) Claim(ctx context.Context, name string, keep time.Duration) (bool, error) {
	if p.m.gone.Load() {
		return false, errKilled
	}
	return p.Claims.Claim(ctx, name, keep)
}

func (p counting) Prune(ctx context.Context, now time.Time, keep, keepDead time.Duration) error {
	p.m.prunes.Add(1)
	return p.Keeper.Prune(ctx, now, keep, keepDead)
}

func TestEachTickOnce(t *testing.T) {
	replicate(t, func(c crew) {
		a, b := c.two()
		c.pass(24 * time.Hour)
		c.listed("a day of both", 1, 96, a, b)
		if n := a.prunes.Load() + b.prunes.Load(); n != 25 {
			c.Errorf("pruned %d times, want at the start and every hour", n)
		}
		a.stop()
		c.pass(24 * time.Hour)
		c.listed("a day of one", 1, 96, a, b)
	})
}

func TestReplicasThatStartTogetherCatchUpOnce(t *testing.T) {
	for _, c := range []struct {
		name        string
		down        time.Duration
		full, since int32
	}{
		{"no tick missed", 10 * time.Minute, 0, 0},
		{"incremental ticks missed", 2*time.Hour + time.Minute, 0, 1},
		{"all missed", 4*time.Hour + time.Minute, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			replicate(t, func(w crew) {
				w.pass(c.down)
				x, y := w.two()
				w.pass(3 * time.Minute)
				w.listed("after the start", c.full, c.since, x, y)
			})
		})
	}
}

// until lets time go by up to a time of the bubble's first day.
func (c crew) until(hour, minute, second int) {
	c.pass(time.Until(time.Date(2000, 1, 1, hour, minute, second, 0, time.UTC)))
}

// night makes two replicas of which the first is in the middle of the nightly
// Sweep, at one second past three.
func (c crew) night() (sweeping, idle *member) {
	c.Helper()
	sweeping = c.started("a")
	c.until(2, 59, 0)
	sweeping.lists.stuck.Store(true)
	c.until(3, 0, 1)
	if n := c.listing(); n != 2 { // the incremental Sweep of the same minute waits, or goes first
		c.Fatalf("%d sweeps at three", n)
	}
	idle = c.started("b")
	c.listed("before three", 0, 11, sweeping, idle)
	return sweeping, idle
}

func TestKilledReplicaCostsNoNight(t *testing.T) {
	replicate(t, func(c crew) {
		a, b := c.night()
		a.kill()
		c.until(3, 2, 15)
		if n := c.listing(); n != 0 {
			c.Errorf("%d sweeps of the killed replica still list", n)
		}
		c.listed("after the kill", 1, 0, b)
		c.until(3, 14, 0)
		c.listed("caught up", 0, 0, b)
	})
}

// A replica that stops hands its nightly Sweep on.
func TestStoppedReplicaCostsNoNight(t *testing.T) {
	replicate(t, func(c crew) {
		a, b := c.night()
		a.stop()
		c.until(3, 1, 5)
		c.listed("after the stop", 1, 0, b)
		c.until(3, 14, 0)
		c.listed("caught up", 0, 0, b)
	})
}

// A process that starts again at once, beside nobody, goes on with the night.
func TestRestartedAloneCostsNoNight(t *testing.T) {
	for name, end := range map[string]func(*member){"killed": (*member).kill, "stopped": func(m *member) { m.stop() }} {
		t.Run(name, func(t *testing.T) {
			replicate(t, func(c crew) {
				c.engine.Shared = false
				a := c.started("a")
				c.until(2, 59, 0)
				a.lists.stuck.Store(true)
				c.until(3, 0, 1)
				end(a)
				a = c.started("a again")
				c.pass(0)
				c.listed("at the start", 1, 0, a)
			})
		})
	}
}

// A Sweep that takes long, and one that waits for its turn, are left alone.
func TestLongSweepIsNotTakenOver(t *testing.T) {
	replicate(t, func(c crew) {
		a := c.replica("a")
		a.lists.waits = []time.Duration{14 * time.Minute, 14 * time.Minute}
		b := c.started("b")
		c.until(2, 59, 0)
		c.listed("before three", 0, 11, b)
		b.stop()
		a.start()
		c.until(3, 0, 1)
		b = c.started("b again")
		c.until(3, 14, 0)
		if n := c.listing(); n != 2 {
			c.Errorf("%d sweeps list, want the nightly one and the incremental one", n)
		}
		c.listed("while it waits", 0, 0, a, b)
		c.until(3, 29, 0)
		c.listed("after it waited", 1, 2, a, b) // also the tick of a quarter past
	})
}

func TestRequestIsCarriedOutOnce(t *testing.T) {
	replicate(t, func(c crew) {
		a, b := c.two()
		c.pass(90 * time.Second)
		c.request(a)
		c.pass(0)
		c.listed("at once", 1, 0, a, b)
		c.pass(5 * time.Minute)
		c.listed("not again", 0, 0, a, b)

		for _, m := range []*member{a, b} {
			m.lists.waits = []time.Duration{5 * time.Minute}
		}
		c.request(a)
		c.pass(time.Second)
		c.request(b)
		c.pass(4 * time.Minute)
		if n := c.listing(); n != 1 {
			c.Errorf("%d sweeps list for two requests", n)
		}
		c.pass(time.Minute + time.Second)
		c.listed("one that began before the second request, and one for it", 2, 0, a, b)
		c.pass(2 * time.Minute)
		c.listed("not again", 0, 0, a, b)
	})
}

func (c crew) request(m *member) {
	c.Helper()
	if err := m.sweeper.Request(c.Context()); err != nil {
		c.Fatal(err)
	}
}

// A requested Sweep that fails is tried again every minute, by one of them.
func TestRequestThatFails(t *testing.T) {
	replicate(t, func(c crew) {
		a, b := c.two()
		c.pass(20 * time.Second)
		b.nudge() // from now on they look at different moments
		c.pass(20 * time.Second)
		tried := func() int32 { return a.lists.failed.Load() + b.lists.failed.Load() }
		a.lists.fail.Store(true)
		b.lists.fail.Store(true)
		c.request(a)
		c.pass(10*time.Minute + time.Second)
		if n := tried(); n < 6 || n > 11 {
			c.Errorf("tried %d times in ten minutes", n)
		}
		a.lists.fail.Store(false)
		b.lists.fail.Store(false)
		c.pass(2 * time.Minute)
		c.listed("once it works", 1, 0, a, b)
	})
}

// The store does not answer when the tick comes: it is made up for, once.
func TestTickWhileTheStoreIsAway(t *testing.T) {
	replicate(t, func(c crew) {
		a, b := c.two()
		c.until(2, 59, 0)
		c.listed("before three", 0, 11, a, b)
		a.gone.Store(true)
		b.gone.Store(true)
		c.until(3, 10, 0)
		c.listed("while it is away", 0, 0, a, b)
		a.gone.Store(false)
		b.gone.Store(false)
		c.until(3, 11, 5)
		c.listed("once it answers", 1, 0, a, b)
		c.until(3, 14, 0)
		c.listed("not again", 0, 0, a, b)
		a.stop()
		if n := strings.Count(a.log.String(), "does not answer"); n != 1 {
			c.Errorf("said %d times: %s", n, a.log.String())
		}
	})
}

// A tick that was claimed by a replica that did not even begin is not lost.
func TestClaimedTickThatWasNotBegun(t *testing.T) {
	replicate(t, func(c crew) {
		given, err := c.engine.Claims.Claim(c.Context(), "cron/full/2000-01-01T03:00:00Z", 3*time.Hour+tickKept)
		if !given || err != nil {
			c.Fatalf("claim: %t, %v", given, err)
		}
		a, b := c.two()
		c.until(3, 59, 0)
		c.listed("before", 0, 15, a, b)
		c.until(4, 2, 0)
		c.listed("after the claim was forgotten", 1, 1, a, b)
		c.until(4, 14, 0)
		c.listed("not again", 0, 0, a, b)
	})
}

// A long nightly Sweep outlives the claim of its tick and is not begun twice.
func TestSweepLongerThanItsClaim(t *testing.T) {
	replicate(t, func(c crew) {
		a, b := c.night()
		c.until(4, 20, 0)
		for _, m := range []*member{a, b} {
			if n := m.lists.full.Load(); n != 0 {
				c.Errorf("%d whole lists beside the one under way", n)
			}
		}
	})
}

// faulty is a CRM whose first list is our defect.
type faulty struct {
	*lister
	broke atomic.Bool
}

func (f *faulty) Page(ctx context.Context, kind connector.Kind, since time.Time, cursor string) (connector.ChangesPage, error) {
	if !f.broke.Swap(true) {
		panic("a defect")
	}
	return f.lister.Page(ctx, kind, since, cursor)
}

// A job that panics ends neither the service nor its later ticks.
func TestTickThatPanics(t *testing.T) {
	replicate(t, func(c crew) {
		a := c.replica("a")
		a.sweeper.CRM.Changes = &faulty{lister: a.lists}
		a.start()
		c.until(0, 16, 0)
		c.listed("the first tick", 0, 0, a)
		if n := c.listing(); n != 0 {
			c.Errorf("%d sweeps list", n)
		}
		c.until(0, 46, 0)
		c.listed("the next ones", 0, 2, a)
		a.stop()
		if !strings.Contains(a.log.String(), "a defect") {
			c.Errorf("not logged: %s", a.log.String())
		}
	})
}

// A start with another configuration than the last one makes a full Sweep, once.
func TestStartWithAnotherConfiguration(t *testing.T) {
	replicate(t, func(c crew) {
		if err := c.engine.Marks.SetMark(c.Context(), "sweep/setup", "another"); err != nil {
			c.Fatal(err)
		}
		a := c.started("a")
		c.pass(0)
		c.listed("at the start", 1, 0, a)
		a.stop()
		a = c.started("a again")
		c.pass(time.Minute)
		c.listed("at the next start", 0, 0, a)
	})
}
