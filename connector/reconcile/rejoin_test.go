package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// expel takes our bot out of a channel, and the platform tells of it.
func (w *world) expel(id string) {
	w.Helper()
	ch := w.group(id).Channel.ID
	w.chat.Change(ch, func(c *connectortest.MemoryChannel) { c.Botless = true })
	w.clock.Advance(time.Second)
	w.ok(w.acceptor().AcceptChat(w.Context(), connector.ChatEvent{
		ID: "expelled-" + w.clock.Now().String(), Type: connector.ChatBotRemoved, Platform: slack, Channel: ch,
	}))
	w.clock.Advance(time.Second)
}

func (w *world) stands(id string, want connector.GroupState) {
	w.Helper()
	if got := w.group(id).State; got != want {
		w.Fatalf("group %s, want %s", got, want)
	}
}

// A public channel is rejoined once; a day in it makes that once again.
func TestRejoinPublicChannel(t *testing.T) {
	w := newWorld(t)
	w.policy.Private = false
	w.person("a", "b")
	w.record("1", "Acme", "a")
	w.open("1")
	w.expel("1")
	w.team("1", "a", "b")
	w.settle("1")
	w.stands("1", connector.GroupActive)
	w.in("1", "a", "b")
	w.expel("1")
	w.settle("1")
	w.stands("1", connector.GroupUnreachable)
	w.forget()
	w.settle("1")
	if n := w.chat.Calls.Counts()[string(connectortest.ChatJoin)]; n != 0 {
		t.Errorf("joined %d times", n)
	}
	w.chat.Change(w.group("1").Channel.ID, func(c *connectortest.MemoryChannel) { c.Botless = false })
	w.clock.Advance(25 * time.Hour)
	w.settle("1") // invited back, without an event
	w.stands("1", connector.GroupActive)
	w.expel("1")
	w.settle("1")
	w.stands("1", connector.GroupActive)
}

// A wait or a failure on the way changes nothing but the time.
func TestRejoinWithFaults(t *testing.T) {
	for name, fault := range map[string]connectortest.MemoryFault{
		"temporary": {Err: connector.ErrTemporary}, "lost": {Err: connector.ErrTemporary, Done: true},
		"wait": {Err: &connector.WaitError{After: time.Minute, What: "join"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.policy.Private = false
			w.person("a")
			w.record("1", "Acme", "a")
			w.open("1")
			w.chat.Calls.Spoil(string(connectortest.ChatJoin), 0, fault)
			w.expel("1")
			w.settle("1")
			w.stands("1", connector.GroupActive)
		})
	}
}

func TestRejoinRefused(t *testing.T) {
	w := newWorld(t)
	w.policy.Private = false
	w.person("a")
	w.record("1", "Acme", "a")
	g := w.open("1")
	w.chat.Change(g.Channel.ID, func(c *connectortest.MemoryChannel) { c.Shut = true })
	w.expel("1")
	for range 3 {
		w.settle("1")
		w.stands("1", connector.GroupUnreachable)
	}
	if n := w.chat.Calls.Counts()[string(connectortest.ChatJoin)]; n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// A channel that gets another id keeps its Group, members and cards.
func TestChannelMoved(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b")
	w.record("1", "Acme", "a", "b")
	g := w.open("1")
	w.chat.Change(g.Channel.ID, func(c *connectortest.MemoryChannel) { c.ID = "C99" })
	event := connector.ChatEvent{
		ID: "moved", Type: connector.ChatChannelMoved, Platform: slack, Channel: g.Channel.ID, NewChannel: "C99",
	}
	for range 2 { // the same again changes nothing
		w.ok(w.acceptor().AcceptChat(t.Context(), event))
	}
	w.clock.Advance(time.Second)
	w.settle("1")
	got := w.group("1")
	if got.Channel.ID != "C99" || got.Channel.URL != "https://chat.example/C99" || got.State != connector.GroupActive {
		t.Errorf("channel %+v, %s", got.Channel, got.State)
	}
	for channel, want := range map[connector.ChannelID]int{g.Channel.ID: 0, "C99": 1} {
		page, err := w.engine.Groups.ListGroups(t.Context(), connector.GroupQuery{Platform: slack, Channel: channel})
		w.ok(err)
		if len(page.Groups) != want {
			t.Errorf("%s has %d groups", channel, len(page.Groups))
		}
	}
	w.team("1", "a")
	w.settle("1")
	w.in("1", "a")
	if n := len(w.chat.Channel("C99").Messages); n != 1 {
		t.Errorf("%d messages", n)
	}
	w.ok(w.acceptor().AcceptChat(t.Context(), connector.ChatEvent{
		ID: "stranger", Type: connector.ChatChannelMoved, Platform: slack, Channel: "C50", NewChannel: "C51",
	}))
}

// A changed profile is news only of who was gone.
func TestPersonChanged(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b")
	w.record("1", "Acme", "a", "b")
	w.open("1")
	tell := func(kind connector.ChatEventType) int {
		t.Helper()
		w.clock.Advance(time.Second)
		w.queue.take("")
		before := w.group("1").TouchedAt
		w.ok(w.acceptor().AcceptChat(t.Context(), connector.ChatEvent{
			ID: string(kind) + w.clock.Now().String(), Type: kind, Platform: slack, Member: member("b"),
		}))
		w.clock.Advance(time.Second)
		if w.group("1").TouchedAt.Equal(before) {
			return 0
		}
		return 1
	}
	if tell(connector.ChatPersonChanged) != 0 {
		t.Error("a changed profile touched the channel")
	}
	w.chat.SetAccount(email("b"), connector.ReasonNoAccount)
	if tell(connector.ChatPersonLeft) != 1 {
		t.Error("a deactivation touched nothing")
	}
	w.settle("1")
	w.status("1", "b", connector.StatusPending)
	w.chat.SetAccount(email("b"), "")
	w.clock.Advance(10 * time.Minute)
	if tell(connector.ChatPersonChanged) != 1 {
		t.Error("a return touched nothing")
	}
	w.settle("1")
	w.in("1", "a", "b")
}

// Our own account beside the bot is shown, and no difference is about it.
func TestServiceAccount(t *testing.T) {
	for name, policy := range map[string]func(*connector.Policy){
		"owned": func(*connector.Policy) {}, "strict": strictly, "kick": kicks,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			policy(&w.policy)
			w.person("a", "b", "s")
			w.record("1", "Acme", "a", "b")
			w.open("1")
			w.chat.SetService(member("s"))
			joins("s")(w)
			w.settle("1")
			w.status("1", "s", connector.StatusService)
			w.team("1", "a", "s") // on the team too
			w.settle("1")
			w.in("1", "a", "s")
			w.status("1", "s", connector.StatusService)
			w.team("1", "a", "b")
			w.settle("1")
			w.in("1", "a", "b", "s")
			leaves("s")(w)
			w.settle("1")
			w.in("1", "a", "b")
			if row := w.row("1", "s"); row.Status != "" {
				t.Errorf("the service account is %s", row.Status)
			}
		})
	}
}
