package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

const (
	asksAddress = string(connectortest.ChatLookup)
	asksAccount = string(connectortest.ChatAccount)
)

// moved gives an address to another account; both are somebody's.
func (w *world) moved(user string) (heir connector.MemberID) {
	w.chat.Readdress(member(user), "was-"+email(user))
	heir = w.chat.Person("heir-" + email(user))
	w.chat.Readdress(heir, email(user))
	return heir
}

// By an answer older than a day nobody is added before it was asked for again.
func TestOldAnswerIsAskedForAgain(t *testing.T) {
	for name, link := range map[string]bool{asksAddress: false, asksAccount: true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.person("a", "b", "c")
			if link {
				u := user("b")
				u.Links = map[connector.PlatformID]connector.MemberID{slack: member("b")}
				w.crm.PutUser(u)
			}
			w.record("1", "Acme", "a", "b", "c")
			w.open("1")
			w.record("2", "Beta", "c", "a")
			w.open("2")
			add := func(team ...string) int {
				w.Helper()
				w.forget()
				w.team("2", team...)
				w.settle("2")
				w.in("2", team...)
				return w.chat.Calls.Counts()[name]
			}
			w.clock.Advance(23 * time.Hour)
			if n := add("c", "a", "b"); n != 0 {
				t.Errorf("asked %d times within a day", n)
			}
			add("c", "a")
			w.clock.Advance(2 * time.Hour)
			if n := add("c", "a", "b"); n != 1 {
				t.Errorf("asked %d times after a day", n)
			}
			add("c", "a")
			if n := add("c", "a", "b"); n != 0 {
				t.Errorf("asked %d times after that", n)
			}
		})
	}
}

// Age alone is no reason to ask for people who are in.
func TestWhoIsInIsNotAskedFor(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b")
	w.record("1", "Acme", "a", "b")
	w.open("1")
	w.clock.Advance(23 * time.Hour)
	w.settle("1")
	w.calls(map[string]int{})
	w.clock.Advance(30 * 24 * time.Hour)
	w.settle("1")
	if n := w.chat.Calls.Counts(); n[asksAddress]+n[asksAccount] != 0 {
		t.Errorf("calls %v", n)
	}
}

// Who has an address that was somebody else's is invited as the one whose it is, and
// the account of before goes where it is in.
func TestAddressMoved(t *testing.T) {
	for name, allAtOnce := range map[string]bool{"invited": false, "let in by the creation": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.chat.SetManners(connectortest.Manners{AllAtOnce: allAtOnce, SharedNames: allAtOnce})
			w.person("a", "b", "c")
			w.record("1", "Acme", "a", "b", "c")
			g := w.open("1")
			w.clock.Advance(25 * time.Hour)
			heir := w.moved("b")
			w.record("2", "Beta", "a", "b")
			w.open("2")
			if in := w.channel("2").Members; len(in) != 2 || in[0] != member("a") || in[1] != heir {
				t.Errorf("in the new channel %v", in)
			}
			w.settle("1")
			if in := w.chat.Channel(g.Channel.ID).Members; len(in) != 3 || in[0] != member("a") || in[1] != member("c") || in[2] != heir {
				t.Errorf("in the old channel %v", in)
			}
		})
	}
}

// A look-up without an answer takes nobody out, and lets nobody in.
func TestOldAnswerWaits(t *testing.T) {
	w := newWorld(t)
	w.policy.Extras = connector.ExtrasKick
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b", "c")
	w.open("1")
	w.record("2", "Beta", "a", "c")
	g := w.open("2")
	w.clock.Advance(25 * time.Hour)
	w.chat.Join(g.Channel.ID, w.moved("b")) // whom nobody knows by that account yet
	w.touch("2", connector.ChatMemberJoined, "b")
	w.team("2", "a", "b", "c")
	wait := &connector.WaitError{After: time.Minute}
	w.chat.Calls.Spoil(asksAddress, 0, connectortest.MemoryFault{Err: wait})
	if end := w.run("2"); end.Outcome == connector.RunDone {
		t.Errorf("done: %+v", end)
	}
	if row := w.row("2", "b"); row.Status != connector.StatusPending || row.Reason != connector.ReasonRateWait || row.Member != member("b") {
		t.Errorf("row %+v", row)
	}
	if n := len(w.channel("2").Members); n != 3 {
		t.Errorf("in the channel %v", w.channel("2").Members)
	}
	w.chat.Calls.Spoil(asksAddress, 0, connectortest.MemoryFault{Err: wait})
	w.run("1")
	w.in("1", "a", "b", "c")
	w.clock.Advance(time.Minute)
	w.settle("2")
	if row := w.row("2", "b"); row.Status != connector.StatusHandAdded || row.Reason != "" || row.Member == member("b") {
		t.Errorf("row %+v", row)
	}
}

// A channel for people of whom nobody could be asked for is not made yet.
func TestNoChannelForOldAnswers(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b")
	w.record("1", "Acme", "a", "b")
	w.open("1")
	w.clock.Advance(25 * time.Hour)
	w.record("2", "Beta", "a", "b")
	w.chat.Calls.Spoil(asksAddress, 0, connectortest.MemoryFault{Err: connector.ErrTemporary})
	w.request("2")
	w.run("2")
	if id := w.group("2").Channel.ID; id != "" {
		t.Errorf("made %s", id)
	}
	w.settle("2")
	w.in("2", "a", "b")
}
