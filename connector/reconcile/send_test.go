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

// shared makes a world whose platform has channels of the same name, and makes
// a channel with everything in one call.
func shared(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.chat.SetManners(connectortest.Manners{SharedNames: true, AllAtOnce: true})
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b")
	return w
}

// oneChannel checks that the Record has one channel, with these people in it,
// whom nobody invited twice.
func (w *world) oneChannel(id string, people ...string) {
	w.Helper()
	channels := w.chat.Channels()
	if len(channels) != 1 {
		w.Fatalf("%d channels: %+v", len(channels), channels)
	}
	ch := channels[0]
	slices.Sort(ch.Members)
	if !slices.Equal(ch.Members, members(people...)) || ch.Repeats != 0 {
		w.Errorf("in the channel: %v, want %v; invited again: %d", ch.Members, people, ch.Repeats)
	}
	g := w.group(id)
	if g.Channel.ID != ch.ID || g.State != connector.GroupActive || g.Intent != nil {
		w.Errorf("the group is %+v", g)
	}
	for _, row := range g.Memberships {
		if row.Status != connector.StatusMember || !row.Owned || !row.Seen {
			w.Errorf("membership %+v", row)
		}
	}
}

func TestCreateAllAtOnce(t *testing.T) {
	w := shared(t)
	w.request("1")
	w.settle("1")
	w.oneChannel("1", "a", "b")
	for _, op := range []connectortest.ChatOp{
		connectortest.ChatAdd, connectortest.ChatSetTopic, connectortest.ChatSetPurpose, connectortest.ChatFind,
	} {
		if n := w.chat.Calls.Counts()[string(op)]; n != 0 {
			t.Errorf("%d calls of %s", n, op)
		}
	}
	if ch := w.chat.Channels()[0]; ch.Topic != "Acme" || ch.Purpose != "crm/account/1" {
		t.Errorf("topic %q, purpose %q", ch.Topic, ch.Purpose)
	}
}

// More people than a creation takes are let in by it and after it.
func TestCreateForMany(t *testing.T) {
	w := shared(t)
	var team []string
	for i := range w.chat.Platform().Limits.CreateMembers + 3 {
		team = append(team, fmt.Sprintf("p%03d", i))
	}
	w.person(team...)
	w.record("1", "Acme", team...)
	w.request("1")
	w.settle("1")
	w.oneChannel("1", team...)
	if n := w.chat.Calls.Counts()[string(connectortest.ChatAdd)]; n != 1 {
		t.Errorf("%d additions", n)
	}
}

// Where names are shared, a lost answer or a crash makes no second channel.
func TestCreateLostWhereNamesAreShared(t *testing.T) {
	for name, fault := range map[string]connectortest.MemoryFault{
		"done, answer lost":     {Err: connector.ErrUnknownOutcome, Done: true},
		"not done, answer lost": {Err: connector.ErrUnknownOutcome},
		"refused for a while":   {Err: &connector.WaitError{After: time.Minute, What: "create"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := shared(t)
			w.chat.Calls.Spoil(string(connectortest.ChatCreate), 0, fault)
			w.request("1")
			w.settle("1")
			w.oneChannel("1", "a", "b")
			counts := w.chat.Calls.Counts()
			if n := counts[string(connectortest.ChatCreate)]; fault.Done && n != 1 || !fault.Done && n != 2 {
				t.Errorf("%d creations", n)
			}
			unknown := errors.Is(fault.Err, connector.ErrUnknownOutcome)
			if n := counts[string(connectortest.ChatFind)]; (n > 0) != unknown {
				t.Errorf("looked %d times for what was made", n)
			}
		})
	}
}

