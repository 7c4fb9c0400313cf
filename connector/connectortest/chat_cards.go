package connectortest

import (
	"fmt"
	"time"

	"roomkeeper/connector"
)

func cardRules() map[string]func(*chatTest) {
	return map[string]func(*chatTest){
		"post, find, edit, pin":   chatCards,
		"an extreme card":         chatExtremeCards,
		"post with a lost answer": chatPostLost,
		"post limited":            chatPostLimited,
		"find among many":         chatFindAmongMany,
		"message gone":            chatMessageGone,
	}
}

func (t *chatTest) post(ch connector.ChannelID, id connector.CardID) connector.MessageID {
	t.Helper()
	message, err := t.Platform.Cards.Post(t.ctx(), ch, id, connector.Card{Label: "Sales record", Title: "Acme"})
	t.ok(err)
	if message == "" {
		t.Fatal("a message without an id")
	}
	return message
}

func chatCards(t *chatTest) {
	ch, begun := t.create("acme").ID, t.Now()
	first, second := t.post(ch, "card-1"), t.post(ch, "card-2")
	if first == second {
		t.Error("two messages with one id")
	}
	if f := t.Platform.Finder; f != nil {
		found, err := f.FindCard(t.ctx(), ch, "card-1", begun)
		t.ok(err)
		if found != first {
			t.Errorf("found %s, posted %s", found, first)
		}
		_, err = f.FindCard(t.ctx(), ch, "card", begun)
		t.is(err, connector.ErrNotFound)
	}
	if e := t.Platform.Editor; e != nil {
		t.ok(e.Edit(t.ctx(), ch, first, "card-1", connector.Card{Title: "Acme, edited"}))
		if f := t.Platform.Finder; f != nil {
			found, err := f.FindCard(t.ctx(), ch, "card-1", begun)
			t.ok(err)
			if found != first {
				t.Errorf("after the edit found %s, posted %s", found, first)
			}
		}
	}
	if p := t.Platform.Pinner; p != nil {
		t.ok(p.Pin(t.ctx(), ch, first))
		t.ok(p.Pin(t.ctx(), ch, first))
	}
}

// chatExtremeCards: every card of the world is taken, however much is in it.
func chatExtremeCards(t *chatTest) {
	ch := t.create("acme").ID
	huge := make([]rune, 5000)
	for i := range huge {
		huge[i] = []rune("界🙂é <!channel> *")[i%15]
	}
	full := connector.Card{Label: string(huge), Title: string(huge), Text: string(huge), Author: string(huge), At: t.Now(),
		URL: "https://crm.example/" + string(huge), Footnote: string(huge), Gone: true}
	for i := range 60 {
		full.Fields = append(full.Fields, connector.Field{Key: string(rune('a' + i%26)), Label: string(huge), Value: string(huge)})
		full.Changes = append(full.Changes, connector.Change{Label: string(huge), Before: string(huge), After: ""})
	}
	full.Buttons = []connector.Button{{ID: connector.ActionDetailsMore, Label: string(huge), Value: "v", Primary: true}}
	for i, card := range []connector.Card{{}, full} {
		id := connector.CardID(rune('a' + i))
		message, err := t.Platform.Cards.Post(t.ctx(), ch, id, card)
		t.ok(err)
		if e := t.Platform.Editor; e != nil {
			t.ok(e.Edit(t.ctx(), ch, message, id, card))
		}
	}
}

func chatPostLost(t *chatTest) {
	ch, begun := t.create("acme").ID, t.Now()
	for _, fault := range []ChatFault{ChatLost, ChatFailed} {
		t.Spoil(ChatPost, fault, 0)
		_, err := t.Platform.Cards.Post(t.ctx(), ch, connector.CardID(fault), connector.Card{Title: "Acme"})
		t.is(err, connector.ErrUnknownOutcome)
	}
	if f := t.Platform.Finder; f != nil {
		_, err := f.FindCard(t.ctx(), ch, connector.CardID(ChatLost), begun)
		t.ok(err)
		_, err = f.FindCard(t.ctx(), ch, connector.CardID(ChatFailed), begun)
		t.is(err, connector.ErrNotFound)
	}
}

func chatPostLimited(t *chatTest) {
	ch, begun := t.create("acme").ID, t.Now()
	t.Spoil(ChatPost, ChatLimited, 0)
	_, err := t.Platform.Cards.Post(t.ctx(), ch, "card-1", connector.Card{Title: "Acme"})
	t.waits(err)
	if f := t.Platform.Finder; f != nil {
		_, err := f.FindCard(t.ctx(), ch, "card-1", begun)
		t.is(err, connector.ErrNotFound)
	}
}

func chatFindAmongMany(t *chatTest) {
	f := t.Platform.Finder
	if f == nil {
		return
	}
	ch, begun := t.create("acme").ID, t.Now()
	first := t.post(ch, "first")
	for i := range 230 {
		t.post(ch, connector.CardID(fmt.Sprintf("other-%d", i)))
	}
	t.Spoil(ChatFindCard, ChatFailed, 1)
	if _, err := f.FindCard(t.ctx(), ch, "first", begun); err == nil {
		t.Error("found although a page could not be read")
	}
	found, err := f.FindCard(t.ctx(), ch, "first", begun)
	t.ok(err)
	if found != first {
		t.Errorf("found %s, posted %s", found, first)
	}
	_, err = f.FindCard(t.ctx(), ch, "first", t.Now().Add(time.Hour))
	t.is(err, connector.ErrNotFound)
}

func chatMessageGone(t *chatTest) {
	if t.Platform.Editor == nil || t.Delete == nil {
		return
	}
	ch := t.create("acme").ID
	message := t.post(ch, "card-1")
	t.Delete(ch, message)
	t.is(t.Platform.Editor.Edit(t.ctx(), ch, message, "card-1", connector.Card{Title: "Acme"}), connector.ErrMessageGone)
	if p := t.Platform.Pinner; p != nil {
		t.is(p.Pin(t.ctx(), ch, message), connector.ErrMessageGone)
	}
}
