package slack_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"

	"roomkeeper/sandbox/slack"
)

// connected is a world whose app answers with a function.
func connected(t *testing.T, answer func(http.ResponseWriter, arrival), change func(*slack.Config)) (*world, *app) {
	t.Helper()
	a := newApp(t, answer)
	w := newWorld(t, func(c *slack.Config) {
		c.Connector = a.server.URL
		if change != nil {
			change(c)
		}
	})
	return w, a
}

// event waits for an event of a kind and returns it as slack-go reads it.
func (a *app) event(kind string) (slackevents.EventsAPIEvent, arrival) {
	a.t.Helper()
	for {
		got := a.next()
		if got.Path != "/slack/events" {
			continue
		}
		event, err := slackevents.ParseEvent(got.Body, slackevents.OptionNoVerifyToken())
		if err != nil {
			a.t.Fatalf("parse %s: %v", got.Body, err)
		}
		if event.InnerEvent.Type == kind {
			return event, got
		}
	}
}

func TestEventsOfTheBotsChannels(t *testing.T) {
	w, a := connected(t, nil, nil)
	ids := w.people("ann", "bob")
	id := w.create("acme", true)
	w.control("create", slack.Act{User: "ann", Name: "elsewhere", Private: true})
	w.control("invite", slack.Act{User: "bob", By: "ann", Channel: "elsewhere"})
	w.control("invite", slack.Act{User: "bob", By: "ann", Channel: "acme"})
	for {
		event, got := a.event("member_joined_channel")
		joined := event.InnerEvent.Data.(*slackevents.MemberJoinedChannelEvent)
		if joined.Channel != id {
			t.Fatalf("an event of a channel without the bot: %s", got.Body)
		}
		if joined.User == ids[1] {
			if joined.Inviter != ids[0] || joined.ChannelType != "G" || event.TeamID != w.TeamID() || event.APIAppID == "" {
				t.Errorf("event = %s", got.Body)
			}
			break
		}
	}
	w.control("remove", slack.Act{User: "bob", By: "ann", Channel: id})
	event, _ := a.event("member_left_channel")
	if left := event.InnerEvent.Data.(*slackevents.MemberLeftChannelEvent); left.User != ids[1] {
		t.Errorf("left = %+v", left)
	}
	w.control("rename", slack.Act{By: "ann", Channel: id, Name: "other"})
	event, _ = a.event("group_rename")
	if renamed := event.InnerEvent.Data.(*slackevents.GroupRenameEvent); renamed.Channel.Name != "other" {
		t.Errorf("renamed = %+v", renamed)
	}
	w.control("rekey", slack.Act{Channel: id})
	event, _ = a.event("channel_id_changed")
	id = event.InnerEvent.Data.(*slackevents.ChannelIDChangedEvent).NewChannelID
	w.control("archive", slack.Act{By: "ann", Channel: id})
	a.event("group_archive")
	w.control("unarchive", slack.Act{By: "ann", Channel: id})
	a.event("group_unarchive")
	w.control("invite", slack.Act{User: w.BotUserID(), By: "ann", Channel: id})
	w.control("remove", slack.Act{User: w.BotUserID(), By: "ann", Channel: id})
	a.event("group_left")
	w.control("deactivate", slack.Act{User: "bob"})
	event, _ = a.event("user_change")
	if u := event.InnerEvent.Data.(*slackevents.UserChangeEvent); u.User.ID != ids[1] || !u.User.Deleted {
		t.Errorf("user = %+v", u.User)
	}
	w.control("event", map[string]any{"type": "tokens_revoked"})
	a.event("tokens_revoked")
	w.control("event", map[string]any{"type": "app_uninstalled"})
	a.event("app_uninstalled")
}

func TestEventRetries(t *testing.T) {
	for name, c := range map[string]struct {
		answer   func(http.ResponseWriter, arrival)
		attempts int
	}{
		"until it works": {func(rw http.ResponseWriter, got arrival) {
			if got.Header.Get("X-Slack-Retry-Num") != "2" {
				rw.WriteHeader(http.StatusServiceUnavailable)
			}
		}, 3},
		"three times": {func(rw http.ResponseWriter, _ arrival) { rw.WriteHeader(http.StatusInternalServerError) }, 4},
		"no when told": {func(rw http.ResponseWriter, _ arrival) {
			rw.Header().Set("X-Slack-No-Retry", "1")
			rw.WriteHeader(http.StatusInternalServerError)
		}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			w, a := connected(t, c.answer, func(c *slack.Config) { c.RetryDelays = make([]time.Duration, 3) })
			w.people("ann")
			if err := w.Settle(short(t)); err != nil {
				t.Fatal(err)
			}
			log := w.Deliveries(0)
			if len(log) != c.attempts {
				t.Fatalf("%d attempts, want %d", len(log), c.attempts)
			}
			ids := map[string]bool{}
			for i, d := range log {
				got := a.next()
				ids[d.EventID] = true
				if num := got.Header.Get("X-Slack-Retry-Num"); i > 0 && (num != fmt.Sprint(i) || got.Header.Get("X-Slack-Retry-Reason") != "http_error") {
					t.Errorf("attempt %d: retry %s because of %s", i, num, got.Header.Get("X-Slack-Retry-Reason"))
				}
			}
			if len(ids) != 1 {
				t.Errorf("event ids = %v", ids)
			}
			if last := log[len(log)-1]; last.GivenUp == (name == "until it works") {
				t.Errorf("last = %+v", last)
			}
			if !w.Redeliver(log[0].EventID) || w.Redeliver("Ev") {
				t.Error("redeliver")
			}
			if again := a.next(); !contains(again.Body, log[0].EventID) {
				t.Errorf("again = %s", again.Body)
			}
		})
	}
}