// A creation whose answer is lost is not looked for before it can have no
// effect any more: until then it may yet be made.
func TestCreateIsLookedUpLate(t *testing.T) {
	w := shared(t)
	w.chat.Calls.Spoil(string(connectortest.ChatCreate), 0, connectortest.MemoryFault{Err: connector.ErrUnknownOutcome})
	w.request("1")
	w.run("1")
	end := w.run("1")
	limits := w.chat.Platform().Limits
	if end.Outcome != connector.RunWait || end.After != limits.CallTimeout+limits.LookupDelay {
		t.Fatalf("the second run ended with %+v", end)
	}
	w.clock.Advance(end.After - time.Second)
	if end = w.run("1"); end.Outcome != connector.RunWait || end.After != time.Second {
		t.Fatalf("a moment before it can have no effect any more: %+v", end)
	}
	if n := w.chat.Calls.Counts()[string(connectortest.ChatFind)]; n != 0 {
		t.Errorf("looked %d times before", n)
	}
	w.clock.Advance(end.After)
	w.settle("1")
	w.oneChannel("1", "a", "b")
}

// The topic that a lost creation set is ours, also when a rename fails before it
// is changed for the first time; one that people wrote is not.
func TestTopicOfLostCreation(t *testing.T) {
	for byHand, want := range map[string]string{"": "Gamma", "Ours": "Ours"} {
		w := shared(t)
		w.chat.Calls.Spoil(string(connectortest.ChatCreate), 0, connectortest.MemoryFault{Err: connector.ErrUnknownOutcome, Done: true})
		w.chat.Calls.Spoil(string(connectortest.ChatRename), 0, connectortest.MemoryFault{Err: connector.ErrTemporary})
		w.request("1")
		w.run("1")
		if byHand != "" {
			w.chat.Change(w.chat.Channels()[0].ID, func(ch *connectortest.MemoryChannel) { ch.Topic = byHand })
		}
		w.record("1", "Beta", "a", "b")
		w.clock.Advance(time.Minute)
		w.run("1")
		w.record("1", "Gamma", "a", "b")
		w.settle("1")
		w.oneChannel("1", "a", "b")
		w.called("1", "gamma")
		if topic := w.channel("1").Topic; topic != want {
			t.Errorf("the topic is %q, want %q", topic, want)
		}
		if n := w.chat.Calls.Counts()[string(connectortest.ChatRename)]; n != 2 {
			t.Errorf("%d renames, want one that failed and one more", n)
		}
	}
}

// A run that is stopped at any step of the store makes no second channel.
func TestCreateStoppedWhereNamesAreShared(t *testing.T) {
	stopped := errors.New("stopped")
	for after := range 40 {
		w := shared(t)
		w.request("1")
		steps := 0
		w.gate = func(string) error {
			if steps++; steps > after {
				return stopped
			}
			return nil
		}
		w.run("1")
		done := steps <= after
		w.gate = nil
		w.clock.Advance(time.Minute)
		w.settle("1")
		w.oneChannel("1", "a", "b")
		if done {
			return
		}
	}
	t.Error("the creation takes more steps than were tried")
}

func TestCreateWithoutRoom(t *testing.T) {
	w := shared(t)
	w.chat.SetManners(connectortest.Manners{SharedNames: true, Channels: 1})
	w.record("2", "Beta", "a")
	w.open("1")
	w.request("2")
	w.settle("2")
	if g := w.group("2"); g.State != connector.GroupFailed || g.Failure == "" {
		t.Errorf("group %+v", g)
	}
}

// A name that must wait for its rate keeps nobody out.
func TestRenameWaitsForNobody(t *testing.T) {
	w := shared(t)
	w.open("1")
	w.queue.take(connector.LaneGroup)
	w.chat.Calls.Spoil(string(connectortest.ChatRename), 0, connectortest.MemoryFault{Err: &connector.WaitError{After: 10 * time.Minute, What: "rename"}})
	w.record("1", "Acme Two", "a", "b", "c")
	if end := w.run("1"); end.Outcome != connector.RunDone {
		t.Fatalf("the run ended with %+v", end)
	}
	w.oneChannel("1", "a", "b", "c")
	jobs := w.queue.take(connector.LaneGroup)
	if len(jobs) != 1 || jobs[0].Delay != 10*time.Minute {
		t.Fatalf("queued %+v", jobs)
	}
	w.clock.Advance(10 * time.Minute)
	w.settle("1")
	if ch := w.chat.Channels()[0]; ch.Name != "acme-two" || ch.Topic != "Acme Two" {
		t.Errorf("called %q, topic %q", ch.Name, ch.Topic)
	}
	if n := w.chat.Calls.Counts()[string(connectortest.ChatSetTopic)]; n != 0 {
		t.Errorf("%d topics set beside the name", n)
	}
}

