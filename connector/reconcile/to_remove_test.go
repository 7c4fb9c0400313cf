package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
)

// TestWhoIsToGoAndGoes: whoever waits for their removal and goes by themselves is noticed
// by the event.
func TestWhoIsToGoAndGoes(t *testing.T) {
	t.Run("grace", func(t *testing.T) {
		w := newWorld(t)
		w.policy.Grace = 7 * 24 * time.Hour
		w.person("a", "b", "c")
		w.record("1", "Acme", "a", "b", "c")
		g := w.open("1")
		w.clock.Advance(time.Second)
		w.team("1", "a", "b")
		w.settle("1")
		w.status("1", "c", connector.StatusToRemove)
		w.chat.Leave(g.Channel.ID, member("c"))
		w.forget()
		w.touch("1", connector.ChatMemberLeft, "c")
		w.settle("1")
		w.status("1", "c", connector.StatusRemoved)
	})
	t.Run("refused", func(t *testing.T) {
		w := newWorld(t)
		w.person("a", "b", "c")
		w.record("1", "Acme", "a", "b", "c")
		g := w.open("1")
		w.chat.ForbidRemovals(true)
		w.team("1", "a", "b")
		w.settle("1")
		w.status("1", "c", connector.StatusToRemove)
		w.chat.Leave(g.Channel.ID, member("c"))
		w.forget()
		w.touch("1", connector.ChatMemberLeft, "c")
		w.settle("1")
		w.status("1", "c", connector.StatusRemoved)
	})
}

// TestHeldPeopleGo: an event about somebody whose removal is held causes a reading.
func TestHeldPeopleGo(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c", "d")
	w.record("1", "Acme", "a", "b", "c", "d")
	g := w.open("1")
	w.clock.Advance(time.Second)
	w.team("1", "a")
	w.settle("1")
	w.chat.Leave(g.Channel.ID, members("b", "c", "d")...)
	w.clock.Advance(time.Second)
	w.touch("1", connector.ChatMemberLeft, "b")
	w.settle("1")
	if g := w.group("1"); g.Held != nil || g.State != connector.GroupActive {
		t.Errorf("%s, held %+v", g.State, g.Held)
	}
	w.status("1", "b", connector.StatusRemoved)
}
