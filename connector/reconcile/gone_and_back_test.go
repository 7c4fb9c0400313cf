package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// sentAway takes somebody out of the workspace, and so out of the channel, and tells of
// it; back lets them in again, into the workspace only. Nothing runs meanwhile.
func (w *world) sentAway(who string) {
	w.Helper()
	w.clock.Advance(time.Second)
	w.chat.SetAccount(who+"@example.com", connector.ReasonNoAccount)
	w.chat.Leave(w.group("1").Channel.ID, member(who))
	w.tellOf(connector.ChatPersonLeft, who)
}

func (w *world) back(who string) {
	w.Helper()
	w.clock.Advance(time.Second)
	w.chat.Person(who + "@example.com")
	w.tellOf(connector.ChatPersonChanged, who)
	w.clock.Advance(time.Second)
}

func (w *world) tellOf(what connector.ChatEventType, who string) {
	w.Helper()
	w.ok(w.acceptor().AcceptChat(w.Context(), connector.ChatEvent{
		ID: string(what) + w.clock.Now().String(), Type: what, Platform: slack, Member: member(who), At: w.clock.Now(),
	}))
}

// Whoever was out of the workspace, and back before the channel was read, did not leave.
func TestGoneAndBackBeforeALook(t *testing.T) {
	for name, stored := range map[string]bool{"found by e-mail": false, "linked by hand": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.person("a", "b", "c")
			if stored {
				w.ok(w.linker().Set(t.Context(), "b", slack, member("b"), "api:ops"))
			}
			w.record("1", "Acme", "a", "b", "c")
			w.open("1")
			w.clock.Advance(time.Hour)
			w.sentAway("b")
			w.back("b")
			w.settle("1")
			w.in("1", "a", "b", "c")
			w.status("1", "b", connector.StatusMember)

			// To leave afterwards is to leave.
			w.clock.Advance(time.Hour)
			w.handOut("b")
			w.status("1", "b", connector.StatusLeft)
			w.settle("1")
			w.in("1", "a", "c")
		})
	}
}

// So it is where the channel was out of reach all the time, and others were not.
func TestGoneAndBackWhileOutOfReach(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b", "c")
	w.record("2", "Globex", "a", "b", "c")
	w.open("2")
	w.open("1")
	w.clock.Advance(time.Hour)
	w.expel("1")
	w.touchChannel()
	w.settle("1")
	w.chat.Leave(w.group("2").Channel.ID, member("b"))
	w.sentAway("b")
	w.settle("2")
	w.settle("1")
	w.clock.Advance(time.Hour)
	w.back("b")
	w.settle("2")
	w.in("2", "a", "b", "c")
	w.chat.Change(w.group("1").Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Botless = false })
	w.touchChannel()
	w.settle("1")
	w.in("1", "a", "b", "c")
}

// Whoever is in still when they are back, and leaves long after, left.
func TestGoneAndBackStillIn(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b", "c")
	w.open("1")
	w.clock.Advance(time.Hour)
	w.tellOf(connector.ChatPersonLeft, "b")
	w.back("b")
	w.settle("1")
	w.in("1", "a", "b", "c")
	w.clock.Advance(time.Hour)
	w.handOut("b")
	w.status("1", "b", connector.StatusLeft)
}

// It is known why they vanished, also where they are more than half: nobody is asked.
func TestManyGoneAndBack(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b", "c")
	w.open("1")
	w.clock.Advance(time.Hour)
	w.sentAway("b")
	w.sentAway("c")
	w.back("b")
	w.back("c")
	w.settle("1")
	w.in("1", "a", "b", "c")
	if g := w.group("1"); g.Held != nil {
		t.Errorf("held %+v", g.Held)
	}
}
