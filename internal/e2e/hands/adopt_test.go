package hands_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"roomkeeper/internal/world"
	"roomkeeper/sandbox/crm"
)

// TestAdopt: a channel that people made becomes a record's by a command and a button,
// also when the connector is killed in between.
func TestAdopt(t *testing.T) {
	world.OnEach(t, func(t *testing.T, p world.Platform) {
		t.Run("stay", func(t *testing.T) { adopt(t, p, false) })
		t.Run("own", func(t *testing.T) { adopt(t, p, true) })
	})
}

// peopleMade makes a channel of u2's that our bot is in, with u2 and u4.
func peopleMade(t *testing.T, w *world.World, name string) string {
	t.Helper()
	room := w.Chat.AdminChannel(t, "u2", name)
	for _, user := range []string{"u2", "u4"} {
		if slices.Contains(w.Chat.State(t).In(room).Members, memberID(t, w, user)) {
			continue
		}
		act := world.Act{What: world.ByHandInvite, Channel: room, User: memberID(t, w, user), By: memberID(t, w, "u2")}
		if err := w.Chat.ByHand(t.Context(), act); err != nil {
			t.Fatal(err)
		}
	}
	return room
}

func adopt(t *testing.T, p world.Platform, own bool) {
	w := world.Start(t, p, 5, 2)
	w.Swap(t, "u2")
	room := peopleMade(t, w, "deal-room")
	text, becomes := "adopt account 1", "hand_added"
	if own {
		text, becomes = text+" own", "member"
	}
	refused := w.Say(t, "u3", room, text, "no such record, or you may not")
	if w.Say(t, "u3", room, "adopt account 77") != refused {
		t.Error("a record that does not exist is answered otherwise than one that is not ours")
	}
	shown := w.Chat.Command(t, "u1", room, text)
	if !shown.Private || !slices.Contains(shown.Actions, "adopt.confirm") || !strings.Contains(shown.Text, "Nothing was changed yet") {
		t.Fatalf("%+v", shown)
	}
	if g := w.Group(t, world.Account(1)); g != nil {
		t.Fatalf("a dry run made %+v", g)
	}
	gate := w.Chat.Hold(t, world.Gate{Verb: world.Post, When: world.Before})
	if pressed := w.Chat.Click(t, "u1", room, shown.Message, "adopt.confirm"); pressed.Status != 200 || pressed.Error != "" {
		t.Fatalf("%+v", pressed)
	}
	w.Chat.Held(t, gate, 1)
	w.Kill(t)
	w.Chat.Release(t, gate)
	w.Restart(t)
	w.In(t, 1, "u1", "u2", "u4")
	stands(t, w, memberID(t, w, "u2"), becomes, "adopt")
	stands(t, w, memberID(t, w, "u4"), "hand_added", "adopt")
	w.Say(t, "u1", room, text, "has this channel already")

	w.Swap(t, "u3")
	w.Taken(t, world.TeamChanged)
	if own {
		w.In(t, 1, "u1", "u3", "u4")
	} else {
		w.In(t, 1, "u1", "u2", "u3", "u4")
	}
	w.Quiet(t, world.Patience)
	g := w.Group(t, world.Account(1))
	if ch := w.Chat.State(t).In(room); g.ChannelID != room || ch.Name != "deal-room" || g.ChannelName != ch.Name || ch.Record != "" {
		t.Errorf("%+v is the channel of %+v", ch, g)
	}
	adoptByAPI(t, w, room)
	w.Chat.Lawful(t)
}

// adoptByAPI: the same by the REST API, of a record that has no Group yet.
func adoptByAPI(t *testing.T, w *world.World, taken string) {
	t.Helper()
	one := w.Group(t, world.Account(1))
	refused := func(path string, body world.Order, want int, says string) {
		t.Helper()
		status, err := w.API.Do(t.Context(), "POST", path, body, nil)
		var answer *world.StatusError
		if !errors.As(err, &answer) || status != want || !strings.Contains(answer.Body, says) {
			t.Errorf("%v: %d %v", body, status, err)
		}
	}
	two := world.Order{"kind": "account", "id": "2", "platform": w.Chat.Name}
	with := func(more world.Order) world.Order {
		for name, value := range two {
			more[name] = value
		}
		return more
	}
	refused("/groups/-/adopt", with(world.Order{"channel": taken}), 409, "account 1")
	refused("/groups/-/adopt", with(world.Order{"channel": "1"}), 422, "invite the bot")
	other := peopleMade(t, w, "account-2")
	refused("/groups/"+one.ID+"/adopt", world.Order{"channel": other}, 409, "#deal-room")

	code, said := w.Command(t, "adopt", "--suggest")
	if code != 0 || !strings.Contains(said, "in #account-2: /crm adopt account 2") || strings.Contains(said, "deal-room") {
		t.Errorf("exit %d: %s", code, said)
	}
	// By the id alone, as the suggestions say it.
	var listed struct {
		Items []struct {
			ID        string `json:"id"`
			ChannelID string `json:"channel_id"`
		} `json:"items"`
	}
	w.API.Must(t, "GET", "/adopt", nil, &listed)
	id := ""
	for _, s := range listed.Items {
		if s.ChannelID == other {
			id = s.ID
		}
	}
	if id == "" {
		t.Fatalf("not suggested: %+v", listed)
	}
	for range 2 {
		var g world.Group
		w.API.Must(t, "POST", "/groups/"+id+"/adopt", world.Order{"channel": other, "own": false}, &g)
		if g.ChannelID != other || g.RecordID != "2" {
			t.Fatalf("%+v", g)
		}
	}
	ref := crm.Ref{Kind: "account", ID: "2"}
	world.Eventually(t, world.Patience, "everybody in", func() error {
		if g := w.Group(t, ref); g == nil || len(g.Members) < 2 {
			return fmt.Errorf("%+v", g)
		}
		return nil
	})
}
