package reconcile_test

import (
	"slices"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// tells checks what waits to be told of a Group and that it was queued, and takes
// it out as a Teller does.
func (w *world) tells(id string, want ...connector.Telling) {
	w.Helper()
	g := w.group(id)
	var got []connector.Telling
	for _, telling := range g.Tellings {
		if telling.At.IsZero() {
			w.Errorf("%s without a time", telling.What)
		}
		telling.At = time.Time{}
		got = append(got, telling)
	}
	if !slices.Equal(got, want) {
		w.Fatalf("to be told: %+v, want %+v", got, want)
	}
	if queued := len(w.queue.take(connector.LaneTellings)) > 0; queued != (len(want) > 0) {
		w.Errorf("queued %t", queued)
	}
	g.Tellings = nil
	_, err := w.engine.Groups.SaveGroup(w.Context(), g)
	w.ok(err)
}

func TestHoldIsTold(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c", "d", "e")
	w.record("1", "Acme", "a", "b", "c", "d", "e")
	w.open("1")
	w.tells("1")
	w.team("1", "a")
	w.settle("1")
	held := connector.Telling{What: connector.TellHeld, About: string(w.group("1").Held.Plan.ID), To: connector.AudienceOwnerAndAdmin}
	w.tells("1", held)
	w.settle("1")
	w.tells("1") // the same hold is told once
	w.team("1", "a", "b")
	w.settle("1")
	if id := string(w.group("1").Held.Plan.ID); id == held.About {
		t.Fatal("another hold has the same id")
	} else {
		held.About = id
	}
	w.tells("1", held)
}

func TestRefusedRemovalIsToldOnce(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c", "d")
	w.record("1", "Acme", "a", "b", "c", "d")
	w.open("1")
	w.chat.ForbidRemovals(true)
	w.team("1", "a", "b", "c")
	w.settle("1")
	w.tells("1", connector.Telling{
		What: connector.TellRemovalNotAllowed, About: string(member("d")), Member: member("d"), To: connector.AudienceAdmins,
	})
	for range 3 {
		w.clock.Advance(25 * time.Hour)
		w.settle("1")
		w.tells("1")
	}
	w.status("1", "d", connector.StatusToRemove)
}

func TestStandingIsTold(t *testing.T) {
	for want, c := range map[connector.TellingWhat]struct {
		to     connector.Audience
		event  connector.ChatEventType
		change func(*connectortest.MemoryChannel)
	}{
		connector.TellUnreachable: {connector.AudienceOwnerAndAdmin, connector.ChatBotRemoved, func(ch *connectortest.MemoryChannel) { ch.Botless = true }},
		connector.TellArchived:    {connector.AudienceOwner, connector.ChatMemberLeft, func(ch *connectortest.MemoryChannel) { ch.Archived = true }},
		connector.TellLost:        {connector.AudienceOwner, connector.ChatMemberLeft, func(ch *connectortest.MemoryChannel) { ch.Deleted = true }},
	} {
		w := newWorld(t)
		w.person("a", "b")
		w.record("1", "Acme", "a", "b")
		g := w.open("1")
		w.chat.Change(g.Channel.ID, c.change)
		w.touch("1", c.event, "b")
		w.settle("1")
		w.tells("1", connector.Telling{What: want, To: c.to})
		w.clock.Advance(time.Hour)
		w.settle("1")
		w.tells("1")
	}
}

// A run that ends between what it stored and what it queued is done again, and
// queues it then.
func TestTellingSurvivesACrash(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c", "d")
	w.record("1", "Acme", "a", "b", "c", "d")
	w.open("1")
	w.tells("1")
	w.team("1", "a")
	w.gate = func(step string) error {
		if step == "queue" {
			w.gate = nil
			return connector.ErrStoreAway
		}
		return nil
	}
	w.settle("1")
	w.tells("1", connector.Telling{What: connector.TellHeld, About: string(w.group("1").Held.Plan.ID), To: connector.AudienceOwnerAndAdmin})
}
