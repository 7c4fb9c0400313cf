package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// TestGoesOnByTheReading: a removal that had to wait goes on by the reading before it, as
// long as nobody touched or read the channel since, and whatever the CRM says meanwhile.
func TestGoesOnByTheReading(t *testing.T) {
	for name, c := range map[string]struct {
		meanwhile func(*world, connector.Group)
		reads     int
		in        []string
	}{
		"nothing happens": {in: []string{"a", "b"}},
		"back on the team": {
			meanwhile: func(w *world, _ connector.Group) { w.team("1", "a", "b", "c") }, in: []string{"a", "b", "c"},
		},
		"another goes too": {
			meanwhile: func(w *world, _ connector.Group) { w.team("1", "a") }, in: []string{"a"},
		},
		"somebody leaves": {
			meanwhile: func(w *world, g connector.Group) {
				w.chat.Leave(g.Channel.ID, member("b"))
				w.ok(w.acceptor().AcceptChat(t.Context(), connector.ChatEvent{
					ID: "left", Type: connector.ChatMemberLeft, Platform: slack, Channel: g.Channel.ID, Member: member("b"), At: w.clock.Now(),
				}))
			}, reads: 1, in: []string{"a"},
		},
		"another replica reads": {
			meanwhile: func(w *world, g connector.Group) {
				g.ChatReadAt = w.clock.Now()
				_, err := w.engine.Groups.SaveGroup(t.Context(), g)
				w.ok(err)
			}, reads: 1, in: []string{"a", "b"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.chat.SetManners(connectortest.Manners{GoesOn: true})
			w.policy.RemovalPeople = 3
			w.person("a", "b", "c")
			w.record("1", "Acme", "a", "b", "c")
			w.open("1")
			w.team("1", "a", "b")
			w.chat.Calls.Spoil(string(connectortest.ChatRemove), 0, connectortest.MemoryFault{
				Err: &connector.WaitError{After: 20 * time.Second, What: "remove"},
			})
			if end := w.run("1"); end.Outcome != connector.RunWait {
				t.Fatalf("%+v", end)
			}
			w.forget()
			w.clock.Advance(10 * time.Second)
			if c.meanwhile != nil {
				c.meanwhile(w, w.group("1"))
			}
			w.clock.Advance(10 * time.Second)
			w.run("1")
			if n := w.chat.Calls.Counts()[string(connectortest.ChatObserve)]; n != c.reads {
				t.Errorf("%d readings, want %d", n, c.reads)
			}
			w.in("1", c.in...)
			for range 2 { // and nobody has left by what was read before
				w.clock.Advance(time.Minute)
				w.ok(w.acceptor().AcceptChat(t.Context(), connector.ChatEvent{
					ID: "touched" + w.clock.Now().String(), Type: connector.ChatEventsWereMissed, Platform: slack, At: w.clock.Now(),
				}))
				w.settle("1")
			}
			w.in("1", c.in...)
			for _, who := range c.in {
				if row := w.row("1", who); row.Status != connector.StatusMember || !row.Owned || !row.Seen {
					t.Errorf("%+v", row)
				}
			}
		})
	}
}
