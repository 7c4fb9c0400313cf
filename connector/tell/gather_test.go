package tell_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// lose puts channels without an owner in reach out of reach.
func (w *world) lose(from, to int) (ids []connector.GroupID) {
	w.Helper()
	for i := from; i < to; i++ {
		id := w.add(fmt.Sprint(i), "")
		w.unreach(id)
		ids = append(ids, id)
	}
	return ids
}

func (w *world) unreach(id connector.GroupID) {
	w.Helper()
	w.save(id, func(g *connector.Group) {
		g.State = connector.GroupUnreachable
		g.Tell(connector.Telling{What: connector.TellUnreachable, To: connector.AudienceOwnerAndAdmin, At: w.clock.Now()})
	})
}

func (w *world) adminCards() (cards []connector.Card) {
	for _, m := range w.chat.Channel(w.admins).Messages {
		cards = append(cards, m.Card)
	}
	return cards
}

// Of many channels with one kind of trouble the admins hear by one message, which says
// how many there are and how all are found, and an hour later of the others.
func TestOneMessageForMany(t *testing.T) {
	w := newWorld(t)
	ids := w.lose(100, 140)
	w.save(ids[3], func(g *connector.Group) { g.State = connector.GroupActive })
	for _, id := range ids {
		w.settleOne(id)
	}
	w.told(0, 0)
	w.gathered(ids...)
	cards := w.adminCards()
	if len(cards) != 1 {
		t.Fatalf("%d messages", len(cards))
	}
	card := cards[0]
	if card.Title != "39 channels out of reach" || !strings.Contains(card.Text, "GET /api/v1/groups?state=unreachable") || len(card.Buttons) != 0 {
		t.Errorf("%+v", card)
	}
	if f := card.Fields[0]; f.Label != "Which (39)" || strings.Count(f.Value, "#acme-1") != 10 || !strings.HasSuffix(f.Value, ", and 29 more") {
		t.Errorf("%+v", f)
	}
	for _, id := range ids {
		if left := w.load(id).Tellings; len(left) != 0 {
			t.Fatalf("left %+v", left)
		}
	}
	first := w.clock.Now()
	later := w.lose(200, 203)
	for _, id := range later {
		w.settleOne(id)
	}
	w.gathered(later...)
	if cards = w.adminCards(); len(cards) != 2 || cards[1].Title != "3 channels out of reach" {
		t.Fatalf("%+v", cards)
	}
	if after := w.clock.Now().Sub(first); after < time.Hour {
		t.Errorf("told again after %s", after)
	}
}

// A kind of trouble does not wait for another, and that of one channel is told as such.
func TestKindsAreToldApart(t *testing.T) {
	w := newWorld(t)
	ids := w.lose(100, 102)
	w.save(w.group, func(g *connector.Group) {
		g.Memberships[0].Status = connector.StatusToRemove
		g.Tell(connector.Telling{What: connector.TellRemovalNotAllowed, About: "x", To: connector.AudienceAdmins, Member: w.owner, At: w.clock.Now()})
	})
	w.settleOne(ids[0])
	w.settleOne(ids[1])
	begun := w.clock.Now()
	w.settle(w.group)
	w.gathered(ids...)
	cards := w.adminCards()
	if len(cards) != 2 || cards[0].Title != "Acme 1" || !strings.Contains(cards[0].Text, "Olga should not be in #acme-1") || cards[1].Title != "2 channels out of reach" {
		t.Errorf("%+v", cards)
	}
	if d := w.clock.Now().Sub(begun); d > 10*time.Minute {
		t.Errorf("took %s", d)
	}
}

// The owner hears at once and once of each time, the admins of both together.
func TestOwnerDoesNotWait(t *testing.T) {
	w := newWorld(t)
	w.unreach(w.group)
	w.settleOne(w.group)
	w.told(1, 0)
	w.clock.Advance(time.Minute)
	w.unreach(w.group)
	w.settleOne(w.group)
	w.settleOne(w.group)
	w.told(2, 0)
	w.gathered(w.group)
	w.told(2, 1)
}

// Whatever step fails, and whether or not the post took effect, all is told, and once.
func TestGatheredCutShort(t *testing.T) {
	for _, step := range []string{"group", "save_group", "list_groups", "set_mark", "queue", "entry", "put_entry"} {
		for skip := range 8 {
			w := newWorld(t)
			ids := w.lose(100, 103)
			w.failOnce(step, skip)
			w.toldOfAll(fmt.Sprintf("%s after %d", step, skip), ids)
		}
	}
	for _, done := range []bool{false, true} {
		w := newWorld(t)
		ids := w.lose(100, 103)
		w.chat.Calls.Spoil(string(connectortest.ChatPost), 0, fault(connector.ErrUnknownOutcome, done))
		w.toldOfAll(fmt.Sprintf("lost answer %t", done), ids)
	}
}

// toldOfAll tells of Groups what waits, and checks that the admins got one message.
func (w *world) toldOfAll(what string, ids []connector.GroupID) {
	w.Helper()
	for _, id := range ids {
		w.settleOne(id)
	}
	for range 2 {
		w.settleOne("gather/slack/unreachable")
	}
	if cards := w.adminCards(); len(cards) != 1 || cards[0].Title != "3 channels out of reach" {
		w.Errorf("%s: %+v", what, cards)
	}
	for _, id := range ids {
		if left := w.load(id).Tellings; len(left) != 0 {
			w.Errorf("%s: left %+v", what, left)
		}
	}
}

// A Group that is saved while the admins are told loses nothing, and nobody hears twice.
func TestGatheredWhileSaved(t *testing.T) {
	w := newWorld(t)
	ids := w.lose(100, 103)
	for _, id := range ids {
		w.settleOne(id)
	}
	w.gate = func(step string) error {
		if step == "save_group" {
			w.gate = nil
			w.save(ids[0], func(g *connector.Group) { g.RecordName = "Other" })
			w.save(ids[1], func(g *connector.Group) { g.RecordName = "Other" })
			w.save(ids[2], func(g *connector.Group) { g.RecordName = "Other" })
		}
		return nil
	}
	w.toldOfAll("saved meanwhile", ids)
	if g := w.load(ids[0]); g.RecordName != "Other" {
		t.Errorf("%+v", g)
	}
}

// Every kind that is gathered has words for many.
func TestEveryKindHasWordsForMany(t *testing.T) {
	for what, state := range map[connector.TellingWhat]connector.GroupState{
		connector.TellExtra: connector.GroupActive, connector.TellNameContested: connector.GroupActive,
		connector.TellRemovalNotAllowed: connector.GroupActive, connector.TellUnreachable: connector.GroupUnreachable,
		connector.TellArchived: connector.GroupArchived, connector.TellLost: connector.GroupLost, "something_new": connector.GroupActive,
	} {
		w := newWorld(t)
		ids := []connector.GroupID{w.group, w.add("2", w.owner)}
		for _, id := range ids {
			w.save(id, func(g *connector.Group) {
				g.State = state
				g.Memberships[0].Status = connector.StatusToRemove
				g.Tell(connector.Telling{What: what, About: "a name", To: connector.AudienceAdmins, Member: w.owner, At: w.clock.Now()})
			})
			w.settleOne(id)
		}
		w.gathered(ids...)
		cards := w.adminCards()
		if len(cards) != 1 || !strings.Contains(cards[0].Title, "2 ") || cards[0].Label == "" || !strings.HasSuffix(cards[0].Text, ".") ||
			cards[0].Fields[0].Value != "Olga in #acme-1, Olga in #acme-2" {
			t.Errorf("%s: %+v", what, cards)
		}
	}
}
