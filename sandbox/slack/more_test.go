package slack_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"

	"roomkeeper/sandbox/slack"
)

func TestWhatASubmissionIsAnswered(t *testing.T) {
	next := mustJSON(t, modal("Next"))
	answers := make(chan string, 1)
	w, a := connected(t, func(rw http.ResponseWriter, got arrival) {
		if strings.Contains(got.Form.Get("payload"), `"view_submission"`) {
			_, _ = rw.Write([]byte(<-answers))
		}
	}, nil)
	ids := w.people("ann")
	w.create("lobby", false)
	if _, err := w.api.OpenView(triggered(w, a), modal("First")); err != nil {
		t.Fatal(err)
	}
	open := func() int { return len(w.State().Views[ids[0]]) }
	for _, step := range []struct {
		answer string
		code   any
		open   int
	}{
		{`{"response_action":"update","view":` + next + `}`, nil, 1},
		{`{"response_action":"push","view":` + next + `}`, nil, 2},
		{`{"response_action":"push","view":` + next + `}`, nil, 3},
		{`{"response_action":"push","view":` + next + `}`, "push_limit_reached", 3},
		{`{"response_action":"update","view":{"type":"modal"}}`, "invalid_arguments", 3},
		{`nonsense`, "dispatch_failed", 3},
		{`{"response_action":"clear"}`, nil, 0},
	} {
		answers <- step.answer
		out := w.control("submit", map[string]any{"user": "ann"})
		if out["error"] != step.code || open() != step.open {
			t.Errorf("%.40s: error %v, %d open, want %v, %d", step.answer, out["error"], open(), step.code, step.open)
		}
	}
	if _, err := w.Submit(t.Context(), slack.Submission{User: "ann"}); err == nil {
		t.Error("submitted without a modal")
	}
}

func TestSelectsCarryTheirOption(t *testing.T) {
	w, a := connected(t, nil, nil)
	w.people("ann")
	id := w.create("acme", true)
	w.control("invite", slack.Act{User: "ann", Channel: id})
	menu := slackgo.NewOptionsSelectBlockElement("static_select", plain("Pick"), "zone",
		slackgo.NewOptionBlockObject("UTC", plain("UTC"), nil), slackgo.NewOptionBlockObject("CET", plain("CET"), nil))
	_, ts, err := w.api.PostMessage(id, slackgo.MsgOptionText("x", false), slackgo.MsgOptionBlocks(
		slackgo.NewSectionBlock(plain("Zone"), nil, slackgo.NewAccessory(menu))))
	if err != nil {
		t.Fatal(err)
	}
	w.control("click", slack.Click{User: "ann", Channel: id, TS: ts, ActionID: "zone", Value: "CET"})
	ic := a.callback()
	if got := ic.ActionCallback.BlockActions[0]; got.SelectedOption.Value != "CET" || got.BlockID == "" {
		t.Errorf("action = %+v", got)
	}
	if state := ic.BlockActionState.Values; state[ic.ActionCallback.BlockActions[0].BlockID]["zone"].SelectedOption.Value != "CET" {
		t.Errorf("state = %+v", state)
	}
}

func TestChannelDeletedByHand(t *testing.T) {
	w, a := connected(t, nil, nil)
	id := w.create("acme", true)
	w.control("delete", slack.Act{Channel: id})
	event, got := a.event("group_deleted")
	if event.TeamID != w.TeamID() || !contains(got.Body, id) {
		t.Errorf("event = %s", got.Body)
	}
	_, err := w.api.GetConversationInfo(&slackgo.GetConversationInfoInput{ChannelID: id})
	wantCode(t, err, "channel_not_found")
	w.create("acme", false) // the name is free again
	w.control("share", slack.Act{Channel: "acme"})
	shared, _ := a.event("channel_shared")
	if shared.InnerEvent.Data.(*slackevents.ChannelSharedEvent).Channel == "" {
		t.Error("no channel")
	}
	ch, err := w.api.GetConversationInfo(&slackgo.GetConversationInfoInput{ChannelID: shared.InnerEvent.Data.(*slackevents.ChannelSharedEvent).Channel})
	if err != nil || !ch.IsExtShared {
		t.Errorf("channel = %+v, %v", ch, err)
	}
}

func TestMessagesByHandAndDelete(t *testing.T) {
	w := newWorld(t, nil)
	w.people("ann", "bob")
	id := w.create("acme", true)
	w.control("invite", slack.Act{User: "ann", Channel: id})
	ts := w.control("post", slack.Act{User: "ann", Channel: id, Text: "one"})["id"].(string)
	w.control("edit", slack.Act{User: "ann", Channel: id, TS: ts, Text: "two"})
	w.control("pin", slack.Act{User: "ann", Channel: id, TS: ts})
	ch, _ := w.Channel(id)
	if m := ch.Messages[len(ch.Messages)-1]; m.Text != "two" || len(ch.Pins) != 1 || ch.Pins[0] != ts {
		t.Errorf("message = %+v, pins %v", m, ch.Pins)
	}
	_, _, err := w.api.DeleteMessage(id, ts)
	wantCode(t, err, "cant_delete_message")
	w.control("unpost", slack.Act{User: "ann", Channel: id, TS: ts})
	_, own, err := w.api.PostMessage(id, slackgo.MsgOptionText("mine", false))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.api.DeleteMessage(id, own); err != nil {
		t.Fatal(err)
	}
	if ch, _ = w.Channel(id); len(ch.Messages) != 2 || len(ch.Pins) != 0 {
		t.Errorf("messages = %+v, pins %v", ch.Messages, ch.Pins)
	}
	if _, err := w.Do("post", slack.Act{User: "bob", Channel: id, Text: "x"}); err == nil {
		t.Error("bob posted where he is not")
	}
}

// fails has the app told of a new person and returns what became of that.
func (w *world) fails(person string) []slack.Delivery {
	w.t.Helper()
	w.people(person)
	if err := w.Settle(short(w.t)); err != nil {
		w.t.Fatal(err)
	}
	return w.Deliveries(0)
}

func TestWhyDeliveriesFail(t *testing.T) {
	release := make(chan struct{})
	w, a := connected(t, func(http.ResponseWriter, arrival) { <-release }, func(c *slack.Config) {
		c.RetryDelays, c.RequestTimeout = []time.Duration{}, 50*time.Millisecond
	})
	log := w.fails("ann")
	if len(log) != 1 || log[0].Failure != "http_timeout" || !log[0].GivenUp {
		t.Errorf("log = %+v", log)
	}
	close(release)
	a.server.Close()
	// With the usual deadline: a busy machine does not refuse within 50 ms.
	w, _ = connected(t, nil, func(c *slack.Config) { c.RetryDelays, c.Connector = []time.Duration{}, a.server.URL })
	log = w.fails("bob")
	if len(log) != 1 || log[0].Failure != "connection_failed" || !log[0].GivenUp {
		t.Errorf("log = %+v", log)
	}
	w.UpdateSettings(func(s *slack.Settings) { s.Events = false })
	w.people("eve")
	if n := len(w.Deliveries(1)); n != 0 {
		t.Errorf("%d deliveries although events are off", n)
	}
}

func TestSlacksSignatureVector(t *testing.T) {
	// docs.slack.dev/authentication/verifying-requests-from-slack
	body := "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	want := "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
	if got := slack.Signature("8f742231b10e8888abcd99yyyzzz85a5", 1531420618, []byte(body)); got != want {
		t.Errorf("signature = %s", got)
	}
}
