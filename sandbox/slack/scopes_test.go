package slack_test

import (
	"slices"
	"testing"

	"roomkeeper/sandbox/slack"
)

// TestScopesOfAPersonsToken: what the token of a person may do depends on its scopes
// and on the sort of channel; the log tells who called.
func TestScopesOfAPersonsToken(t *testing.T) {
	w := newWorld(t, nil)
	w.AddUser(slack.User{ID: "UADMIN", Name: "admin", Admin: true})
	w.control("settings", map[string]any{"admins_only_remove": true, "user_scopes": "channels:write"})
	open, shut, ann := w.create("open", false), w.create("shut", true), w.people("ann")[0]
	for _, id := range []string{open, shut} {
		for _, user := range []string{"UADMIN", ann} {
			w.control("invite", slack.Act{User: user, Channel: id})
		}
	}
	admin := w.as("xoxp-admin")
	wantCode(t, w.api.KickUserFromConversation(open, ann), "restricted_action")
	if err := admin.KickUserFromConversation(open, ann); err != nil {
		t.Error(err)
	}
	wantCode(t, admin.KickUserFromConversation(shut, ann), "missing_scope")
	wantCode(t, admin.ArchiveConversation(shut), "missing_scope")
	w.control("settings", map[string]any{"user_scopes": "channels:write,groups:write"})
	if err := admin.KickUserFromConversation(shut, ann); err != nil {
		t.Error(err)
	}
	var by []string
	for _, call := range w.Calls(0, "conversations.kick") {
		by = append(by, call.Actor)
	}
	if want := []string{w.BotUserID(), "UADMIN", "UADMIN", "UADMIN"}; !slices.Equal(by, want) {
		t.Errorf("called by %v, want %v", by, want)
	}
}