func TestURLVerification(t *testing.T) {
	w, _ := connected(t, func(rw http.ResponseWriter, got arrival) {
		var body struct{ Challenge string }
		_ = json.Unmarshal(got.Body, &body)
		_, _ = rw.Write([]byte(body.Challenge))
	}, nil)
	if got := w.control("event", map[string]any{"type": "url_verification"}); got["ok"] != true {
		t.Errorf("answer = %v", got)
	}
}

func TestSlashCommand(t *testing.T) {
	w, a := connected(t, func(rw http.ResponseWriter, got arrival) {
		if got.Path == "/slack/commands" {
			rw.Header().Set("Content-Type", "application/json")
			_, _ = rw.Write([]byte(`{"response_type":"ephemeral","text":"on it"}`))
		}
	}, nil)
	ids := w.people("ann", "bob")
	id := w.create("acme", true)
	w.control("invite", slack.Act{User: "ann", Channel: id})
	lobby := w.create("lobby", false)
	shown := w.control("command", slack.Act{User: "ann", Channel: "acme", Text: "/crm why @bob in #lobby or #acme https://crm.example.com/?a=1&b=2"})
	var form map[string][]string
	for form == nil {
		if got := a.next(); got.Path == "/slack/commands" {
			form = got.Form
		}
	}
	want := fmt.Sprintf("why <@%s|bob> in <#%s|lobby> or <#%s|> <https://crm.example.com/?a=1&amp;b=2>", ids[1], lobby, id)
	for field, value := range map[string]string{"text": want, "command": "/crm", "user_id": ids[0], "user_name": "ann", "channel_id": id, "team_id": w.TeamID()} {
		if form[field][0] != value {
			t.Errorf("%s = %q, want %q", field, form[field][0], value)
		}
	}
	if message := shown["message"].(map[string]any); message["text"] != "on it" || message["ephemeral_to"] != ids[0] {
		t.Errorf("shown = %v", shown)
	}
	respond := func(msg *slackgo.WebhookMessage) error { return slackgo.PostWebhook(form["response_url"][0], msg) }
	last := func() slack.StateMessage { ch, _ := w.Channel(id); return ch.Messages[len(ch.Messages)-1] }
	if err := respond(&slackgo.WebhookMessage{Text: "done", ReplaceOriginal: true}); err != nil || last().Text != "done" || last().EphemeralTo != ids[0] {
		t.Errorf("replaced: %v, %+v", err, last())
	}
	if err := respond(&slackgo.WebhookMessage{Text: "all", ResponseType: "in_channel"}); err != nil || last().Text != "all" || last().EphemeralTo != "" {
		t.Errorf("in channel: %v, %+v", err, last())
	}
	if err := respond(&slackgo.WebhookMessage{DeleteOriginal: true}); err != nil {
		t.Error(err)
	}
	if ch, _ := w.Channel(id); slices.ContainsFunc(ch.Messages, func(m slack.StateMessage) bool { return m.Text == "done" }) {
		t.Error("not deleted")
	}
	for i, want := range []string{"", "", "404"} {
		err := respond(&slackgo.WebhookMessage{Text: "more"})
		if (want == "") != (err == nil) {
			t.Errorf("use %d: %v", i+4, err)
		}
	}
}

func TestResponseURLExpires(t *testing.T) {
	w, a := connected(t, nil, nil)
	w.people("ann")
	w.create("lobby", false)
	w.control("command", slack.Act{User: "ann", Channel: "lobby", Text: "help"})
	var address string
	for address == "" {
		address = a.next().Form.Get("response_url")
	}
	w.clock.Advance(31 * time.Minute)
	if err := slackgo.PostWebhook(address, &slackgo.WebhookMessage{Text: "late"}); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("error = %v", err)
	}
}

func TestCommandFailures(t *testing.T) {
	release := make(chan struct{})
	slow := func(http.ResponseWriter, arrival) { <-release }
	bad := func(rw http.ResponseWriter, _ arrival) { rw.WriteHeader(http.StatusInternalServerError) }
	defer close(release)
	for code, c := range map[string]struct {
		answer  func(http.ResponseWriter, arrival)
		timeout time.Duration // 0: Slack's own, which an app that answers keeps on a busy machine too
	}{"operation_timeout": {slow, 50 * time.Millisecond}, "dispatch_failed": {answer: bad}} {
		w, _ := connected(t, c.answer, func(config *slack.Config) { config.RequestTimeout = c.timeout })
		w.people("ann", "bob")
		w.create("lobby", false)
		w.create("secret", true)
		out, err := w.Command(t.Context(), "ann", "lobby", "help")
		if err != nil || out.Error != code || out.Message == nil || !strings.Contains(out.Message.Text, code) {
			t.Errorf("%s: %+v, %v", code, out, err)
		}
		if _, err := w.Command(t.Context(), "bob", "secret", "help"); err == nil {
			t.Error("a command in a channel that bob does not see")
		}
	}
}
