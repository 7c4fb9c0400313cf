package reconcile_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// never waits for nobody.
func never(time.Duration) bool { return false }

// sweep makes one Sweep and returns the Groups that it queued.
func (w *world) sweep(full bool) (connector.Sweep, []connector.GroupID, error) {
	w.Helper()
	w.clock.Advance(time.Minute)
	w.forget()
	s, err := w.sweeper().Begin(w.Context(), full)
	w.ok(err)
	carryErr := w.sweeper().Carry(w.Context(), s, never)
	var queued []connector.GroupID
	for _, job := range w.queue.take(connector.LaneGroup) {
		queued = append(queued, job.Key.Group)
		if !slices.Equal(job.Tags, append(connector.QueuedBy("sweep"), s.ID)) {
			w.Errorf("tags %v", job.Tags)
		}
	}
	s, err = w.engine.Sweeps.Sweep(w.Context(), s.ID)
	w.ok(err)
	if carryErr == nil && s.Queued != len(queued) {
		w.Errorf("%d jobs, counted %d", len(queued), s.Queued)
	}
	return s, queued, carryErr
}

// queues makes a Sweep and checks what it queued.
func (w *world) queues(full bool, ids ...string) connector.Sweep {
	w.Helper()
	s, queued, err := w.sweep(full)
	w.ok(err)
	want := map[connector.GroupID]bool{}
	for _, id := range ids {
		want[groupOf(id)] = true
	}
	for _, id := range queued {
		if !want[id] {
			w.Errorf("queued %s, or twice", id)
		}
		delete(want, id)
	}
	if len(want) > 0 {
		w.Errorf("not queued: %v", want)
	}
	return s
}

func sweepWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.crm.PageSize = 2
	w.person("a", "b", "c")
	for i := range 5 {
		id := fmt.Sprint(i)
		w.record(id, "Acme "+id, "a", "b", "c")
		w.open(id)
	}
	w.clock.Advance(time.Hour)
	w.queues(true)
	w.clock.Advance(time.Hour)
	return w
}

func TestSweepWithoutChange(t *testing.T) {
	w := sweepWorld(t)
	if s := w.queues(true); s.State != connector.SweepDone || !s.Full {
		t.Errorf("sweep %+v", s)
	}
	w.calls(map[string]int{})
	if got := fmt.Sprint(w.crm.Calls.Counts()); got != "map[page:3 users:1]" {
		t.Errorf("calls %s", got)
	}
	w.queues(false)
	w.calls(map[string]int{})
	if got := fmt.Sprint(w.crm.Calls.Counts()); got != "map[page:1]" {
		t.Errorf("calls %s", got)
	}
}

func TestSweepFindsChanges(t *testing.T) {
	w := sweepWorld(t)
	w.team("3", "a", "b")
	s := w.queues(false, "3")
	if s.State != connector.SweepRunning || s.Queued != 1 {
		t.Errorf("sweep %+v", s)
	}
	w.settle("3")
	w.sweeper().Told(t.Context(), []string{s.ID}, true)
	s, err := w.engine.Sweeps.Sweep(t.Context(), s.ID)
	w.ok(err)
	if s.State != connector.SweepDone || s.Done != 1 || s.EndedAt.IsZero() {
		t.Errorf("sweep %+v", s)
	}
	w.queues(false)
	w.queues(true)
}

func TestSweepCountsFailures(t *testing.T) {
	w := sweepWorld(t)
	w.team("3", "a")
	w.team("4", "a")
	s := w.queues(false, "3", "4")
	w.sweeper().Told(t.Context(), []string{s.ID}, false)
	w.sweeper().Told(t.Context(), []string{s.ID}, true)
	s, err := w.engine.Sweeps.Sweep(t.Context(), s.ID)
	w.ok(err)
	if s.State != connector.SweepDone || s.Done != 1 || s.Failed != 1 {
		t.Errorf("sweep %+v", s)
	}
}

func TestSweepWithALostPage(t *testing.T) {
	w := sweepWorld(t)
	w.crm.Drop(key("4"))
	w.team("0", "a", "b")
	w.clock.Advance(20 * time.Hour)
	w.crm.Calls.Spoil(connectortest.CRMPage, 1, connectortest.MemoryFault{Err: connector.ErrTemporary})
	last, err := w.sweeper().LastStarted(t.Context(), true)
	w.ok(err)
	s, queued, err := w.sweep(true)
	if !errors.Is(err, connector.ErrTemporary) || s.State != connector.SweepFailed || s.Error == "" {
		t.Errorf("error %v, sweep %+v", err, s)
	}
	for _, id := range queued {
		if id == groupOf("4") {
			t.Error("a Record that was not listed was taken for gone")
		}
	}
	if again, err := w.sweeper().LastStarted(t.Context(), true); err != nil || !again.Equal(last) {
		t.Errorf("the last sweep is of %s, %v; want %s", again, err, last)
	}
	w.queues(false, "0") // looks back as far
	w.settle("0")
	w.queues(true, "4")
}

