package reconcile_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

func TestOpenCostsExactly(t *testing.T) {
	w := newWorld(t)
	var team []string
	for i := range 250 {
		team = append(team, fmt.Sprintf("u%03d", i))
	}
	w.person(team...)
	w.record("1", "Acme", team...)
	w.request("1")
	w.settle("1")
	w.calls(map[string]int{
		"lookup": 250, "create": 1, "set_purpose": 1, "set_topic": 1, "add": 3, "observe": 1, "post": 1, "pin": 1,
	})
	w.in("1", team...)
	ch := w.channel("1")
	if !ch.Private || ch.Name != "acme" || ch.Purpose != "crm/account/1" || ch.Topic != "Acme" {
		t.Errorf("channel %+v", ch)
	}
	if len(ch.Messages) != 1 || !ch.Messages[0].Pinned {
		t.Errorf("messages %+v", ch.Messages)
	}
	for range 2 {
		w.settle("1")
		w.calls(map[string]int{})
	}
}

// The name of the intent finds the channel, however long it took and whatever
// the Record is called by now.
func TestLostCreation(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	w.request("1")
	w.chat.Calls.Spoil("create", 0, connectortest.MemoryFault{Err: connector.ErrUnknownOutcome, Done: true})
	w.run("1")
	w.chat.Join(w.chat.Channels()[0].ID, member("h"))
	w.clock.Advance(time.Hour)
	w.record("1", "Beta", "a")
	w.settle("1")
	w.in("1", "a", "h")
	w.status("1", "h", connector.StatusHandAdded)
	if all := w.chat.Channels(); len(all) != 1 || all[0].Name != "beta" {
		t.Errorf("channels %+v", all)
	}
}

func TestTwoAccountsOfOneName(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	for _, id := range []string{"1", "2"} {
		w.record(id, "Acme", "a")
		w.open(id)
	}
	first, second := w.channel("1"), w.channel("2")
	if first.ID == second.ID || first.Name != "acme" || !strings.HasPrefix(second.Name, "acme-") {
		t.Errorf("names %q, %q", first.Name, second.Name)
	}
}

func TestNameOfAStranger(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	stranger := w.chat.Occupy("acme")
	w.record("1", "Acme", "a")
	g := w.open("1")
	if g.Channel.ID == stranger || !strings.HasPrefix(g.Channel.Name, "acme-") {
		t.Errorf("channel %+v", g.Channel)
	}
	if in := w.chat.Channel(stranger).Members; len(in) != 0 {
		t.Errorf("members of the stranger's channel: %v", in)
	}
}

func TestNamesInASCII(t *testing.T) {
	w := newWorld(t)
	w.chat.ASCIIOnly()
	w.person("a")
	w.record("1", "阿克梅", "a")
	if g := w.open("1"); g.Channel.Name != "account-1" {
		t.Errorf("name %q", g.Channel.Name)
	}
	w.record("2", "Müller", "a")
	w.request("2")
	w.settle("2")
	if name := w.group("2").Channel.Name; name != "mueller" {
		t.Errorf("name %q", name)
	}
	if n := w.chat.Calls.Counts()["create"]; n != 1 {
		t.Errorf("%d creations, want 1: the workspace is remembered", n)
	}
}

// An intent of before the workspace was known to take ASCII only.
func TestStoredIntentInOtherLetters(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.record("1", "阿克梅", "a")
	w.request("1")
	w.chat.Calls.Spoil("create", 0, connectortest.MemoryFault{Err: connector.ErrTemporary})
	w.run("1")
	w.chat.ASCIIOnly()
	w.ok(w.engine.Marks.SetMark(t.Context(), "alphabet/slack", "ascii"))
	w.settle("1")
	if g := w.group("1"); g.State != connector.GroupActive || g.Channel.Name != "account-1" {
		t.Errorf("%s %q %s", g.State, g.Channel.Name, g.Failure)
	}
}

func TestNobodyHasAnAccount(t *testing.T) {
	w := newWorld(t)
	w.crm.PutUser(user("a"), user("b"))
	w.record("1", "Acme", "a", "b")
	w.request("1")
	w.settle("1")
	g, letters := w.group("1"), w.dead()
	if g.State != connector.GroupFailed || !strings.Contains(g.Failure, "Name of a") || !strings.Contains(g.Failure, "Name of b") {
		t.Errorf("group %s: %s", g.State, g.Failure)
	}
	if len(letters) != 1 || letters[0].Reason != g.Failure || letters[0].Record != key("1") {
		t.Errorf("dead letters %+v", letters)
	}
	if len(w.chat.Channels()) != 0 {
		t.Error("a channel was made")
	}
	w.person("a")
	w.clock.Advance(time.Hour)
	w.request("1")
	w.settle("1")
	w.in("1", "a")
}

