package slack_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"
	"go.uber.org/goleak"

	"roomkeeper/sandbox/slack"
)

func TestWhoIsDeactivatedIsNoMember(t *testing.T) {
	w := newWorld(t, nil)
	ids := w.people("ann", "bob")
	id := w.create("acme", true)
	if _, err := w.api.InviteUsersToConversation(id, ids...); err != nil {
		t.Fatal(err)
	}
	w.control("deactivate", slack.Act{User: "ann"})
	w.control("reactivate", slack.Act{User: "ann"})
	w.control("settings", map[string]any{"deactivated_stay": true})
	w.control("deactivate", slack.Act{User: "bob"})
	if ch, _ := w.Channel(id); !slices.Equal(ch.Members, []string{w.BotUserID(), ids[1]}) {
		t.Errorf("members = %v", ch.Members)
	}
	_, err := w.api.InviteUsersToConversation(id, ids[0])
	if err != nil {
		t.Errorf("invite who is back: %v", err)
	}
}

func TestStateOverHTTP(t *testing.T) {
	w := newWorld(t, func(c *slack.Config) { c.General = true })
	w.people("ann")
	id := w.create("acme", true)
	w.control("topic", slack.Act{By: "ann", Channel: id, Text: "by hand"})
	body, res := w.send(http.MethodGet, "/slack/control/state", "", "", "")
	if res.StatusCode != http.StatusOK || len(body["channels"].([]any)) != 2 || len(body["users"].([]any)) != 2 {
		t.Fatalf("state = %v", body)
	}
	body, _ = w.send(http.MethodGet, "/slack/control/channel?name=acme", "", "", "")
	if body["id"] != id || body["topic"] != "by hand" {
		t.Errorf("channel = %v", body)
	}
	if _, res := w.send(http.MethodGet, "/slack/control/channel?name=none", "", "", ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("no channel: %d", res.StatusCode)
	}
	if general, _ := w.Channel("general"); len(general.Members) != 1 {
		t.Errorf("general = %v", general.Members)
	}
	for path, wrong := range map[string]string{
		"do/join": `{"user":"ann","channel":"acme"}`, "fly": `{"user":"ann","channel":"acme"}`, "remove": `{"user":"ann","channel":"acme"}`,
		"faults": `{"method":"x","kind":"nonsense"}`, "gates": `{"when":"never","method":"x"}`, "settings": `{"factor":"x"}`,
		"redeliver": `{"event_id":"Ev"}`, "command": `{"user":"nobody","channel":"acme"}`, "create": `{"user":"ann","name":"Not Legal"}`,
	} {
		body, res := w.send(http.MethodPost, "/slack/control/"+path, "application/json", wrong, "")
		if res.StatusCode != http.StatusBadRequest || body["ok"] != false {
			t.Errorf("%s: %d %v", path, res.StatusCode, body)
		}
	}
}

func TestUsersOverHTTP(t *testing.T) {
	w := newWorld(t, nil)
	id := w.control("users", map[string]any{"name": "ann", "email": "ann@example.com"})["id"].(string)
	w.control("users", map[string]any{"id": id, "real_name": "Ann Example"})
	u, err := w.api.GetUserInfo(id)
	if err != nil || u.RealName != "Ann Example" || u.Profile.Email != "ann@example.com" {
		t.Errorf("user = %+v, %v", u, err)
	}
	_, res := w.form("auth.test")
	if scopes := res.Header.Get("X-OAuth-Scopes"); !strings.Contains(scopes, "groups:write") {
		t.Errorf("scopes = %q", scopes)
	}
}

func TestResponseURLsHaveFaultsToo(t *testing.T) {
	w, a := connected(t, nil, nil)
	w.people("ann")
	w.create("lobby", false)
	w.control("command", slack.Act{User: "ann", Channel: "lobby", Text: "help"})
	var address string
	for address == "" {
		address = a.next().Form.Get("response_url")
	}
	w.fault(slack.Fault{Method: "response_url", Kind: slack.FaultStatus, Status: 503})
	if err := slackgo.PostWebhook(address, &slackgo.WebhookMessage{Text: "one"}); err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("error = %v", err)
	}
	if err := slackgo.PostWebhook(address, &slackgo.WebhookMessage{Text: "two"}); err != nil {
		t.Error(err)
	}
	if n := w.Counts()["response_url"]; n.Arrived != 2 || n.Executed != 1 {
		t.Errorf("counts = %+v", n)
	}
}

func TestManyChannels(t *testing.T) {
	w := newWorld(t, nil)
	var ids []string
	for i := range 100 {
		ids = append(ids, w.AddUser(slack.User{Name: fmt.Sprintf("u%d", i)}))
	}
	for i := range 500 {
		id := w.create(fmt.Sprintf("c%d", i), true)
		if _, err := w.api.InviteUsersToConversation(id, ids...); err != nil {
			t.Fatal(err)
		}
	}
	all, err := w.api.GetAllConversations(slackgo.GetConversationsOptionTypes([]string{"private_channel"}))
	if err != nil || len(all) != 500 || all[499].NumMembers != 101 {
		t.Errorf("%d channels, %v", len(all), err)
	}
}

// leavesNothing waits until only the goroutines of before are left.
func leavesNothing(t *testing.T, before goleak.Option) {
	t.Helper()
	for began := time.Now(); ; {
		err := goleak.Find(before) // which looks for about half a second
		if err == nil {
			return
		}
		if time.Since(began) > patience {
			t.Fatal(err)
		}
	}
}

func TestCloseLeavesNothingRunning(t *testing.T) {
	before := goleak.IgnoreCurrent()
	a := newApp(t, nil)
	w := slack.New(slack.Config{SigningSecret: "secret", Connector: a.server.URL})
	for i := range 100 {
		w.AddUser(slack.User{Name: fmt.Sprint(i)})
	}
	w.Close()
	a.server.Close()
	leavesNothing(t, before)
}