// A kind that the CRM does not list does not end the Sweep of the others; its
// Groups are queued one by one by the full Sweep.
func TestSweepWithAKindThatIsNotListed(t *testing.T) {
	w := sweepWorld(t)
	w.team("3", "a", "b")
	w.crm.Calls.Spoil(connectortest.CRMPage, 0, connectortest.MemoryFault{Err: connector.ErrUnsupported})
	if s := w.queues(true, "0", "1", "2", "3", "4"); s.State == connector.SweepFailed {
		t.Errorf("sweep %+v", s)
	}
}

func TestSweepWithALostCursor(t *testing.T) {
	w := sweepWorld(t)
	w.team("3", "a", "b")
	w.crm.Calls.Spoil(connectortest.CRMPage, 1, connectortest.MemoryFault{Err: connector.ErrCursorLost})
	w.queues(true, "3")
	w.crm.Calls.Spoil(connectortest.CRMPage, 1, connectortest.MemoryFault{Err: connector.ErrCursorLost})
	w.crm.Calls.Spoil(connectortest.CRMPage, 1, connectortest.MemoryFault{Err: connector.ErrCursorLost})
	if _, _, err := w.sweep(true); !errors.Is(err, connector.ErrCursorLost) {
		t.Errorf("error %v", err)
	}
}

func TestSweepQueuesTheUnsettled(t *testing.T) {
	w := sweepWorld(t)
	w.crm.PutUser(user("n"))
	w.team("1", "a", "b", "c", "n")
	w.settle("1")
	w.record("2", "Acme 2")
	w.settle("2")
	for range 2 {
		w.clock.Advance(time.Hour)
		w.queues(false, "1", "2")
	}
}

// Who is in by the account that they had before may have one now that the CRM names:
// no event tells where that one was of no use for a while.
func TestFullSweepLooksUpWhoIsInByAnOldAccount(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b")
	w.record("1", "Acme", "a", "b")
	w.open("1")
	b := user("b")
	b.Email = email("other")
	w.crm.PutUser(b)
	w.queues(true, "1")
	w.settle("1")
	if row := w.row("1", "b"); row.Status != connector.StatusMember || row.Reason != connector.ReasonNoAccount {
		t.Fatalf("row %+v", row)
	}
	w.clock.Advance(time.Hour)
	w.chat.Person(email("other"))
	w.queues(true, "1")
	w.settle("1")
	w.in("1", "a", "other")
	w.clock.Advance(time.Hour)
	w.queues(true)
}

func TestSweepFindsPeople(t *testing.T) {
	w := sweepWorld(t)
	w.person("z")
	w.team("1", "a", "b", "c", "z")
	w.settle("1")
	w.queues(true)
	u := user("z")
	u.Active = false
	w.crm.PutUser(u)
	w.queues(true, "1")
	w.settle("1")
	w.in("1", "a", "b", "c")
	w.queues(true)
}

// A run let somebody in by an address that was theirs for a moment; that it is the old
// one again is told by nobody.
func TestSweepFindsWhoChangedBack(t *testing.T) {
	w := sweepWorld(t)
	w.person("z", "other")
	before := user("z")
	w.team("1", "a", "b", "c", "z")
	w.settle("1")
	w.in("1", "a", "b", "c", "z")
	w.queues(true)
	moved := before
	moved.Email = user("other").Email
	w.crm.PutUser(moved)
	w.settle("1")
	w.in("1", "a", "b", "c", "other")
	w.crm.PutUser(before)
	w.clock.Advance(time.Hour)
	w.queues(true, "1")
	w.settle("1")
	w.in("1", "a", "b", "c", "z")
	w.queues(true)
}

func TestFullSweepLooksAgain(t *testing.T) {
	w := sweepWorld(t)
	g := w.group("1")
	w.chat.Change(g.Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Botless = true })
	w.team("1", "a", "b")
	w.settle("1")
	w.chat.Change(g.Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Botless = false })
	w.queues(true, "1")
	w.settle("1")
	w.in("1", "a", "b")
	w.queues(true)
}

func TestSweepWithoutListing(t *testing.T) {
	w := sweepWorld(t)
	port := w.crm.Port()
	port.Changes = nil
	s := w.sweeper()
	s.CRM = port
	sweep, err := s.Begin(t.Context(), true)
	w.ok(err)
	w.ok(s.Carry(t.Context(), sweep, never))
	if n := len(w.queue.take(connector.LaneGroup)); n != 5 {
		t.Errorf("queued %d", n)
	}
}