func TestNoSuchRecord(t *testing.T) {
	w := newWorld(t)
	w.request("1")
	w.settle("1")
	if g := w.group("1"); g.State != connector.GroupFailed || len(w.dead()) != 1 {
		t.Errorf("group %s, letters %v", g.State, w.dead())
	}
}

// A webhook makes no channel for a Record that the CRM has given up.
func TestRecordThatIsGone(t *testing.T) {
	into := key("2")
	for want, change := range map[string]func(*connector.Record){
		"deleted": func(r *connector.Record) { r.State = connector.RecordDeleted },
		"merged":  func(r *connector.Record) { r.MergedInto = &into },
	} {
		w := newWorld(t)
		w.person("a")
		record := connector.Record{Key: key("1"), Name: "Acme", Owner: connector.Principal{Type: connector.PrincipalUser, ID: "a"}}
		change(&record)
		w.crm.Put(record)
		w.team("1", "a")
		w.request("1")
		w.settle("1")
		if g := w.group("1"); g.State != connector.GroupFailed || !strings.Contains(g.Failure, want) || len(w.chat.Channels()) != 0 {
			t.Errorf("%s: group %s: %s", want, g.State, g.Failure)
		}
	}
}

func TestLookUpsThatWait(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b", "c")
	w.request("1")
	wait := &connector.WaitError{After: time.Minute, What: "lookup"}
	w.chat.Calls.Spoil("lookup", 1, connectortest.MemoryFault{Err: wait})
	if end := w.run("1"); end.Outcome != connector.RunWait || end.After != time.Minute {
		t.Fatalf("end %+v", end)
	}
	w.in("1", "a")
	if row := w.row("1", "b"); row.Status != connector.StatusPending || row.Reason != connector.ReasonRateWait {
		t.Errorf("row %+v", row)
	}
	w.clock.Advance(time.Minute)
	w.settle("1")
	w.in("1", "a", "b", "c")
	if n := w.chat.Calls.Counts()["create"]; n != 1 {
		t.Errorf("%d creations", n)
	}
}

func TestRenameIsFollowed(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	w.open("1")
	w.record("1", "Beta", "a")
	w.settle("1")
	w.calls(map[string]int{"rename": 1, "topic": 1, "set_topic": 1, "edit": 1})
	if ch := w.channel("1"); ch.Name != "beta" || ch.Topic != "Beta" {
		t.Errorf("%q, %q", ch.Name, ch.Topic)
	}
	w.settle("1")
	w.calls(map[string]int{})
	w.person("b")
	w.record("2", "Acme", "b")
	if g := w.open("2"); g.Channel.Name != "acme" {
		t.Errorf("the old name is not free: %q", g.Channel.Name)
	}
}

func TestTopicByHandStays(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	g := w.open("1")
	w.chat.Change(g.Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Topic = "our own" })
	w.record("1", "Beta", "a")
	w.settle("1")
	if ch := w.channel("1"); ch.Topic != "our own" || ch.Name != "beta" {
		t.Errorf("%q, %q", ch.Topic, ch.Name)
	}
	w.forget()
	w.settle("1")
	w.calls(map[string]int{})
	w.chat.Change(g.Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Topic = "" })
	w.record("1", "Gamma", "a")
	w.settle("1")
	if topic := w.channel("1").Topic; topic != "Gamma" {
		t.Errorf("an empty topic became %q", topic)
	}
}

func TestDetailsCard(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	g := w.open("1")
	put := func(fields ...connector.Field) {
		w.crm.Put(connector.Record{
			Key: key("1"), Name: "Acme", URL: "https://crm.example/1", Fields: fields,
			Owner: connector.Principal{Type: connector.PrincipalUser, ID: "a"},
		})
		w.settle("1")
	}
	put(connector.Field{Key: "secret", Label: "Secret", Value: "x"})
	w.calls(map[string]int{})
	put(connector.Field{Key: "amount", Label: "Amount", Value: "10"})
	w.calls(map[string]int{"edit": 1})
	w.chat.Delete(g.Channel.ID, g.Details.Message)
	put(connector.Field{Key: "amount", Label: "Amount", Value: "11"})
	w.calls(map[string]int{"edit": 1, "post": 1, "pin": 1})
	if messages := w.channel("1").Messages; len(messages) != 1 || !messages[0].Pinned {
		t.Errorf("messages %+v", messages)
	}
	put(connector.Field{Key: "amount", Label: "Amount", Value: "11"})
	w.calls(map[string]int{})
}

func TestDetailsRefusedForGood(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	w.request("1")
	w.chat.Calls.Spoil("post", 0, connectortest.MemoryFault{Err: connector.ErrForbidden})
	w.settle("1")
	w.forget()
	w.settle("1")
	w.calls(map[string]int{})
	if g := w.group("1"); g.State != connector.GroupActive {
		t.Errorf("group %s", g.State)
	}
}

