package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// telling is a world whose platform tells by its answers who is in.
func telling(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.chat.SetManners(connectortest.Manners{SharedNames: true, AllAtOnce: true, AddsAtOnce: true})
	w.person("a", "b", "h")
	w.record("1", "Acme", "a", "b")
	return w
}

func (w *world) reads(want int) {
	w.Helper()
	if n := w.chat.Calls.Counts()[string(connectortest.ChatObserve)]; n != want {
		w.Errorf("%d readings, want %d", n, want)
	}
}

// The answer to a creation is the reading, of that time, and says who is in as any other.
func TestCreationIsTheReading(t *testing.T) {
	w := telling(t)
	begun := w.clock.Now()
	w.request("1")
	w.settle("1")
	w.oneChannel("1", "a", "b")
	w.reads(0)
	g := w.group("1")
	if g.ChatReadAt.Before(begun) || g.ChatReadAt.After(w.channel("1").Created) {
		t.Errorf("read at %s, made at %s", g.ChatReadAt, w.channel("1").Created)
	}
	w.chat.Leave(g.Channel.ID, member("b"))
	w.clock.Advance(1)
	w.ok(w.acceptor().AcceptChat(t.Context(), connector.ChatEvent{
		ID: "left", Type: connector.ChatMemberLeft, Platform: slack, Channel: g.Channel.ID, Member: member("b"),
	}))
	w.settle("1")
	if row := w.row("1", "b"); row.Status != connector.StatusLeft {
		t.Errorf("who left is %+v", row)
	}
}

// Where the answer shows others than were asked for, came late, or got lost, the channel
// is read.
func TestCreationThatTellsLess(t *testing.T) {
	for name, c := range map[string]struct {
		given func(*world)
		hand  connector.MemberStatus
	}{
		"somebody besides": {given: func(w *world) { w.chat.SetResidents(member("h")) }, hand: connector.StatusHandAdded},
		"late":             {given: func(w *world) { w.chat.BeginReading(w.clock.Now().Add(-2 * time.Second)) }},
		"lost": {given: func(w *world) {
			w.chat.Calls.Spoil(string(connectortest.ChatCreate), 0, connectortest.MemoryFault{Err: connector.ErrUnknownOutcome, Done: true})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := telling(t)
			c.given(w)
			w.request("1")
			w.settle("1")
			w.reads(1)
			for _, who := range []string{"a", "b"} {
				if row := w.row("1", who); row.Status != connector.StatusMember || !row.Owned || !row.Seen {
					t.Errorf("%s is %+v", who, row)
				}
			}
			if row := w.row("1", "h"); row.Status != c.hand {
				t.Errorf("who was there from the beginning is %+v", row)
			}
		})
	}
}

// Whom the answer does not show is not in by it.
func TestCreationThatLetsOneInOnly(t *testing.T) {
	w := telling(t)
	w.record("2", "Beta", "a", "b")
	w.open("2") // both are known from then on
	w.chat.SetAccount("b@example.com", connector.ReasonGuest)
	w.request("1")
	w.settle("1")
	w.reads(1)
	w.in("1", "a")
	if a, b := w.row("1", "a"), w.row("1", "b"); a.Status != connector.StatusMember || b.Status != connector.StatusPending || b.Reason != connector.ReasonGuest {
		t.Errorf("%+v, %+v", a, b)
	}
}
