package discord_test

import (
	"testing"

	"roomkeeper/sandbox/discord"
)

func TestDirectMessages(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.AddUser(discord.User{Name: "ann"})
	mute := w.AddUser(discord.User{Name: "mute", NoDirects: true})
	out := w.AddUser(discord.User{Name: "out", Outside: true})

	opened := w.api("POST", "/users/@me/channels", map[string]any{"recipient_id": ann})
	again := w.api("POST", "/users/@me/channels", map[string]any{"recipient_id": ann})
	if opened.status != 200 || opened.get("type") != 1.0 || opened.text("id") == "" || again.text("id") != opened.text("id") {
		t.Fatalf("opened %d %v, again %v", opened.status, opened.text("id"), again.text("id"))
	}
	if r := w.api("POST", "/channels/"+opened.text("id")+"/messages", map[string]any{"content": "hello"}); r.status != 200 {
		t.Fatalf("posted %d", r.status)
	}
	direct, ok := w.Direct("ann")
	if !ok || len(direct.Messages) != 1 || direct.Kind != "direct" || direct.Name != "@ann" {
		t.Errorf("direct message %v %+v", ok, direct)
	}
	for _, c := range []struct {
		user string
		code int
	}{{mute, 50007}, {out, 50278}} {
		ch := w.api("POST", "/users/@me/channels", map[string]any{"recipient_id": c.user}).text("id")
		r := w.api("POST", "/channels/"+ch+"/messages", map[string]any{"content": "hello"})
		if r.status != 403 || r.code() != c.code {
			t.Errorf("told %s: %d %v, want %d", c.user, r.status, r.get("code"), c.code)
		}
	}
	if r := w.api("POST", "/users/@me/channels", map[string]any{"recipient_id": "1400000000000000001"}); r.code() != 10013 {
		t.Errorf("nobody: %d %v", r.status, r.code())
	}
	if r := w.api("POST", "/users/@me/channels", map[string]any{"recipient_id": w.BotUserID()}); r.code() != 50007 {
		t.Errorf("itself: %d %v", r.status, r.code())
	}
	for _, ch := range w.api("GET", w.guild()+"/channels", nil).body.([]any) {
		t.Errorf("the guild lists %v", ch)
	}
}
