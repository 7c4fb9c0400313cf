package slack_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	slackgo "github.com/slack-go/slack"

	"roomkeeper/sandbox/slack"
)

func TestCreateRefusesIllegalNames(t *testing.T) {
	w := newWorld(t, nil)
	w.create("acme", true)
	for name, code := range map[string]string{
		"":                      "invalid_name_required",
		strings.Repeat("a", 81): "invalid_name_maxlength",
		"Acme":                  "invalid_name_specials",
		"acme corp":             "invalid_name_specials",
		"acme.corp":             "invalid_name_specials",
		"--":                    "invalid_name_punctuation",
		"!!!":                   "invalid_name_punctuation",
		"acme":                  "name_taken",
	} {
		_, err := w.api.CreateConversation(slackgo.CreateConversationParams{ChannelName: name})
		wantCode(t, err, code)
	}
	for _, name := range []string{strings.Repeat("ü", 80), "北京-客户", "a_b-1"} {
		w.create(name, false)
	}
	w.UpdateSettings(func(s *slack.Settings) { s.ASCIINames = true })
	_, err := w.api.CreateConversation(slackgo.CreateConversationParams{ChannelName: "müller"})
	wantCode(t, err, "invalid_name_specials")
}

func TestNamesOfArchivedAndHiddenChannelsStayTaken(t *testing.T) {
	w := newWorld(t, nil)
	w.people("ann")
	id := w.create("acme", false)
	if err := w.api.ArchiveConversation(id); err != nil {
		t.Fatal(err)
	}
	w.control("create", slack.Act{User: "ann", Name: "hidden", Private: true})
	for _, name := range []string{"acme", "hidden"} {
		_, err := w.api.CreateConversation(slackgo.CreateConversationParams{ChannelName: name})
		wantCode(t, err, "name_taken")
	}
	hidden, _ := w.Channel("hidden")
	_, err := w.api.GetConversationInfo(&slackgo.GetConversationInfoInput{ChannelID: hidden.ID})
	wantCode(t, err, "channel_not_found")
}

