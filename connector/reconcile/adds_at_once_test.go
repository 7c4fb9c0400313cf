package reconcile_test

import (
	"testing"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// TestAddsAtOnce: where the platform's answer tells who was let in, nothing is read for
// it; of an addition that was refused as a whole only a reading tells.
func TestAddsAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		spoilt bool
		reads  int
		want   connector.MemberStatus
	}{
		"answered": {want: connector.StatusMember},
		"refused":  {spoilt: true, reads: 1, want: connector.StatusPending},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.chat.SetManners(connectortest.Manners{AllAtOnce: true, AddsAtOnce: true})
			w.person("a", "b", "c")
			w.record("1", "Acme", "a", "b")
			w.open("1")
			w.crm.PutUser(user("d")) // has no account
			w.team("1", "a", "b", "c", "d")
			if c.spoilt {
				w.chat.Calls.Spoil(string(connectortest.ChatAdd), 0, connectortest.MemoryFault{Err: connector.ErrForbidden})
			}
			w.run("1")
			if n := w.chat.Calls.Counts()[string(connectortest.ChatObserve)]; n != c.reads {
				t.Errorf("%d readings, want %d", n, c.reads)
			}
			row := w.row("1", "c")
			if row.Status != c.want || row.Owned == c.spoilt || row.Seen == c.spoilt {
				t.Errorf("%+v", row)
			}
		})
	}
}

// TestWhoWasLetInMayLeave: who was let in by the platform's answer alone and goes has
// left, and is not let in again.
func TestWhoWasLetInMayLeave(t *testing.T) {
	w := newWorld(t)
	w.chat.SetManners(connectortest.Manners{AllAtOnce: true, AddsAtOnce: true})
	w.person("a", "b")
	w.record("1", "Acme", "a")
	g := w.open("1")
	w.team("1", "a", "b")
	w.run("1")
	w.in("1", "a", "b")
	w.chat.Leave(g.Channel.ID, member("b"))
	w.ok(w.acceptor().AcceptChat(t.Context(), connector.ChatEvent{
		ID: "left", Type: connector.ChatMemberLeft, Platform: slack, Channel: g.Channel.ID, Member: member("b"), At: w.clock.Now(),
	}))
	w.settle("1")
	w.in("1", "a")
	if row := w.row("1", "b"); row.Status != connector.StatusLeft {
		t.Errorf("%+v", row)
	}
}
