package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

// renameByHand lets a person rename a channel, and the platform tell of it.
func (w *world) renameByHand(id, name string) {
	w.Helper()
	w.clock.Advance(time.Second)
	ch := w.group(id).Channel.ID
	w.chat.Change(ch, func(c *connectortest.MemoryChannel) { c.Name = name })
	w.renamed(ch, name)
}

// renamed tells of a rename.
func (w *world) renamed(ch connector.ChannelID, name string) {
	w.Helper()
	w.ok(w.acceptor().AcceptChat(w.Context(), connector.ChatEvent{
		ID: "renamed-" + w.clock.Now().String(), Type: connector.ChatChannelRenamed, Platform: slack, Channel: ch, Name: name,
	}))
	w.clock.Advance(time.Second)
}

// called checks a channel's name and what is stored of it.
func (w *world) called(id, want string) {
	w.Helper()
	if there, stored := w.channel(id).Name, w.group(id).Channel.Name; there != want || stored != want {
		w.Fatalf("the channel is called %q, and %q is stored; want %q", there, stored, want)
	}
}

// A name given by hand is put back three times an hour, then it stays.
func TestRenameByHand(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	w.open("1")
	for range 3 {
		w.renameByHand("1", "ours")
		w.settle("1")
		w.called("1", "acme")
	}
	w.renameByHand("1", "ours")
	w.settle("1")
	w.called("1", "ours")
	w.forget()
	w.settle("1")
	w.calls(map[string]int{})
	w.record("2", "Acme", "a")
	if name := w.open("2").Channel.Name; name != "acme" {
		t.Errorf("the name that was given up is not free: %q", name)
	}
}

// Our own renames are told of too, and cost nothing.
func TestOwnRenameIsNoneByHand(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	g := w.open("1")
	w.record("1", "Beta", "a")
	w.settle("1")
	w.forget()
	w.clock.Advance(time.Second)
	w.renamed(g.Channel.ID, "beta")
	w.settle("1")
	w.calls(map[string]int{})
	w.called("1", "beta")
}

// Whatever fails on the way, the name is put back.
func TestRenameByHandWithFaults(t *testing.T) {
	for _, call := range []connectortest.ChatOp{connectortest.ChatName, connectortest.ChatRename} {
		for name, fault := range map[string]connectortest.MemoryFault{
			"temporary": {Err: connector.ErrTemporary}, "lost": {Err: connector.ErrTemporary, Done: true},
			"wait": {Err: &connector.WaitError{After: time.Minute, What: "call"}},
		} {
			t.Run(string(call)+" "+name, func(t *testing.T) {
				w := newWorld(t)
				w.person("a")
				w.record("1", "Acme", "a")
				w.open("1")
				w.chat.Calls.Spoil(string(call), 0, fault)
				w.renameByHand("1", "ours")
				w.settle("1")
				w.clock.Advance(time.Minute)
				w.settle("1") // which was asked for
				w.called("1", "acme")
			})
		}
	}
}

// A name given by hand that no event told of is put back when a reading shows it.
func TestRenameByHandWithoutEvents(t *testing.T) {
	w := shared(t)
	g := w.open("1")
	w.chat.Change(g.Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Name = "ours" })
	w.settle("1")
	if there := w.channel("1").Name; there != "ours" {
		t.Errorf("called %q without a reading", there)
	}
	w.clock.Advance(25 * time.Hour) // the last reading is too old now
	w.settle("1")
	w.called("1", "acme")
}

func TestAdoptedChannelKeepsItsName(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	g := w.open("1")
	g.Origin = connector.Adopted
	_, err := w.engine.Groups.SaveGroup(t.Context(), g)
	w.ok(err)
	w.renameByHand("1", "ours")
	w.settle("1")
	w.called("1", "ours")
}

// A channel of ours that somebody gave another Record's name is not that Record's,
// although it does not say whose it is.
func TestNameOfAnotherGroupsChannel(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	w.record("2", "Beta", "a")
	first := w.open("1").Channel.ID
	w.chat.Change(first, func(ch *connectortest.MemoryChannel) { ch.Name, ch.Purpose = "beta", "" })
	if second := w.open("2").Channel; second.ID == first || second.Name == "beta" {
		t.Errorf("the second record has the channel %+v", second)
	}
}

// A rename whose answer was lost and that the CRM took back meanwhile is taken back
// in the channel too: what was meant is no name that is put back.
func TestRenameTakenBack(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	w.open("1")
	w.record("1", "Renamed", "a")
	w.chat.Calls.Spoil("rename", 0, connectortest.MemoryFault{Err: connector.ErrTemporary, Done: true})
	w.attempt("1", 1)
	if name := w.channel("1").Name; name != "renamed" {
		t.Fatalf("the channel is called %q", name)
	}
	w.record("1", "Acme", "a")
	w.clock.Advance(time.Minute)
	w.settle("1")
	w.called("1", "acme")
}

// Where a reading of who is in tells the name, it is not asked for besides, neither by a
// run nor by a dry run.
func TestNameIsReadWithTheMembers(t *testing.T) {
	w := shared(t)
	g := w.open("1")
	w.renameByHand("1", "ours")
	plan, err := (&reconcile.Planner{Reconciler: w.reconciler()}).Preview(t.Context(), g.ID)
	w.ok(err)
	if got := plan.Of(connector.ActionRename); len(got) != 1 || got[0].Value != "acme" {
		t.Errorf("planned %+v", got)
	}
	w.settle("1")
	w.called("1", "acme")
	if n := w.chat.Calls.Counts()[string(connectortest.ChatName)]; n != 0 {
		t.Errorf("the name was asked for %d times", n)
	}
}

// A reading from before a rename of our own, which was gone on with, says nothing of the
// name: nobody gave the old one back.
func TestNameOfAnOlderReading(t *testing.T) {
	w := shared(t)
	w.open("1")
	begun := w.clock.Now()
	w.clock.Advance(time.Second)
	w.renameByHand("1", "ours")
	w.chat.BeginReading(begun)
	w.settle("1")
	if n := w.chat.Calls.Counts()[string(connectortest.ChatName)]; n != 1 {
		t.Errorf("the name was asked for %d times", n)
	}
	w.called("1", "acme")
}