func TestChannelObject(t *testing.T) {
	w := newWorld(t, nil)
	ids := w.people("ann")
	id := w.create("acme", true)
	if _, err := w.api.InviteUsersToConversation(id, ids...); err != nil {
		t.Fatal(err)
	}
	if _, err := w.api.SetTopicOfConversation(id, "the topic"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.api.SetPurposeOfConversation(id, "crm/account/4"); err != nil {
		t.Fatal(err)
	}
	ch, err := w.api.GetConversationInfo(&slackgo.GetConversationInfoInput{ChannelID: id, IncludeNumMembers: true})
	if err != nil {
		t.Fatal(err)
	}
	if ch.Name != "acme" || !ch.IsPrivate || ch.IsArchived || !ch.IsMember || ch.Creator != w.BotUserID() || ch.NumMembers != 2 ||
		ch.Topic.Value != "the topic" || ch.Purpose.Value != "crm/account/4" || ch.Created.Time().Unix() != w.clock.Now().Unix() {
		t.Errorf("channel = %+v", ch)
	}
	_, err = w.api.SetTopicOfConversation(id, strings.Repeat("x", 251))
	wantCode(t, err, "too_long")
}

func TestRenameIsForTheCreatorAndFitsTheName(t *testing.T) {
	w := newWorld(t, nil)
	w.people("ann")
	id := w.create("acme", true)
	ch, err := w.api.RenameConversation(id, "Acme Corp")
	if err != nil || ch.Name != "acme-corp" {
		t.Fatalf("rename = %+v, %v", ch, err)
	}
	w.create("acme", false)
	theirs := w.control("create", slack.Act{User: "ann", Name: "theirs"})["id"].(string)
	w.control("invite", slack.Act{User: w.BotUserID(), By: "ann", Channel: theirs})
	_, err = w.api.RenameConversation(theirs, "ours")
	wantCode(t, err, "not_authorized")
	_, err = w.api.RenameConversation(id, "theirs")
	wantCode(t, err, "name_taken")
}

func TestArchiveIsOneWayForABot(t *testing.T) {
	w := newWorld(t, nil)
	w.AddUser(slack.User{ID: "UADMIN", Name: "admin", Admin: true})
	id := w.create("acme", true)
	if _, err := w.api.InviteUsersToConversation(id, "UADMIN"); err != nil {
		t.Fatal(err)
	}
	if err := w.api.ArchiveConversation(id); err != nil {
		t.Fatal(err)
	}
	wantCode(t, w.api.ArchiveConversation(id), "already_archived")
	wantCode(t, w.api.UnArchiveConversation(id), "not_in_channel")
	_, _, err := w.api.PostMessage(id, slackgo.MsgOptionText("x", false))
	wantCode(t, err, "is_archived")
	ch, _ := w.Channel(id)
	if slices.Contains(ch.Members, w.BotUserID()) {
		t.Error("the bot is still in")
	}
	if err := w.as("xoxp-admin").UnArchiveConversation(id); err != nil {
		t.Fatal(err)
	}
	if _, err := w.as("xoxp-admin").InviteUsersToConversation(id, w.BotUserID()); err != nil {
		t.Fatal(err)
	}
}

func TestListFiltersAfterThePageIsCut(t *testing.T) {
	w := newWorld(t, nil)
	w.create("first", false)
	for i := range 5 {
		w.create(fmt.Sprintf("secret-%d", i), true)
	}
	w.create("last", false)
	page, cursor, err := w.api.GetConversations(&slackgo.GetConversationsParameters{Limit: 3})
	if err != nil || len(page) != 1 || cursor == "" {
		t.Fatalf("page 1: %d channels, cursor %q, %v", len(page), cursor, err)
	}
	page, cursor, err = w.api.GetConversations(&slackgo.GetConversationsParameters{Limit: 3, Cursor: cursor})
	if err != nil || len(page) != 0 || cursor == "" {
		t.Fatalf("page 2: %d channels, cursor %q, %v", len(page), cursor, err)
	}
	page, cursor, err = w.api.GetConversations(&slackgo.GetConversationsParameters{Limit: 3, Cursor: cursor})
	if err != nil || len(page) != 1 || page[0].Name != "last" || page[0].NumMembers != 1 || cursor != "" {
		t.Fatalf("page 3: %+v, cursor %q, %v", page, cursor, err)
	}
	_, _, err = w.api.GetConversations(&slackgo.GetConversationsParameters{Limit: 1000})
	wantCode(t, err, "invalid_limit")
	_, _, err = w.api.GetConversations(&slackgo.GetConversationsParameters{Cursor: "nonsense"})
	wantCode(t, err, "invalid_cursor")
	all, err := w.api.GetAllConversations(slackgo.GetConversationsOptionTypes([]string{"public_channel", "private_channel"}))
	if err != nil || len(all) != 7 {
		t.Fatalf("all = %d, %v", len(all), err)
	}
}

func TestUsers(t *testing.T) {
	w := newWorld(t, nil)
	ids := w.people("ann", "bob")
	got, err := w.api.GetUserInfo(ids[0])
	if err != nil || got.Profile.Email != "ann@example.com" || got.TeamID != w.TeamID() || got.IsBot {
		t.Fatalf("user = %+v, %v", got, err)
	}
	found, err := w.api.GetUserByEmail("BOB@example.com")
	if err != nil || found.ID != ids[1] {
		t.Fatalf("by e-mail = %+v, %v", found, err)
	}
	w.control("deactivate", slack.Act{User: "bob"})
	_, err = w.api.GetUserByEmail("bob@example.com")
	wantCode(t, err, "users_not_found")
	got, err = w.api.GetUserInfo(ids[1])
	if err != nil || !got.Deleted {
		t.Fatalf("deactivated = %+v, %v", got, err)
	}
	stranger := w.AddUser(slack.User{Name: "eve", TeamID: "T0OTHER"})
	got, err = w.api.GetUserInfo(stranger)
	if err != nil || !got.IsStranger {
		t.Fatalf("stranger = %+v, %v", got, err)
	}
	all, err := w.api.GetUsers(slackgo.GetUsersOptionLimit(2))
	if err != nil || len(all) != 3 { // the bot, ann, bob
		t.Fatalf("users = %d, %v", len(all), err)
	}
	w.UpdateSettings(func(s *slack.Settings) { s.LimitRequiredAbove = 2 })
	body, _ := w.form("users.list")
	wantAnswer(t, body, "limit_required")
}

func TestAuthAndArguments(t *testing.T) {
	w := newWorld(t, nil)
	who, err := w.api.AuthTest()
	if err != nil || who.UserID != w.BotUserID() || who.TeamID != w.TeamID() || who.BotID == "" {
		t.Fatalf("auth.test = %+v, %v", who, err)
	}
	_, err = w.as("xoxb-wrong").AuthTest()
	wantCode(t, err, "invalid_auth")
	body, _ := w.send(http.MethodPost, "/slack/api/auth.test", "", "", "")
	wantAnswer(t, body, "not_authed")
	body, _ = w.form("conversations.frobnicate")
	wantAnswer(t, body, "unknown_method")
	body, _ = w.form("conversations.info")
	wantAnswer(t, body, "invalid_arguments")
	body, _ = w.send(http.MethodPost, "/slack/api/conversations.create", "application/json", `{"name":"by-json","is_private":true}`, "xoxb-sandbox")
	wantAnswer(t, body, "")
	body, _ = w.send(http.MethodPost, "/slack/api/conversations.create", "application/json", `{"name":"x","token":"xoxb-sandbox"}`, "")
	wantAnswer(t, body, "not_authed")
	body, _ = w.send(http.MethodPost, "/slack/api/users.info", "application/json", `{"user":"U1"}`, "xoxb-sandbox")
	wantAnswer(t, body, "invalid_arguments")
	body, _ = w.send(http.MethodGet, "/slack/api/users.info?user="+w.BotUserID(), "", "", "xoxb-sandbox")
	wantAnswer(t, body, "")
	w.control("settings", map[string]any{"refuse_token": "token_revoked"})
	_, err = w.api.AuthTest()
	wantCode(t, err, "token_revoked")
	w.control("settings", map[string]any{"refuse_token": "", "missing_methods": "pins.add, auth.test"})
	_, err = w.api.AuthTest()
	wantCode(t, err, "unknown_method")
	calls := w.Calls(0, "auth.test")
	if first := calls[0]; !first.TokenValid || first.TokenIn != "form" || !first.Executed || !first.OK || strings.Contains(mustJSON(t, calls), "xoxb-") {
		t.Errorf("log = %s", mustJSON(t, calls))
	}
	if last := calls[len(calls)-1]; last.Executed || last.Error != "unknown_method" {
		t.Errorf("last = %+v", last)
	}
}
