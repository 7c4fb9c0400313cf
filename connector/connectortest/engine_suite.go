// Package connectortest holds the conformance suites of the ports: what every
// adapter of a port must do, whichever vendor or store is behind it.
package connectortest

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"roomkeeper/connector"
)

// enginePatience is how long a test waits for what must happen; it only passes when
// something is broken.
const enginePatience = 60 * time.Second

// Reopenable is an engine under test.
type Reopenable struct {
	// Engine is empty, and nobody else uses it.
	Engine connector.Engine
	// Clock is where the engine reads the time.
	Clock *EngineClock
	// Reopen ends the engine and returns one that takes over its state: after
	// a Close, or, when abrupt, as if the process had been killed. Nil: the
	// engine's state cannot be taken over.
	Reopen func(abrupt bool) (connector.Engine, error)
	// Sharded: the jobs of different Groups may lie at different servers, so that
	// their order is promised for the jobs of one Group only.
	Sharded bool
	// End ends what the engine needs, once it is closed; nil: nothing is to do, or
	// the test's cleanup does it.
	End func()
}

// EngineClock is a clock that moves only when it is told to. It is safe for
// concurrent use.
type EngineClock struct {
	mu  sync.Mutex
	now time.Time
}

// NewEngineClock starts at a fixed time.
func NewEngineClock() *EngineClock {
	return &EngineClock{now: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}
}

// Now is the time on the clock.
func (c *EngineClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock forward.
func (c *EngineClock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// EngineSuite checks everything that the ports of an engine promise. open
// makes a new, empty engine for each test and ends it with the test.
func EngineSuite(t *testing.T, open func(t *testing.T) Reopenable) {
	EngineSuiteWithin(t, func(t *testing.T, test func(*testing.T)) { test(t) }, open)
}

// Around runs a test inside of something, such as a bubble of virtual time.
type Around func(t *testing.T, test func(*testing.T))

// EngineSuiteWithin is EngineSuite with each test inside of around.
func EngineSuiteWithin(t *testing.T, around Around, open func(t *testing.T) Reopenable) {
	for _, area := range []struct {
		name  string
		rules map[string]func(*engineTest)
	}{
		{"Groups", engineGroupRules()},
		{"Inbox", engineInboxRules()},
		{"Outbox", engineOutboxRules()},
		{"Ledger", engineLedgerRules()},
		{"Facts", engineFactRules()},
		{"People", enginePeopleRules()},
		{"Readings", engineReadingRules()},
		{"Subscriptions", engineSubscriptionRules()},
		{"Names", engineNameRules()},
		{"Answers", engineAnswerRules()},
		{"Marks", engineMarkRules()},
		{"Sweeps", engineSweepRules()},
		{"Judgement", engineJudgeRules()},
		{"Claims", engineClaimRules()},
		{"Queue", engineQueueRules()},
		{"DeadLetters", engineDeadLetterRules()},
		{"Limiter", engineLimiterRules()},
		{"Keeper", engineKeeperRules()},
		{"Listeners", engineListenerRules()},
		{"Durability", engineDurabilityRules()},
	} {
		t.Run(area.name, func(t *testing.T) {
			for name, rule := range area.rules {
				t.Run(name, func(t *testing.T) {
					around(t, func(t *testing.T) { rule(&engineTest{engineReporter: t, Reopenable: open(t)}) })
				})
			}
		})
	}
}

// engineReporter is what *testing.T and *rapid.T have in common.
type engineReporter interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Fatal(args ...any)
	Skip(args ...any)
	Context() context.Context
}

// engineTest is one test of the suite, or one run of the machine.
type engineTest struct {
	engineReporter
	Reopenable
}

func (t *engineTest) ctx() context.Context { return t.Context() }

// ok fails the test on an error.
func (t *engineTest) ok(err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("unexpected error: %v", err)
	}
}

// is fails the test unless err is want.
func (t *engineTest) is(err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error %v, want %v", err, want)
	}
}

// same fails the test unless both are stored alike.
func (t *engineTest) same(got, want any) {
	t.Helper()
	if g, w := engineText(got), engineText(want); g != w {
		t.Fatalf("got  %s\nwant %s", g, w)
	}
}

func (t *engineTest) reopen(abrupt bool) {
	t.Helper()
	e, err := t.Reopen(abrupt)
	t.ok(err)
	t.Engine = e
}

func (t *engineTest) accept(want int, intakes ...connector.Intake) {
	t.Helper()
	fresh, err := t.Engine.Inbox.Accept(t.ctx(), intakes...)
	t.ok(err)
	if fresh != want {
		t.Fatalf("%d intakes were new, want %d", fresh, want)
	}
}

// group stores a new Group.
func (t *engineTest) group(id string) connector.Group {
	t.Helper()
	g, err := t.Engine.Groups.SaveGroup(t.ctx(), engineGroup(id, t.Clock.Now()))
	t.ok(err)
	return g
}

func engineText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func engineGroup(id string, at time.Time) connector.Group {
	return connector.Group{
		ID: connector.GroupID(id), Platform: "slack",
		Record:     connector.RecordKey{CRM: "crm", Kind: connector.KindAccount, ID: "rec-" + id},
		RecordName: "Name of " + id, State: connector.GroupCreating, Origin: connector.CreatedByUs, CreatedAt: at,
	}
}

func engineNotice(id string, at time.Time) *connector.Notice {
	return &connector.Notice{
		Event:      connector.NoticeEvent{ID: id, Type: connector.EventNotification, At: at},
		AcceptedAt: at,
	}
}

func groupJob(id string) connector.Job {
	return connector.Job{Key: connector.JobKey{Lane: connector.LaneGroup, Group: connector.GroupID(id)}}
}

func cardsJob(id string) connector.Job {
	return connector.Job{Key: connector.JobKey{Lane: connector.LaneCards, Group: connector.GroupID(id)}}
}
