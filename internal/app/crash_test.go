package app_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/slack"
)

// worldsAtOnce is how many worlds run beside each other; they mostly wait.
const worldsAtOnce = 12

// together runs one subtest for each case, some at the same time whatever
// -parallel says.
func together[T any](t *testing.T, cases []T, name func(T) string, run func(*testing.T, T)) {
	t.Helper()
	places := make(chan struct{}, worldsAtOnce)
	var all sync.WaitGroup
	for _, c := range cases {
		all.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			t.Run(name(c), func(t *testing.T) { run(t, c) })
		})
	}
	all.Wait()
}

// story is a part of the life of two channels, which a gate or a fault
// interrupts. Its methods are steps in their order.
type story struct {
	*world
	// kept: the channels stand already, and people, names and cards change.
	kept  bool
	sales []string
	turns int
}

// begin prepares the world up to where the interruption may come.
func begin(t *testing.T, kept bool, env ...string) *story {
	t.Helper()
	s := &story{world: startWorld(t, 30, 2, env...), kept: kept}
	s.crm.act(t, "webhooks", order{"mode": "off"})
	if !kept {
		return s
	}
	s.open(t, account(1))
	s.open(t, account(2))
	s.sell(t)
	s.quiet(t, patience)
	s.check(t, s.expected()...)
	return s
}

// act does what is interrupted. It waits for no effect in the chat.
func (s *story) act(t *testing.T) {
	t.Helper()
	if s.kept {
		s.change(t)
	} else {
		s.open(t, account(1))
		s.open(t, account(2))
	}
	s.sell(t)
	s.sell(t)
}

// sell reports one sales record about both accounts.
func (s *story) sell(t *testing.T) {
	t.Helper()
	subject := fmt.Sprintf("Visit %d", len(s.sales)+1)
	s.sales = append(s.sales, subject)
	s.tell(t, sale("act-"+subject, subject, account(1), account(2)))
}

// change renames the first account, changes a field of it that its details
// show, and its team: one goes, one comes.
func (s *story) change(t *testing.T) {
	t.Helper()
	s.turns++
	ref := account(1)
	s.edit(t, ref, fmt.Sprintf("Renamed %d", s.turns), fmt.Sprintf("City %d", s.turns))
	// Account 1 begins with u1 to u20.
	s.swap(t, fmt.Sprintf("u%d", 10+s.turns), fmt.Sprintf("u%d", 20+s.turns))
	s.tell(t, told("record.updated", ref))
	s.tell(t, told("team.changed", ref))
}

// swap takes one person off the first account's team and puts another on it;
// nobody is told.
func (s *story) swap(t *testing.T, goes, comes string) {
	t.Helper()
	ref := about(account(1))
	s.crm.act(t, "team-remove", ref.with("principal", crm.Principal{Type: "user", ID: goes}))
	s.crm.act(t, "team-add", ref.with("entry", employee(comes)))
}

// tell delivers one event, until it is acknowledged.
func (s *story) tell(t *testing.T, e crm.Event) {
	t.Helper()
	id := fmt.Sprintf("evt-%s-%s-%d-%d", e.Type, e.Data.RecordID, len(s.sales), s.turns)
	if err := s.deliver(t.Context(), id, e); err != nil {
		t.Fatalf("%s: not acknowledged: %v", id, err)
	}
}

func (s *story) expected() []expected {
	return []expected{{ref: account(1), sales: s.sales}, {ref: account(2), sales: s.sales}}
}

// point is a moment at which the connector is killed: while a call is held.
type point struct {
	method string
	// when is slack.Before or slack.After its execution, while it is held, or
	// slack.PhaseAnswered, at once when it was answered.
	when string
	kept bool
	// late: the call is on its way and is executed although its sender is dead:
	// before the connector is back, or when it works again already.
	late, later bool
	// edited: what the call was about to show is no longer so when the connector
	// is back.
	edited bool
}

func (p point) String() string {
	name := p.method + " " + p.when
	switch {
	case p.later:
		name += ", lands after the restart"
	case p.late:
		name += ", lands late"
	}
	if p.edited {
		name += ", edited meanwhile"
	}
	if p.kept {
		return name + ", kept channel"
	}
	return name + ", new channel"
}

