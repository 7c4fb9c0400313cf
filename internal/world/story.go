package world

import (
	"fmt"
	"sync"
	"testing"

	"roomkeeper/sandbox/crm"
)

// worldsAtOnce is how many worlds run beside each other; they mostly wait.
const worldsAtOnce = 12

// Together runs one subtest for each case, some at the same time whatever
// -parallel says.
func Together[T any](t *testing.T, cases []T, name func(T) string, run func(*testing.T, T)) {
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

// Story is a part of the life of two channels, which a gate or a fault
// interrupts. Its methods are steps in their order.
type Story struct {
	*World
	// kept: the channels stand already, and people, names and cards change.
	kept  bool
	sales []string
	turns int
}

// Begin prepares the world up to where the interruption may come.
func Begin(t *testing.T, p Platform, kept bool, env ...string) *Story {
	t.Helper()
	s := &Story{World: Start(t, p, 30, 2, env...), kept: kept}
	s.CRM.Act(t, "webhooks", Order{"mode": "off"})
	if !kept {
		return s
	}
	s.Open(t, Account(1))
	s.Open(t, Account(2))
	s.Sell(t)
	s.Quiet(t, Patience)
	s.Check(t, s.Expected()...)
	return s
}

// Act does what is interrupted. It waits for no effect in the chat.
func (s *Story) Act(t *testing.T) {
	t.Helper()
	if s.kept {
		s.Change(t)
	} else {
		s.Open(t, Account(1))
		s.Open(t, Account(2))
	}
	s.Sell(t)
	s.Sell(t)
}

// Sell reports one sales record about both accounts.
func (s *Story) Sell(t *testing.T) {
	t.Helper()
	subject := fmt.Sprintf("Visit %d", len(s.sales)+1)
	s.sales = append(s.sales, subject)
	s.tell(t, Sale("act-"+subject, subject, Account(1), Account(2)))
}

// Change renames the first account, changes a field of it that its details
// show, and its team: one goes, one comes.
func (s *Story) Change(t *testing.T) {
	t.Helper()
	s.turns++
	ref := Account(1)
	s.Edit(t, ref, fmt.Sprintf("Renamed %d", s.turns), fmt.Sprintf("City %d", s.turns))
	// Account 1 begins with u1 to u20.
	s.swap(t, fmt.Sprintf("u%d", 10+s.turns), fmt.Sprintf("u%d", 20+s.turns))
	s.tell(t, told("record.updated", ref))
	s.tell(t, told("team.changed", ref))
}

// swap takes one person off the first account's team and puts another on it;
// nobody is told.
func (s *Story) swap(t *testing.T, goes, comes string) {
	t.Helper()
	ref := About(Account(1))
	s.CRM.Act(t, "team-remove", ref.With("principal", crm.Principal{Type: "user", ID: goes}))
	s.CRM.Act(t, "team-add", ref.With("entry", Employee(comes)))
}

// tell delivers one event, until it is acknowledged.
func (s *Story) tell(t *testing.T, e crm.Event) {
	t.Helper()
	id := fmt.Sprintf("evt-%s-%s-%d-%d", e.Type, e.Data.RecordID, len(s.sales), s.turns)
	if err := s.Deliver(t.Context(), id, e); err != nil {
		t.Fatalf("%s: not acknowledged: %v", id, err)
	}
}

// Expected is how both channels should look by now.
func (s *Story) Expected() []Expected {
	return []Expected{{Ref: Account(1), Sales: s.sales}, {Ref: Account(2), Sales: s.sales}}
}

// Outdate edits the records so that what is under way about them shows what
// is no longer so: a kept channel's is again what it was before act.
func (s *Story) Outdate(t *testing.T) {
	t.Helper()
	if s.kept {
		s.Edit(t, Account(1), "Account 1", "Bergen")
		s.swap(t, "u21", "u11")
		return
	}
	s.Edit(t, Account(1), "Another name", "Oslo")
	s.Edit(t, Account(2), "Yet another name", "Oslo")
}

// TellEdited reports what outdate did.
func (s *Story) TellEdited(t *testing.T) {
	t.Helper()
	s.tell(t, told("record.updated", Account(1)))
	s.tell(t, told("record.updated", Account(2)))
}

// Edit renames and moves an account; nobody is told.
func (s *Story) Edit(t *testing.T, ref crm.Ref, name, city string) {
	t.Helper()
	s.CRM.Act(t, "edit", About(ref).With("edit", crm.Edit{
		Name: &name, Fields: []crm.Field{{Key: "city", Value: city}},
	}))
}
