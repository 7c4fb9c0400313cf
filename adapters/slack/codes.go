package slack

import (
	"strings"

	"roomkeeper/adapters/internal/outbound"
	"roomkeeper/connector"
)

// translate gives Slack's code, answered by method, its meaning in the domain;
// nil for a code that is not known. Sources: Slack's method catalogue and the
// pages of the methods. Rate limits are not among the codes here.
func translate(method, code string) error {
	if kind := ofMethod(method, code); kind != nil {
		return kind
	}
	if kind := ofToken(code); kind != nil {
		return kind
	}
	if kind := ofChannel(code); kind != nil {
		return kind
	}
	return ofContent(method, code)
}

// ofMethod holds the codes that mean something else elsewhere.
func ofMethod(method, code string) error {
	switch method + " " + code {
	case "conversations.kick user_not_found",
		"conversations.invite already_in_channel", "conversations.invite cant_invite_self",
		"conversations.archive already_archived", "conversations.unarchive not_archived",
		"pins.add already_pinned":
		return outbound.ErrDone
	case "conversations.kick cant_kick_self", "conversations.invite no_user", "users.info too_many_users":
		return connector.ErrInvalid
	case "conversations.create no_channel":
		return connector.ErrInvalidName
	case "chat.update is_inactive":
		return connector.ErrArchived
	case "chat.update message_not_found", "pins.add message_not_found", "chat.delete message_not_found",
		"chat.getPermalink message_not_found":
		return connector.ErrMessageGone
	case "chat.postEphemeral user_not_in_channel":
		return connector.ErrNotFound
	}
	return nil
}

// ofToken holds the codes about the installation rather than the call.
func ofToken(code string) error {
	switch code {
	case "invalid_auth", "not_authed", "token_expired", "token_revoked", "account_inactive", "accesslimited",
		"org_login_required", "team_added_to_org", "two_factor_setup_required", "team_access_not_granted":
		return connector.ErrUnauthorized
	case "missing_scope", "not_allowed_token_type", "unknown_method", "method_deprecated", "deprecated_endpoint",
		"enterprise_is_restricted", "is_bot", "not_implemented", "not_enabled", "feature_not_enabled":
		return connector.ErrUnsupported
	case "access_denied", "no_permission", "ekm_access_denied", "permission_denied", "app_access_restricted":
		return connector.ErrForbidden
	}
	return nil
}

// ofChannel holds the codes about channels and who may be in them.
func ofChannel(code string) error {
	switch code {
	case "channel_not_found":
		return connector.ErrChannelGone
	case "is_archived", "already_archived":
		return connector.ErrArchived
	case "not_in_channel":
		return connector.ErrNotInChannel
	case "name_taken":
		return connector.ErrNameTaken
	case "user_not_found", "users_not_found", "user_not_visible", "not_found":
		return connector.ErrNotFound
	case "invalid_cursor":
		return connector.ErrCursorLost
	case "cannot_create_channel", "canvas_disabled_user_team", "channel_is_limited_access",
		"method_not_supported_for_channel_type", "not_authorized", "not_supported", "too_many_members",
		"cant_kick_from_general", "cant_archive_general", "cant_archive_required", "cant_leave_general", "last_member",
		"user_is_restricted", "ura_max_channels", "cant_invite", "app_cannot_join_channel",
		"org_user_not_in_team", "invitee_cant_see_channel", "no_external_invite_permission":
		return connector.ErrForbidden
	}
	if strings.HasPrefix(code, "invalid_name") {
		return connector.ErrInvalidName
	}
	if strings.HasPrefix(code, "restricted_action") {
		return connector.ErrForbidden
	}
	return nil
}

// ofContent holds the codes about what was sent, and failures of Slack's own.
func ofContent(method, code string) error {
	switch code {
	case "fatal_error", "internal_error", "service_unavailable", "request_timeout":
		return broken(method)
	case "fetch_members_failed", "external_channel_migrating", "streaming_state_conflict", "update_failed":
		return connector.ErrTemporary
	case "hash_conflict", "duplicate_external_id":
		return connector.ErrConflict
	case "cant_update_message", "edit_window_closed", "posting_to_channel_denied", "messages_tab_disabled",
		"send_on_behalf_not_allowed", "too_many_pins", "not_pinnable", "cant_delete_message",
		"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "trigger_expired", "trigger_exchanged":
		return connector.ErrForbidden
	case "missing_post_type", "missing_argument", "limit_required", "too_long", "msg_too_long", "msg_blocks_too_long",
		"no_text", "no_item_specified", "bad_timestamp", "view_too_large", "push_limit_reached", "metadata_too_large",
		"metadata_must_be_sent_from_app", "as_user_not_supported", "attachment_payload_limit_exceeded",
		"too_many_attachments", "too_many_contact_cards", "markdown_text_conflict", "missing_file_data", "team_not_found",
		"cannot_reply_to_message", "block_mismatch", "blocked_file_type", "cant_broadcast_message",
		"no_dual_broadcast_content_update", "max_file_sharing_exceeded", "unable_to_share_files", "json_not_object":
		return connector.ErrInvalid
	}
	switch {
	case strings.HasPrefix(code, "slack_connect_"):
		return connector.ErrForbidden
	case strings.HasPrefix(code, "invalid_"), strings.HasPrefix(code, "draft_"),
		strings.HasPrefix(code, "duplicate_"), strings.HasPrefix(code, "file_"):
		return connector.ErrInvalid
	}
	return nil
}