// points are the moments around every call that makes a channel and posts
// to it. "After" a call means that it was executed and its answer is still on
// its way: nothing of it is stored. The next call's "before" is the moment
// after it was stored.
func points() []point {
	var all []point
	both := func(kept bool, methods ...string) {
		for _, m := range methods {
			all = append(all, point{method: m, when: slack.Before, kept: kept}, point{method: m, when: slack.After, kept: kept})
		}
	}
	both(false, "conversations.create", "conversations.setPurpose", "conversations.invite", "conversations.members",
		"conversations.setTopic", "chat.postMessage", "pins.add")
	both(true, "conversations.kick", "conversations.invite", "conversations.rename", "conversations.setTopic",
		"chat.update", "chat.postMessage")
	for _, p := range []point{
		{method: "conversations.create"}, {method: "chat.postMessage"}, {method: "conversations.invite"},
		{method: "chat.postMessage", kept: true},
	} {
		p.when, p.late = slack.Before, true
		all = append(all, p)
		p.later = true
		all = append(all, p)
	}
	for _, m := range []string{"conversations.create", "conversations.invite", "chat.postMessage"} {
		all = append(all, point{method: m, when: slack.PhaseAnswered})
	}
	// What is found after the restart was made for what the record was then.
	for _, p := range []point{
		{method: "conversations.create", when: slack.After}, {method: "conversations.create", when: slack.Before, late: true},
		{method: "conversations.setPurpose", when: slack.Before},
		{method: "chat.postMessage", when: slack.After}, {method: "pins.add", when: slack.Before},
	} {
		p.edited = true
		all = append(all, p)
	}
	for _, m := range []string{"conversations.kick", "conversations.invite", "conversations.rename", "conversations.setTopic", "chat.update"} {
		all = append(all, point{method: m, when: slack.After, kept: true, edited: true})
		all = append(all, point{method: m, when: slack.Before, late: true, kept: true, edited: true})
	}
	for _, m := range []string{"conversations.kick", "conversations.invite"} {
		all = append(all, point{method: m, when: slack.Before, late: true, later: true, kept: true, edited: true})
	}
	return all
}

func TestCrashAtPoints(t *testing.T) {
	together(t, points(), point.String, crashAt)
}

func crashAt(t *testing.T, p point) {
	s := begin(t, p.kept)
	if p.when == slack.PhaseAnswered {
		s.act(t)
		s.slack.wait(t, p.method, p.when, 1)
		s.kill9(t)
	} else {
		gate := s.slack.gate(t, slack.Gate{Method: p.method, When: p.when, Late: p.late, Times: 1})
		s.act(t)
		s.slack.held(t, gate, 1)
		s.kill9(t)
		if !p.later {
			s.slack.release(t, gate)
		}
	}
	switch {
	case p.edited:
		s.outdate(t)
	case p.kept:
		s.edit(t, account(1), "Between", "Nowhere")
	}
	s.restart(t)
	s.slack.release(t, 0)
	switch {
	case p.edited:
		s.tellEdited(t)
	case p.kept:
		s.change(t)
	}
	s.sell(t)
	s.quiet(t, patience)
	s.check(t, s.expected()...)
}

// outdate edits the records so that what is under way about them shows what
// is no longer so: a kept channel's is again what it was before act.
func (s *story) outdate(t *testing.T) {
	t.Helper()
	if s.kept {
		s.edit(t, account(1), "Account 1", "Bergen")
		s.swap(t, "u21", "u11")
		return
	}
	s.edit(t, account(1), "Another name", "Oslo")
	s.edit(t, account(2), "Yet another name", "Oslo")
}

// tellEdited reports what outdate did.
func (s *story) tellEdited(t *testing.T) {
	t.Helper()
	s.tell(t, told("record.updated", account(1)))
	s.tell(t, told("record.updated", account(2)))
}

// edit renames and moves an account; nobody is told.
func (s *story) edit(t *testing.T, ref crm.Ref, name, city string) {
	t.Helper()
	s.crm.act(t, "edit", about(ref).with("edit", crm.Edit{
		Name: &name, Fields: []crm.Field{{Key: "city", Value: city}},
	}))
}

// kills is how often the connector dies while events arrive.
const kills = 30

func TestCrashAtRandom(t *testing.T) {
	t.Parallel()
	n := seed(t)
	w := startWorld(t, stormPeople, stormRecords, unbraked()...)
	s := newStorm(t, w, n)
	// Slow calls are more often under way when the process dies.
	w.slack.fault(t, slack.Fault{Method: "*", When: slack.Before, Kind: slack.FaultDelay, Seconds: 0.03, Times: -1, Probability: 0.5})
	w.slack.fault(t, slack.Fault{Method: "*", When: slack.After, Kind: slack.FaultDelay, Seconds: 0.06, Times: -1})
	random := rand.New(rand.NewPCG(n, 99))
	s.rage(t, func() {
		for range kills {
			alive := time.NewTimer(100*time.Millisecond + time.Duration(random.Int64N(int64(2500*time.Millisecond))))
			<-alive.C
			w.kill9(t)
			down := time.NewTimer(time.Duration(random.Int64N(int64(300 * time.Millisecond))))
			<-down.C
			if err := w.start(); err != nil {
				t.Fatal(err)
			}
		}
	})
	w.waitReady(t)
	s.settle(t, 3*patience)
}
