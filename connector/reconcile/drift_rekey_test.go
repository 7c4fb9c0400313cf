package reconcile_test

import (
	"context"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// underID gives the channel of a Record another id, and tells nobody.
func (w *world) underID(record string, id connector.ChannelID) {
	w.Helper()
	w.chat.Change(w.group(record).Channel.ID, func(ch *connectortest.MemoryChannel) {
		ch.ID, ch.URL = id, "https://chat.example/"+string(id)
	})
}

// TestDriftFindsTheOtherID: a look at all channels finds the one that got another id,
// also where a run has called it lost since; whatever was known of it stays.
func TestDriftFindsTheOtherID(t *testing.T) {
	for _, lost := range []bool{false, true} {
		c := checkedWorld(t, connectortest.Manners{})
		before := c.group("3")
		c.underID("3", "C77")
		if lost {
			c.settle("3")
			c.stands("3", connector.GroupLost)
		}
		c.clock.Advance(24 * time.Hour)
		c.plan()
		c.settle("3")
		g := c.group("3")
		if g.Channel.ID != "C77" || g.Channel.URL != "https://chat.example/C77" || g.State != connector.GroupActive {
			t.Fatalf("lost %t: %+v", lost, g)
		}
		if got, want := rows(g.Memberships), rows(before.Memberships); got != want || g.Details.Message != before.Details.Message {
			t.Errorf("lost %t: %s, was %s", lost, got, want)
		}
		for name, free := range map[string]bool{"channel/" + string(before.Channel.ID): true, "channel/C77": false} {
			holder, err := c.engine.Names.Reserve(t.Context(), slack, name, "another")
			c.ok(err)
			if (holder == "another") != free {
				t.Errorf("%s is held by %s", name, holder)
			}
		}
	}
}

// TestDriftTakesNoOtherChannelForIt: only the one that was made when it was.
func TestDriftTakesNoOtherChannelForIt(t *testing.T) {
	deleted := func(ch *connectortest.MemoryChannel) { ch.Deleted = true }
	for name, meanwhile := range map[string]func(c *checked, at time.Time){
		"none": func(*checked, time.Time) {},
		"another of ours": func(c *checked, at time.Time) {
			id := c.ours("spare", "crm/account/3")
			c.chat.Change(id, func(ch *connectortest.MemoryChannel) { ch.Created = at.Add(time.Hour) })
		},
		"somebody else's": func(c *checked, at time.Time) {
			id := c.theirs("spare")
			c.chat.Change(id, func(ch *connectortest.MemoryChannel) { ch.Created, ch.Purpose = at, "crm/account/3" })
		},
		"two": func(c *checked, at time.Time) {
			for _, name := range []string{"spare", "spare-2"} {
				id := c.ours(name, "crm/account/3")
				c.chat.Change(id, func(ch *connectortest.MemoryChannel) { ch.Created = at })
			}
		},
		"of another record": func(c *checked, at time.Time) {
			c.chat.Change(c.group("1").Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Created, ch.Purpose = at, "crm/account/3" })
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := checkedWorld(t, connectortest.Manners{})
			before := c.group("3")
			c.chat.Change(before.Channel.ID, deleted)
			c.settle("3")
			meanwhile(c, before.MadeAt)
			c.clock.Advance(24 * time.Hour)
			c.plan()
			c.settle("3")
			if g := c.group("3"); g.Channel.ID != before.Channel.ID || g.State != connector.GroupLost {
				t.Errorf("%s, %s", g.Channel.ID, g.State)
			}
		})
	}
}

// TestDriftIsNotTakenBackByAnOldList: what was seen of all channels may be older than the
// event that told of the new id.
func TestDriftIsNotTakenBackByAnOldList(t *testing.T) {
	c := checkedWorld(t, connectortest.Manners{})
	before := c.group("3").Channel.ID
	c.clock.Advance(24 * time.Hour)
	c.drift.Platforms = c.platforms()
	late := c.drift.Platforms[slack]
	late.Overview = &lateLook{all: late.Overview, then: func() {
		c.underID("3", "C77")
		c.ok(c.acceptor().AcceptChat(t.Context(), connector.ChatEvent{
			ID: "moved", Type: connector.ChatChannelMoved, Platform: slack, Channel: before, NewChannel: "C77", At: c.clock.Now(),
		}))
	}}
	c.drift.Platforms[slack] = late
	c.plan()
	if g := c.group("3"); g.Channel.ID != "C77" {
		t.Errorf("tied to %s", g.Channel.ID)
	}
}

// lateLook has something happen after all channels were seen, and before it is told.
type lateLook struct {
	all  connector.Overview
	then func()
}

func (l *lateLook) Overview(ctx context.Context) (connector.Overlook, error) {
	seen, err := l.all.Overview(ctx)
	l.then()
	return seen, err
}
