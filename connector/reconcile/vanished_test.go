package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
)

// Whose account was deactivated did not leave, also where who left is added
// again: they are pending, and an owner's one return is not used up by it.
func TestDeactivatedIsNotReadded(t *testing.T) {
	for name, leavers := range map[string]connector.LeaverPolicy{"owner": connector.LeaversRespect, "readd": connector.LeaversReadd} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.policy.Leavers = leavers
			w.person("a", "b", "c")
			w.record("1", "Acme", "a", "b", "c")
			g := w.open("1")
			w.chat.SetAccount(email("a"), connector.ReasonNoAccount)
			w.clock.Advance(25 * time.Hour)
			w.settle("1")
			if row := w.row("1", "a"); row.Status != connector.StatusPending || row.Reason != connector.ReasonNoAccount {
				t.Errorf("row %+v", row)
			}
			if n := w.chat.Calls.Counts()["add"]; n != 0 {
				t.Errorf("%d invitations of an account that is gone", n)
			}
			w.chat.Person(email("a"))
			w.clock.Advance(time.Hour)
			w.settle("1")
			w.in("1", "a", "b", "c")
			w.chat.Leave(g.Channel.ID, members("a")...)
			w.touch("1", connector.ChatMemberLeft, "a")
			w.clock.Advance(time.Second)
			w.settle("1")
			w.in("1", "a", "b", "c")
		})
	}
}

// Whoever comes back while it is doubted that they vanished is no echo of ours.
func TestBackWhileDoubted(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b", "c")
	g := w.open("1")
	w.chat.Leave(g.Channel.ID, members("b", "c")...)
	w.touch("1", connector.ChatMemberLeft, "b")
	w.settle("1")
	before := w.group("1").TouchedAt
	w.chat.Join(g.Channel.ID, members("b")...)
	w.touch("1", connector.ChatMemberJoined, "b")
	if g := w.group("1"); !g.TouchedAt.After(before) {
		t.Error("nobody looks at the channel")
	}
	before = w.group("1").TouchedAt
	w.touch("1", connector.ChatMemberJoined, "a")
	if g := w.group("1"); g.TouchedAt.After(before) {
		t.Error("an echo counts")
	}
}
