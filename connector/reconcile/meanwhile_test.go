package reconcile_test

import (
	"context"
	"testing"
	"time"

	"roomkeeper/connector"
)

// meanwhile has people come and go while an addition is under way.
type meanwhile struct {
	connector.Members
	then func()
}

func (m meanwhile) Add(ctx context.Context, channel connector.ChannelID, members []connector.MemberID) error {
	err := m.Members.Add(ctx, channel, members)
	m.then()
	return err
}

// What an addition finds besides is as good as an event: whoever came or went before it
// without one, or while it was under way with one that the reading after it overtakes.
func TestWhoComesAndGoesDuringAnAddition(t *testing.T) {
	for name, told := range map[string]bool{"no event tells": false, "an event tells": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.policy.Extras = connector.ExtrasKick
			w.person("a", "b", "c", "d", "x")
			w.record("1", "Acme", "a", "b", "c")
			g := w.open("1")
			happens := func() {
				w.chat.Join(g.Channel.ID, member("x"))
				w.chat.Leave(g.Channel.ID, member("c"))
				if told {
					w.touchChannel()
				}
			}
			w.team("1", "a", "b", "c", "d")
			if told {
				w.meanwhile = happens
			} else {
				happens()
			}
			w.dismissDue()
			w.settle("1")
			w.meanwhile = nil
			if w.dismissDue() == 0 {
				t.Error("no run is to come")
			}
			w.settle("1")
			w.in("1", "a", "b", "d")
			w.status("1", "c", connector.StatusLeft)
		})
	}
}

// dismissDue ends what is due within a minute without doing it, and returns how many
// runs of Groups that were.
func (w *world) dismissDue() (n int) {
	w.Helper()
	w.clock.Advance(time.Minute)
	for {
		depth, err := w.engine.Queue.Depth(w.Context())
		w.ok(err)
		if depth.Oldest.IsZero() {
			return n
		}
		lease, err := w.engine.Queue.Take(w.Context())
		w.ok(err)
		if lease.Key.Lane == connector.LaneGroup {
			n++
		}
		w.ok(w.engine.Queue.Finish(w.Context(), lease, connector.RunEnd{Outcome: connector.RunDone}))
	}
}

// awayInbox fails a number of times.
type awayInbox struct {
	connector.Inbox
	fails *int
}

func (i awayInbox) Accept(ctx context.Context, intakes ...connector.Intake) (int, error) {
	if *i.fails > 0 {
		*i.fails--
		return 0, connector.ErrStoreAway
	}
	return i.Inbox.Accept(ctx, intakes...)
}

// What a reading showed and could not be noted is read again.
func TestWhatAnAdditionFindsIsNotLost(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c", "d")
	w.record("1", "Acme", "a", "b", "c")
	g := w.open("1")
	w.chat.Leave(g.Channel.ID, member("c"))
	w.team("1", "a", "b", "c", "d")
	fails := 1
	w.engine.Inbox = awayInbox{w.engine.Inbox, &fails}
	if end := w.run("1"); end.Outcome != connector.RunRetry || fails != 0 {
		t.Fatalf("ended %+v, %d failures left", end, fails)
	}
	w.settle("1")
	w.status("1", "c", connector.StatusLeft)
}

// While a hold doubts who is in, each run reads the channel: an addition asks for none.
func TestAdditionsWhileMostVanished(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c", "d")
	w.record("1", "Acme", "a", "b", "c")
	g := w.open("1")
	w.chat.Leave(g.Channel.ID, member("b"), member("c"))
	w.touchChannel()
	w.settle("1")
	if held := w.group("1").Held; held == nil || held.Reason != connector.HoldMassVanish {
		t.Fatalf("held %+v", held)
	}
	w.team("1", "a", "b", "c", "d")
	w.dismissDue()
	w.settle("1")
	if n := w.dismissDue(); n != 0 {
		t.Errorf("%d runs are to come", n)
	}
}