func TestKindNoLongerInUse(t *testing.T) {
	w := newWorld(t)
	w.person("a")
	w.record("1", "Acme", "a")
	w.open("1")
	w.policy.Kind = connector.KindOpportunity
	w.settle("1")
	w.calls(map[string]int{})
	if g := w.group("1"); g.State != connector.GroupUnmanaged {
		t.Errorf("group %s", g.State)
	}
}

func TestChannelOutOfReach(t *testing.T) {
	for state, hand := range map[connector.GroupState]func(*connectortest.MemoryChannel){
		connector.GroupArchived:    func(ch *connectortest.MemoryChannel) { ch.Archived = !ch.Archived },
		connector.GroupUnreachable: func(ch *connectortest.MemoryChannel) { ch.Botless = !ch.Botless; ch.Shut = true },
		connector.GroupLost:        func(ch *connectortest.MemoryChannel) { ch.Deleted = !ch.Deleted },
	} {
		t.Run(string(state), func(t *testing.T) {
			w := newWorld(t)
			w.person("a", "b")
			w.record("1", "Acme", "a")
			w.policy.Private = false
			g := w.open("1")
			w.chat.Change(g.Channel.ID, hand)
			w.team("1", "a", "b")
			w.settle("1")
			if got := w.group("1"); got.State != state || got.Channel != g.Channel {
				t.Fatalf("group %s, channel %+v", got.State, got.Channel)
			}
			if len(w.chat.Channels()) != 1 {
				t.Error("a second channel was made")
			}
			w.chat.Change(g.Channel.ID, hand)
			w.settle("1")
			w.in("1", "a", "b")
			if got := w.group("1").State; got != connector.GroupActive {
				t.Errorf("group %s", got)
			}
		})
	}
}

// Without our bot a private channel looks as if it were gone; the event tells
// that it is not.
func TestBotRemovedFromPrivateChannel(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b")
	w.record("1", "Acme", "a", "b")
	g := w.open("1")
	bot := func(event connector.ChatEventType, who connector.MemberID) {
		t.Helper()
		w.clock.Advance(time.Second)
		w.ok(w.acceptor().AcceptChat(t.Context(), connector.ChatEvent{
			ID: "bot-" + w.clock.Now().String(), Type: event, Platform: slack, Channel: g.Channel.ID, Member: who,
		}))
		w.clock.Advance(time.Second)
		w.settle("1")
	}
	hand := func(botless, deleted bool) {
		w.chat.Change(g.Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Botless, ch.Deleted = botless, deleted })
	}
	state := func(want connector.GroupState) {
		t.Helper()
		if got := w.group("1").State; got != want {
			t.Fatalf("group %s, want %s", got, want)
		}
	}
	hand(true, false)
	w.team("1", "a")
	w.settle("1")
	state(connector.GroupLost) // as far as anybody can tell
	bot(connector.ChatBotRemoved, "")
	state(connector.GroupUnreachable)
	w.status("1", "b", connector.StatusMember)
	hand(false, false)
	bot(connector.ChatMemberJoined, connectortest.MemoryBot)
	state(connector.GroupActive)
	w.in("1", "a")
	hand(false, true)
	bot(connector.ChatChannelRenamed, "") // what was told before it was back counts no more
	state(connector.GroupLost)
	hand(true, false)
	bot(connector.ChatBotRemoved, "")
	state(connector.GroupUnreachable)
	hand(false, true)
	bot(connector.ChatChannelDeleted, "")
	state(connector.GroupLost)
}

// What began before the last event says nothing of it: it is read again.
func TestReadingIsAsOldAsItsBeginning(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b")
	w.record("1", "Acme", "a", "b")
	w.open("1")
	w.clock.Advance(2 * time.Minute)
	w.touch("1", connector.ChatMemberLeft, "b")
	w.forget()
	begun := w.clock.Now().Add(-time.Minute)
	w.chat.BeginReading(begun)
	w.settle("1")
	if at := w.group("1").ChatReadAt; !at.Equal(begun) {
		t.Errorf("read at %s, want %s", at, begun)
	}
	if jobs := w.queue.take(connector.LaneGroup); len(jobs) == 0 {
		t.Error("nothing asks for another reading")
	}
	w.settle("1")
	w.calls(map[string]int{"observe": 2})
}

// What was gone on with for longer than another replica took to read is read again: it
// is not the last reading.
func TestReadingOlderThanTheLast(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b")
	w.record("1", "Acme", "a", "b")
	w.open("1")
	last := w.group("1").ChatReadAt
	w.touch("1", connector.ChatMemberLeft, "b")
	w.forget()
	w.chat.BeginReading(last.Add(-time.Minute))
	w.settle("1")
	if at := w.group("1").ChatReadAt; at.Before(last) {
		t.Errorf("read at %s, before that at %s", at, last)
	}
	w.calls(map[string]int{"observe": 2})
}
