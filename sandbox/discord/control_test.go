package discord_test

import (
	"slices"
	"testing"

	"roomkeeper/sandbox/discord"
)

// control posts to the control API and returns the id in the answer.
func (w *world) control(path string, body any) string {
	w.t.Helper()
	r := w.do("POST", "/control/"+path, body)
	if r.status != 200 {
		w.t.Fatalf("control %s: %d %s", path, r.status, r.raw)
	}
	return r.text("id")
}

func TestControl(t *testing.T) {
	w := newWorld(t, nil)
	anna := w.control("users", object{"name": "anna"})
	outside := w.control("users", object{"name": "outside", "outside": true})
	ch := w.create(object{"name": "room", "permission_overwrites": w.hidden()})
	w.control("invite", object{"channel": "room", "user": "anna"})
	members := func() []string { state, _ := w.Channel(ch); return state.Members }
	if !slices.Contains(members(), anna) {
		t.Errorf("members %v", members())
	}
	w.control("shut", object{"channel": "room", "user": "anna"})
	if slices.Contains(members(), anna) {
		t.Errorf("members %v", members())
	}
	w.control("invite", object{"channel": "room", "user": "anna"})
	w.control("leave", object{"user": "anna"})
	w.refused(w.api("GET", w.guild()+"/members/"+anna, nil), 404, 10007)
	w.refused(w.api("GET", w.guild()+"/members/5", nil), 404, 10013)
	if slices.Contains(members(), anna) {
		t.Error("who left the guild is a member")
	}
	w.control("enter", object{"user": "anna"})
	if !slices.Contains(members(), anna) {
		t.Error("an overwrite does not survive leaving")
	}
	w.control("remove", object{"channel": "room", "user": "anna", "by": "owner"})
	if slices.Contains(members(), anna) {
		t.Errorf("members %v", members())
	}
	w.control("rename", object{"channel": "room", "name": "Other Room"})
	cat := w.control("create", object{"name": "Shelf", "type": 4})
	w.control("move", object{"channel": ch, "parent": "Shelf"})
	if state, _ := w.Channel("other-room"); state.ID != ch || state.Parent != cat {
		t.Errorf("%+v", state)
	}
	w.control("invite", object{"channel": ch, "user": "anna"})
	m := w.control("post", object{"channel": ch, "user": "anna", "text": "hello"})
	w.control("pin", object{"channel": ch, "user": "anna", "message": m})
	w.control("unpost", object{"channel": ch, "user": "anna", "message": m})
	if state, _ := w.Channel(ch); len(state.Pins) != 0 || slices.ContainsFunc(state.Messages, func(s discord.StateMessage) bool { return s.ID == m }) {
		t.Errorf("%+v", state)
	}
	w.control("users", object{"id": outside, "nick": "out", "outside": false, "pending": true})
	if r := w.api("GET", w.guild()+"/members/"+outside, nil); r.get("pending") != true || r.text("nick") != "out" {
		t.Error(r.raw)
	}
	w.control("settings", object{"hide_unseen": true})
	if !w.Settings().HideUnseen || !w.Settings().Members {
		t.Errorf("%+v", w.Settings())
	}
	w.control("delete", object{"channel": ch})
	if r := w.do("GET", "/control/channel?name="+ch, nil); r.status != 404 {
		t.Error(r.raw)
	}
	if r := w.do("POST", "/control/rename", object{"channel": "none"}); r.status != 400 {
		t.Error(r.raw)
	}
	if r := w.do("GET", "/control/state", nil); r.text("guild_id") != w.GuildID() {
		t.Error(r.raw)
	}
}

func TestMembersAndApplication(t *testing.T) {
	w := newWorld(t, nil)
	w.people("anna", "andreas", "ben")
	if r := w.api("GET", w.guild()+"/members/search?query=AN&limit=10", nil); r.text(0, "user", "username") != "anna" || r.get(2) != nil {
		t.Error(r.raw)
	}
	first := w.api("GET", w.guild()+"/members?limit=3", nil)
	rest := w.api("GET", w.guild()+"/members?limit=1000&after="+first.text(2, "user", "id"), nil)
	if first.get(2) == nil || first.get(3) != nil || rest.get(1) == nil || rest.get(2) != nil {
		t.Errorf("%s %s", first.raw, rest.raw)
	}
	w.refused(w.api("GET", w.guild()+"/members?limit=1001", nil), 400, 50035)
	if r := w.api("GET", "/users/@me", nil); r.text("id") != w.BotUserID() || r.get("bot") != true || r.get("email") != nil {
		t.Error(r.raw)
	}
	if r := w.api("GET", w.guild()+"?with_counts=true", nil); r.text("owner_id") != w.OwnerID() || r.get("approximate_member_count") != 5.0 {
		t.Error(r.raw)
	}
	for _, path := range []string{"/applications/@me", "/oauth2/applications/@me"} {
		if r := w.api("GET", path, nil); r.text("verify_key") != w.PublicKey() || len(w.PublicKey()) != 64 {
			t.Error(r.raw)
		}
	}
	if r := w.api("GET", "/gateway/bot", nil); r.text("url") != "ws"+w.server.URL[4:]+"/discord/gateway" {
		t.Error(r.raw)
	}
	if r := w.api("GET", w.guild()+"/roles", nil); r.text(0, "id") != w.GuildID() || r.text(2, "tags", "bot_id") != w.BotUserID() {
		t.Error(r.raw)
	}
}
