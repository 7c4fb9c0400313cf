package slack_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	slackgo "github.com/slack-go/slack"

	"roomkeeper/sandbox/slack"
)

func TestMembersPages(t *testing.T) {
	w := newWorld(t, nil)
	id := w.create("acme", true)
	want := []string{w.BotUserID()}
	for i := range 249 {
		user := w.AddUser(slack.User{Name: fmt.Sprintf("u%d", i)})
		want = append(want, user)
		w.control("invite", slack.Act{User: user, Channel: id})
	}
	var got []string
	cursor, pages := "", 0
	for {
		members, next, err := w.api.GetUsersInConversation(&slackgo.GetUsersInConversationParameters{ChannelID: id, Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		got, cursor, pages = append(got, members...), next, pages+1
		if pages == 1 { // somebody new does not shift the pages
			w.control("invite", slack.Act{User: w.AddUser(slack.User{Name: "late"}), Channel: id})
		}
		if cursor == "" {
			break
		}
	}
	if slices.IsSorted(got) || slices.Equal(got[:100], want[:100]) {
		t.Error("the order tells names or times of joining")
	}
	for _, user := range want {
		if !slices.Contains(got, user) {
			t.Errorf("%s is missing", user)
		}
	}
	if len(slices.Compact(slices.Sorted(slices.Values(got)))) != len(got) || pages != 3 {
		t.Errorf("%d members on %d pages", len(got), pages)
	}
	_, _, err := w.api.GetUsersInConversation(&slackgo.GetUsersInConversationParameters{ChannelID: id, Limit: 1001})
	wantCode(t, err, "invalid_limit")
	_, _, err = w.api.GetUsersInConversation(&slackgo.GetUsersInConversationParameters{ChannelID: id, Cursor: "zzz"})
	wantCode(t, err, "invalid_cursor")
}

func TestInviteAllOrNone(t *testing.T) {
	w := newWorld(t, nil)
	id := w.create("acme", true)
	ids := w.people("ann", "bob")
	body, _ := w.form("conversations.invite", "channel", id, "users", ids[0]+",UNOBODY")
	wantAnswer(t, body, "user_not_found")
	if ch, _ := w.Channel(id); len(ch.Members) != 1 {
		t.Errorf("members = %v", ch.Members)
	}
	if errs := mustJSON(t, body["errors"]); errs != `[{"error":"user_not_found","ok":false,"user":"UNOBODY"}]` {
		t.Errorf("errors = %s", errs)
	}
}

func TestInviteByForce(t *testing.T) {
	w := newWorld(t, nil)
	id := w.create("acme", true)
	ids := w.people("ann", "bob")
	bad := map[string]string{
		"UNOBODY":     "user_not_found",
		w.BotUserID(): "cant_invite_self",
		w.AddUser(slack.User{Name: "guest", Restricted: true}):       "user_is_restricted",
		w.AddUser(slack.User{Name: "single", UltraRestricted: true}): "ura_max_channels",
		w.AddUser(slack.User{Name: "new", Invited: true}):            "cant_invite",
		w.AddUser(slack.User{Name: "gone", Deleted: true}):           "cant_invite",
		w.AddUser(slack.User{Name: "eve", TeamID: "T0OTHER"}):        "user_not_found",
	}
	users := slices.Clone(ids)
	for user := range bad {
		users = append(users, user)
	}
	body, _ := w.form("conversations.invite", "channel", id, "users", strings.Join(users, ","), "force", "true")
	wantAnswer(t, body, "")
	for _, item := range body["errors"].([]any) {
		entry := item.(map[string]any)
		if user := entry["user"].(string); entry["error"] != bad[user] {
			t.Errorf("%s: %v, want %s", user, entry["error"], bad[user])
		}
	}
	if n := len(body["errors"].([]any)); n != len(bad) {
		t.Errorf("%d errors, want %d", n, len(bad))
	}
	if ch, _ := w.Channel(id); !slices.Equal(ch.Members, append([]string{w.BotUserID()}, ids...)) {
		t.Errorf("members = %v", ch.Members)
	}
	_, err := w.api.ForceInviteUsersToConversation(id, ids...)
	wantCode(t, err, "already_in_channel")
	w.UpdateSettings(func(s *slack.Settings) { s.OrgUsers = true })
	eve := w.AddUser(slack.User{Name: "eve2", TeamID: "T0OTHER"})
	_, err = w.api.InviteUsersToConversation(id, eve)
	wantCode(t, err, "org_user_not_in_team")
	_, err = w.api.InviteUsersToConversation(id, slices.Repeat([]string{"U"}, 1)...)
	wantCode(t, err, "user_not_found")
	var many []string
	for i := range 101 {
		many = append(many, fmt.Sprintf("U%d", i))
	}
	_, err = w.api.InviteUsersToConversation(id, many...)
	wantCode(t, err, "invalid_arguments")
}

func TestKick(t *testing.T) {
	w := newWorld(t, nil)
	id := w.create("acme", true)
	ids := w.people("ann", "bob")
	if _, err := w.api.InviteUsersToConversation(id, ids[0]); err != nil {
		t.Fatal(err)
	}
	wantCode(t, w.api.KickUserFromConversation(id, ids[1]), "not_in_channel")
	wantCode(t, w.api.KickUserFromConversation(id, w.BotUserID()), "cant_kick_self")
	wantCode(t, w.api.KickUserFromConversation(id, "UNOBODY"), "user_not_found")
	w.control("settings", map[string]any{"admins_only_remove": true})
	wantCode(t, w.api.KickUserFromConversation(id, ids[0]), "restricted_action")
	w.control("settings", map[string]any{"admins_only_remove": false})
	body, _ := w.form("conversations.kick", "channel", id, "user", ids[0])
	if got := mustJSON(t, body); got != `{"errors":{},"ok":true}` {
		t.Errorf("answer = %s", got)
	}
	w.control("remove", slack.Act{User: w.BotUserID(), Channel: id})
	wantCode(t, w.api.KickUserFromConversation(id, ids[0]), "channel_not_found")
}

func TestJoinLeaveAndDirectMessages(t *testing.T) {
	w := newWorld(t, nil)
	ids := w.people("ann", "bob")
	public := w.control("create", slack.Act{User: "ann", Name: "lobby"})["id"].(string)
	_, _, err := w.api.PostMessage(public, slackgo.MsgOptionText("x", false))
	wantCode(t, err, "not_in_channel")
	if _, warning, _, err := w.api.JoinConversation(public); err != nil || warning != "" {
		t.Fatalf("join: %q, %v", warning, err)
	}
	if _, warning, _, err := w.api.JoinConversation(public); err != nil || warning != "already_in_channel" {
		t.Fatalf("join again: %q, %v", warning, err)
	}
	if notIn, err := w.api.LeaveConversation(public); err != nil || notIn {
		t.Fatalf("leave: %v, %v", notIn, err)
	}
	mine, _, err := w.api.GetConversationsForUser(&slackgo.GetConversationsForUserParameters{UserID: ids[0]})
	if err != nil || len(mine) != 1 || mine[0].ID != public {
		t.Fatalf("ann's channels = %+v, %v", mine, err)
	}
	dm, _, already, err := w.api.OpenConversation(&slackgo.OpenConversationParameters{Users: ids[:1], ReturnIM: true})
	if err != nil || already || dm.User != ids[0] || !dm.IsIM {
		t.Fatalf("open = %+v, %v", dm, err)
	}
	channel, _, err := w.api.PostMessage(ids[0], slackgo.MsgOptionText("hello", false))
	if err != nil || channel != dm.ID {
		t.Fatalf("post to a person went to %s, %v", channel, err)
	}
}