// The CRM asks to wait in the middle of a list: it goes on from there.
func TestSweepGoesOnAfterAWait(t *testing.T) {
	w := sweepWorld(t)
	w.team("4", "a", "b")
	w.crm.Drop(key("0"))
	u := user("c")
	u.Name = "Another"
	w.crm.PutUser(u)
	busy := func(after time.Duration) connectortest.MemoryFault {
		return connectortest.MemoryFault{Err: fmt.Errorf("crm: %w", &connector.WaitError{After: after, What: "crm"})}
	}
	w.crm.Calls.Spoil(connectortest.CRMPage, 1, busy(7*time.Second))
	w.crm.Calls.Spoil(connectortest.CRMUsers, 0, busy(9*time.Second))
	w.forget()
	sweep, err := w.sweeper().Begin(t.Context(), true)
	w.ok(err)
	var waits []time.Duration
	w.ok(w.sweeper().Carry(t.Context(), sweep, func(d time.Duration) bool {
		waits = append(waits, d)
		w.clock.Advance(d)
		return true
	}))
	if fmt.Sprint(waits) != "[7s 9s]" {
		t.Errorf("waits %s", waits)
	}
	if got := fmt.Sprint(w.crm.Calls.Log()); got != "[page page page users users]" {
		t.Errorf("calls %s", got)
	}
	if n := len(w.queue.take(connector.LaneGroup)); n != 5 {
		t.Errorf("queued %d, want all, for the person's name is new", n)
	}
}

func TestSweepGivesUpWaiting(t *testing.T) {
	w := sweepWorld(t)
	wait := &connector.WaitError{After: time.Hour, What: "crm"}
	w.crm.Calls.Spoil(connectortest.CRMPage, 1, connectortest.MemoryFault{Err: wait})
	s, _, err := w.sweep(true)
	if !errors.As(err, &wait) || s.State != connector.SweepFailed || s.Error == "" {
		t.Errorf("error %v, sweep %+v", err, s)
	}
}

// TestFullSweepLeavesOldReadings: reading channels for their age is the drift check's.
func TestFullSweepLeavesOldReadings(t *testing.T) {
	w := sweepWorld(t)
	w.clock.Advance(48 * time.Hour)
	w.queues(true)
	w.calls(map[string]int{})
}

func TestRequestedFullSweepQueuesEveryGroup(t *testing.T) {
	w := sweepWorld(t)
	w.forget()
	sweep, err := w.sweeper().BeginEvery(t.Context())
	w.ok(err)
	w.ok(w.sweeper().Carry(t.Context(), sweep, never))
	if n := len(w.queue.take(connector.LaneGroup)); n != 5 {
		t.Errorf("queued %d", n)
	}
	sweep, err = w.engine.Sweeps.Sweep(t.Context(), sweep.ID)
	w.ok(err)
	if sweep.State != connector.SweepRunning || !sweep.Full || sweep.Queued != 5 {
		t.Errorf("sweep %+v", sweep)
	}
	for range 5 {
		w.sweeper().Told(t.Context(), []string{sweep.ID}, true)
	}
	sweep, err = w.engine.Sweeps.Sweep(t.Context(), sweep.ID)
	w.ok(err)
	if sweep.State != connector.SweepDone || sweep.Done != 5 {
		t.Errorf("sweep %+v", sweep)
	}
}

// An event of one record says that somebody left: it concerns all records.
func TestEventWithNewsOfPeople(t *testing.T) {
	w := sweepWorld(t)
	told := func(id string, active bool, wanted bool) {
		t.Helper()
		u := user("c")
		u.Active = active
		w.ok(w.acceptor().Accept(t.Context(), []connector.Event{{
			ID: id, Type: connector.EventRecordUpdated, Record: key("1"), At: w.clock.Now(),
			Facts: connector.Facts{Users: []connector.User{u}, At: w.clock.Now()},
		}}))
		w.wanted(wanted)
	}
	told("first", true, false)
	told("same", true, false)
	told("left", false, true)
}

// The service ends between storing what an event says and asking for the Sweep.
func TestEventWithNewsOfPeopleAndACrash(t *testing.T) {
	w := sweepWorld(t)
	u := user("c")
	event := func() connector.Event {
		return connector.Event{
			ID: "e" + fmt.Sprint(u.Active), Type: connector.EventRecordUpdated, Record: key("1"), At: w.clock.Now(),
			Facts: connector.Facts{Users: []connector.User{u}, At: w.clock.Now()},
		}
	}
	w.ok(w.acceptor().Accept(t.Context(), []connector.Event{event()}))
	u.Active = false
	marks := 0
	w.gate = func(step string) error {
		if step == "set_mark" {
			if marks++; marks == 2 {
				return connector.ErrStoreAway
			}
		}
		return nil
	}
	if err := w.acceptor().Accept(t.Context(), []connector.Event{event()}); !errors.Is(err, connector.ErrStoreAway) {
		t.Fatalf("error %v", err)
	}
	w.gate = nil
	w.ok(w.acceptor().Accept(t.Context(), []connector.Event{event()}))
	w.wanted(true)
}

func TestWantedSweep(t *testing.T) {
	w := sweepWorld(t)
	w.wanted(false)
	w.ok(w.acceptor().Accept(t.Context(), []connector.Event{{ID: "e", Type: connector.EventGap}}))
	w.wanted(true)
	w.queues(false)
	w.wanted(true)
	w.crm.Calls.Spoil(connectortest.CRMPage, 0, connectortest.MemoryFault{Err: connector.ErrTemporary})
	if _, _, err := w.sweep(true); err == nil {
		t.Error("no error")
	}
	w.wanted(true)
	w.queues(true)
	w.wanted(false)
}