// A worker that was stopped between the stored intent and the call sends nothing
// any more: others may have looked for the channel and found none.
func TestCreateStoppedBeforeTheCall(t *testing.T) {
	w := shared(t)
	w.request("1")
	w.gate = func(step string) error {
		if step == "save_group" {
			w.clock.Advance(w.chat.Platform().Limits.CallTimeout)
		}
		return nil
	}
	w.run("1")
	if n := len(w.chat.Channels()); n != 0 {
		t.Fatalf("%d channels", n)
	}
	w.gate = nil
	w.settle("1")
	w.oneChannel("1", "a", "b")
}

// A topic given by hand stays, also where it would change together with the name.
func TestRenameKeepsTopicByHand(t *testing.T) {
	w := shared(t)
	w.open("1")
	w.chat.Change(w.group("1").Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Topic = "by hand" })
	w.record("1", "Acme Two", "a", "b")
	w.settle("1")
	if ch := w.chat.Channels()[0]; ch.Name != "acme-two" || ch.Topic != "by hand" {
		t.Errorf("called %q, topic %q", ch.Name, ch.Topic)
	}
}

// TestCreateFindsNothing: what the platform does not find when a channel is made says
// nothing of the name; an earlier try may have made the channel, and there is no
// second one.
func TestCreateFindsNothing(t *testing.T) {
	for name, made := range map[string]func(*testing.T) *world{"unique names": newWorld, "shared names": shared} {
		t.Run(name, func(t *testing.T) {
			w := made(t)
			w.person("a", "b")
			w.record("1", "Acme", "a", "b")
			w.chat.Calls.Spoil("create", 0, connectortest.MemoryFault{Err: connector.ErrUnknownOutcome, Done: true})
			w.request("1")
			w.clock.Advance(w.run("1").After)
			w.chat.Calls.Spoil("create", 0, connectortest.MemoryFault{Err: connector.ErrNotFound})
			w.settle("1")
			w.oneChannel("1", "a", "b")
			if got := w.channel("1").Name; got != "acme" {
				t.Errorf("named %s", got)
			}
		})
	}
}

// A first topic that has to wait is not looked for before it is set, in a channel that
// was just made; later on somebody may have set one.
func TestFirstTopicThatWaits(t *testing.T) {
	for name, c := range map[string]struct {
		wait  time.Duration
		looks int
		there string
	}{
		"a moment": {wait: 20 * time.Second, there: "Acme"},
		"long":     {wait: untouched, looks: 1, there: "by hand"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.person("a")
			w.record("1", "Acme", "a")
			w.request("1")
			for range 2 {
				w.chat.Calls.Spoil(string(connectortest.ChatSetTopic), 0, connectortest.MemoryFault{
					Err: &connector.WaitError{After: c.wait, What: "set_topic"},
				})
			}
			w.run("1")
			w.clock.Advance(c.wait)
			if c.looks > 0 {
				w.chat.Change(w.group("1").Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Topic = "by hand" })
			}
			w.settle("1")
			w.clock.Advance(c.wait)
			w.settle("1")
			if topic, n := w.channel("1").Topic, w.chat.Calls.Counts()["topic"]; topic != c.there || n != c.looks {
				t.Errorf("topic %q after %d looks, want %q after %d", topic, n, c.there, c.looks)
			}
		})
	}
}

// untouched is how long nobody is taken to have set a new channel's topic.
const untouched = time.Minute
