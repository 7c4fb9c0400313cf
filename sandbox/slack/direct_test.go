package slack_test

import (
	"testing"

	"roomkeeper/sandbox/slack"
)

func TestDirectMessages(t *testing.T) {
	w := newWorld(t, nil)
	ids := w.people("ann", "bob")
	gone := w.AddUser(slack.User{Name: "gone", Deleted: true})
	body, _ := w.form("chat.postMessage", "channel", ids[0], "text", "hello")
	again, _ := w.form("chat.postMessage", "channel", ids[0], "text", "again")
	channel, _ := body["channel"].(string)
	if body["ok"] != true || channel == "" || channel[0] != 'D' || again["channel"] != channel {
		t.Fatalf("posted %v, again %v", body, again)
	}
	direct, ok := w.Direct("ann")
	if !ok || direct.ID != channel || !direct.Direct || len(direct.Messages) != 2 {
		t.Errorf("direct message %v %+v", ok, direct)
	}
	if _, ok := w.Direct("bob"); ok {
		t.Error("nobody told bob anything")
	}
	for _, user := range []string{gone, w.BotUserID(), "U0NOBODY"} {
		if body, _ := w.form("chat.postMessage", "channel", user, "text", "hello"); body["error"] != "channel_not_found" {
			t.Errorf("%s: %v", user, body)
		}
	}
}
