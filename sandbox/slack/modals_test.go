package slack_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"

	"roomkeeper/sandbox/slack"
)

func plain(text string) *slackgo.TextBlockObject {
	return slackgo.NewTextBlockObject("plain_text", text, false, false)
}

func modal(title string) slackgo.ModalViewRequest {
	options := []*slackgo.OptionBlockObject{
		slackgo.NewOptionBlockObject("sales_record", plain("Sales records"), nil),
		slackgo.NewOptionBlockObject("closed", plain("Closed"), nil),
	}
	boxes := slackgo.NewCheckboxGroupsBlockElement("topics", options...)
	boxes.InitialOptions = options[:1]
	return slackgo.ModalViewRequest{Type: "modal", Title: plain(title), Submit: plain("Save"), CallbackID: "assistant", NotifyOnClose: true,
		Blocks: slackgo.Blocks{BlockSet: []slackgo.Block{
			slackgo.NewInputBlock("b1", plain("Topics"), nil, boxes),
			slackgo.NewInputBlock("b2", plain("Note"), nil, slackgo.NewPlainTextInputBlockElement(nil, "note")),
			slackgo.NewActionBlock("b3", slackgo.NewButtonBlockElement("more", "v", plain("More"))),
		}}}
}

// callback reads the next interaction as slack-go does.
func (a *app) callback() slackgo.InteractionCallback {
	a.t.Helper()
	for {
		got := a.next()
		if got.Path != "/slack/interactions" {
			continue
		}
		var ic slackgo.InteractionCallback
		if err := json.Unmarshal([]byte(got.Form.Get("payload")), &ic); err != nil {
			a.t.Fatal(err)
		}
		return ic
	}
}

// triggered enters a command and returns its trigger_id.
func triggered(w *world, a *app) string {
	w.control("command", slack.Act{User: "ann", Channel: "lobby", Text: "assistant"})
	for {
		if got := a.next(); got.Path == "/slack/commands" {
			return got.Form.Get("trigger_id")
		}
	}
}

func TestClickOnAMessage(t *testing.T) {
	w, a := connected(t, nil, nil)
	ids := w.people("ann", "bob")
	id := w.create("acme", true)
	w.control("invite", slack.Act{User: "ann", Channel: id})
	_, ts, err := w.api.PostMessage(id, slackgo.MsgOptionText("held", false), slackgo.MsgOptionBlocks(
		slackgo.NewActionBlock("hold", slackgo.NewButtonBlockElement("hold.confirm", "opaque", plain("Confirm")))))
	if err != nil {
		t.Fatal(err)
	}
	w.control("click", slack.Click{User: "ann", Channel: id, TS: ts, ActionID: "hold.confirm"})
	ic := a.callback()
	action := ic.ActionCallback.BlockActions[0]
	if ic.Type != slackgo.InteractionTypeBlockActions || ic.User.ID != ids[0] || ic.Channel.ID != id || ic.Message.Timestamp != ts || ic.Container.MessageTs != ts ||
		ic.Team.ID != w.TeamID() || action.ActionID != "hold.confirm" || action.Value != "opaque" || action.BlockID != "hold" {
		t.Errorf("callback = %+v", ic)
	}
	if err := slackgo.PostWebhook(ic.ResponseURL, &slackgo.WebhookMessage{Text: "confirmed", ReplaceOriginal: true}); err != nil {
		t.Fatal(err)
	}
	ch, _ := w.Channel(id)
	if m := ch.Messages[len(ch.Messages)-1]; m.Text != "confirmed" || contains(m.Blocks, "button") || m.TS != ts {
		t.Errorf("message = %+v", m)
	}
	if _, err := w.Click(t.Context(), slack.Click{User: "bob", Channel: id, TS: ts, ActionID: "hold.confirm"}); err == nil {
		t.Error("bob clicked in a channel that he does not see")
	}
	if _, err := w.api.OpenView(ic.TriggerID, modal("Details")); err != nil {
		t.Errorf("open: %v", err)
	}
}

