package spectest_test

import (
	"testing"

	"roomkeeper/internal/spectest"
)

// TestPaths: a literal segment goes before a parameter, with every prefix.
func TestPaths(t *testing.T) {
	spec := spectest.Discord(t)
	if spec == nil {
		return
	}
	for _, c := range []struct{ method, path, operation string }{
		{"GET", "/channels/1/messages/2", "get_message"},
		{"GET", "/channels/1/messages/pins", "list_pins"},
		{"PUT", "/channels/1/messages/pins/2", "create_pin"},
		{"DELETE", "/channels/1/messages/pins/2", "delete_pin"},
		{"PUT", "/channels/1/pins/2", "deprecated_create_pin"},
		{"POST", "/channels/1/messages/bulk-delete", "bulk_delete_messages"},
		{"POST", "/channels/1/messages/2/threads", "create_thread_from_message"},
		{"PATCH", "/channels/1/messages/2", "update_message"},
		{"PUT", "/channels/1/thread-members/@me", "join_thread"},
		{"PUT", "/channels/1/thread-members/2", "add_thread_member"},
		{"GET", "/channels/1/users/@me/threads/archived/private", "list_my_private_archived_threads"},
		{"GET", "/guilds/1/members/search", "search_guild_members"},
		{"GET", "/guilds/1/members/2", "get_guild_member"},
		{"GET", "/guilds/templates/x", "get_guild_template"},
		{"GET", "/users/@me", "get_my_user"},
		{"GET", "/users/%40me", "get_my_user"},
		{"GET", "/users/2", "get_user"},
		{"PATCH", "/webhooks/1/t/messages/@original", "update_original_webhook_message"},
		{"PATCH", "/webhooks/1/t/messages/2", "update_webhook_message"},
		{"POST", "/webhooks/1/t", "execute_webhook"},
		{"PUT", "/applications/1/guilds/2/commands", "bulk_set_guild_application_commands"},
		{"GET", "/api/v9/gateway/bot", "get_bot_gateway"},
		{"GET", "/api/v10/gateway/bot", "get_bot_gateway"},
		{"GET", "/discord/api/v10/gateway/bot", "get_bot_gateway"},
		{"GET", "/channels/1/messages/", "get_message"}, // an empty id: it fits no schema
		{"GET", "/channels/1/messages/2/3", ""},
		{"GET", "/channels", ""},
		{"POST", "/users/@me", ""},
	} {
		if got := spec.Operation(c.method, c.path); got != c.operation {
			t.Errorf("%s %s: %q, want %q", c.method, c.path, got, c.operation)
		}
	}
}