func TestTriggers(t *testing.T) {
	w, a := connected(t, nil, nil)
	w.people("ann")
	w.create("lobby", false)
	trigger := triggered(w, a)
	_, err := w.api.OpenView("nonsense", modal("Assistant"))
	wantCode(t, err, "invalid_trigger_id")
	_, err = w.api.OpenView(trigger, modal(strings.Repeat("x", 25)))
	wantCode(t, err, "invalid_arguments")
	noSubmit := modal("Assistant")
	noSubmit.Submit = nil
	_, err = w.api.OpenView(trigger, noSubmit)
	wantCode(t, err, "invalid_arguments")
	opened, err := w.api.OpenView(trigger, modal("Assistant"))
	if err != nil || opened.ID == "" || opened.CallbackID != "assistant" || opened.State == nil {
		t.Fatalf("opened = %+v, %v", opened, err)
	}
	_, err = w.api.OpenView(trigger, modal("Assistant"))
	wantCode(t, err, "exchanged_trigger_id")
	late := triggered(w, a)
	w.clock.Advance(3001 * time.Millisecond)
	_, err = w.api.OpenView(late, modal("Assistant"))
	wantCode(t, err, "expired_trigger_id")
	_, err = w.api.UpdateView(modal("New"), "", "wrong", opened.ID)
	wantCode(t, err, "hash_conflict")
	updated, err := w.api.UpdateView(modal("New"), "", opened.Hash, opened.ID)
	if err != nil || updated.Title.Text != "New" || updated.Hash == opened.Hash {
		t.Errorf("updated = %+v, %v", updated, err)
	}
	_, err = w.api.UpdateView(modal("New"), "", "", "V0")
	wantCode(t, err, "not_found")
	huge := modal("Assistant")
	huge.PrivateMetadata = strings.Repeat("x", 260_000)
	_, err = w.api.OpenView(triggered(w, a), huge)
	wantCode(t, err, "view_too_large")
}

func TestSubmitAndCloseAModal(t *testing.T) {
	answers := make(chan string, 10)
	w, a := connected(t, func(rw http.ResponseWriter, got arrival) {
		if strings.Contains(got.Form.Get("payload"), `"view_submission"`) {
			_, _ = rw.Write([]byte(<-answers))
		}
	}, nil)
	ids := w.people("ann")
	w.create("lobby", false)
	if _, err := w.api.OpenView(triggered(w, a), modal("Assistant")); err != nil {
		t.Fatal(err)
	}
	answers <- `{"response_action":"errors","errors":{"b2":"too short"}}`
	out := w.control("submit", map[string]any{"user": "ann", "values": map[string]any{"note": "hi", "topics": []string{"closed"}}})
	if errs := mustJSON(t, out["errors"]); errs != `{"b2":"too short"}` || out["modal"] == nil {
		t.Errorf("outcome = %v", out)
	}
	values := a.callback().View.State.Values
	if values["b2"]["note"].Value != "hi" || len(values["b1"]["topics"].SelectedOptions) != 1 || values["b1"]["topics"].SelectedOptions[0].Value != "closed" {
		t.Errorf("values = %+v", values)
	}
	w.control("click", slack.Click{User: "ann", ViewID: w.State().Views[ids[0]][0].ID, ActionID: "more"})
	ic := a.callback()
	if ic.View.ID == "" || ic.ActionCallback.BlockActions[0].Value != "v" {
		t.Errorf("callback = %+v", ic)
	}
	pushed, err := w.api.PushView(ic.TriggerID, modal("More"))
	if err != nil || pushed.PreviousViewID != ic.View.ID || pushed.RootViewID != ic.View.ID {
		t.Fatalf("pushed = %+v, %v", pushed, err)
	}
	w.control("close", map[string]any{"user": "ann"})
	if closed := a.callback(); closed.Type != slackgo.InteractionTypeViewClosed || closed.View.ID != pushed.ID || closed.IsCleared {
		t.Errorf("closed = %+v", closed)
	}
	answers <- ""
	if out := w.control("submit", map[string]any{"user": "ann"}); out["modal"] != nil || out["error"] != nil {
		t.Errorf("outcome = %v", out)
	}
	if views := w.State().Views[ids[0]]; len(views) != 0 {
		t.Errorf("views = %+v", views)
	}
}

func TestChangedTellsEveryListener(t *testing.T) {
	w := newWorld(t, nil)
	one, two := w.Changed(), w.Changed()
	w.create("acme", true)
	for _, changed := range []<-chan struct{}{one, two} {
		select {
		case <-changed:
		default:
			t.Error("not told")
		}
	}
}
