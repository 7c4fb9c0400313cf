package slack

import (
	"errors"
	"testing"

	"roomkeeper/adapters/internal/outbound"
	"roomkeeper/connector"
	"roomkeeper/internal/spectest"
)

// usedMethods are the methods that this package calls.
func usedMethods() []string {
	return []string{
		"auth.test", "conversations.create", "conversations.list", "conversations.members", "conversations.info",
		"conversations.invite", "conversations.kick", "conversations.rename", "conversations.setTopic",
		"conversations.setPurpose", "conversations.history", "users.list", "users.info", "users.lookupByEmail",
		"chat.postMessage", "chat.update", "pins.add", "conversations.join",
	}
}

func TestTranslate(t *testing.T) {
	for _, c := range []struct {
		method, code string
		want         error
	}{
		{"conversations.create", "name_taken", connector.ErrNameTaken},
		{"conversations.create", "no_channel", connector.ErrInvalidName},
		{"conversations.create", "invalid_name_specials", connector.ErrInvalidName},
		{"conversations.create", "invalid_name_maxlength", connector.ErrInvalidName},
		{"conversations.create", "invalid_name", connector.ErrInvalidName},
		{"conversations.create", "restricted_action", connector.ErrForbidden},
		{"conversations.create", "cannot_create_channel", connector.ErrForbidden},
		{"conversations.create", "internal_error", connector.ErrUnknownOutcome},
		{"conversations.create", "fatal_error", connector.ErrUnknownOutcome},
		{"chat.postMessage", "service_unavailable", connector.ErrUnknownOutcome},
		{"chat.postMessage", "request_timeout", connector.ErrUnknownOutcome},
		{"chat.postMessage", "not_in_channel", connector.ErrNotInChannel},
		{"chat.postMessage", "is_archived", connector.ErrArchived},
		{"chat.postMessage", "channel_not_found", connector.ErrChannelGone},
		{"chat.postMessage", "msg_blocks_too_long", connector.ErrInvalid},
		{"chat.postMessage", "restricted_action_read_only_channel", connector.ErrForbidden},
		{"chat.update", "internal_error", connector.ErrTemporary},
		{"chat.update", "is_inactive", connector.ErrArchived},
		{"chat.update", "message_not_found", connector.ErrMessageGone},
		{"chat.update", "edit_window_closed", connector.ErrForbidden},
		{"chat.update", "cant_update_message", connector.ErrForbidden},
		{"conversations.members", "fetch_members_failed", connector.ErrTemporary},
		{"conversations.members", "request_timeout", connector.ErrTemporary},
		{"conversations.members", "invalid_cursor", connector.ErrCursorLost},
		{"conversations.kick", "not_in_channel", connector.ErrNotInChannel},
		{"conversations.kick", "user_not_found", outbound.ErrDone},
		{"conversations.kick", "restricted_action", connector.ErrForbidden},
		{"conversations.kick", "cant_kick_from_general", connector.ErrForbidden},
		{"conversations.kick", "not_supported", connector.ErrForbidden},
		{"conversations.kick", "cant_kick_self", connector.ErrInvalid},
		{"conversations.invite", "not_in_channel", connector.ErrNotInChannel},
		{"conversations.invite", "already_in_channel", outbound.ErrDone},
		{"conversations.invite", "cant_invite_self", outbound.ErrDone},
		{"conversations.invite", "external_channel_migrating", connector.ErrTemporary},
		{"conversations.invite", "ura_max_channels", connector.ErrForbidden},
		{"conversations.rename", "not_authorized", connector.ErrForbidden},
		{"conversations.rename", "is_archived", connector.ErrArchived},
		{"conversations.setTopic", "too_long", connector.ErrInvalid},
		{"conversations.archive", "already_archived", outbound.ErrDone},
		{"conversations.archive", "cant_archive_general", connector.ErrForbidden},
		{"conversations.archive", "cant_archive_required", connector.ErrForbidden},
		{"conversations.unarchive", "not_archived", outbound.ErrDone},
		{"conversations.unarchive", "not_in_channel", connector.ErrNotInChannel},
		{"conversations.info", "channel_is_limited_access", connector.ErrForbidden},
		{"conversations.info", "method_not_supported_for_channel_type", connector.ErrForbidden},
		{"users.lookupByEmail", "users_not_found", connector.ErrNotFound},
		{"users.info", "user_not_found", connector.ErrNotFound},
		{"users.info", "user_not_visible", connector.ErrNotFound},
		{"pins.add", "already_pinned", outbound.ErrDone},
		{"pins.add", "message_not_found", connector.ErrMessageGone},
		{"pins.add", "too_many_pins", connector.ErrForbidden},
		{"views.update", "hash_conflict", connector.ErrConflict},
		{"views.open", "expired_trigger_id", connector.ErrForbidden},
		{"views.open", "exchanged_trigger_id", connector.ErrForbidden},
		{"views.open", "invalid_trigger_id", connector.ErrForbidden},
		{"auth.test", "invalid_auth", connector.ErrUnauthorized},
		{"auth.test", "token_expired", connector.ErrUnauthorized},
		{"auth.test", "token_revoked", connector.ErrUnauthorized},
		{"auth.test", "account_inactive", connector.ErrUnauthorized},
		{"auth.test", "org_login_required", connector.ErrUnauthorized},
		{"auth.test", "team_added_to_org", connector.ErrUnauthorized},
		{"auth.test", "accesslimited", connector.ErrUnauthorized},
		{"users.list", "missing_scope", connector.ErrUnsupported},
		{"users.list", "not_allowed_token_type", connector.ErrUnsupported},
		{"users.list", "unknown_method", connector.ErrUnsupported},
		{"users.list", "no_permission", connector.ErrForbidden},
		{"users.list", "invalid_arguments", connector.ErrInvalid},
		{"users.list", "a_code_of_tomorrow", nil},
	} {
		if got := translate(c.method, c.code); !errors.Is(got, c.want) {
			t.Errorf("%s %s is %v, want %v", c.method, c.code, got, c.want)
		}
	}
}

// TestTranslateKnowsEveryCode: no code that the catalogue lists is unknown here.
func TestTranslateKnowsEveryCode(t *testing.T) {
	spec := spectest.Methods(t)
	if spec == nil {
		return
	}
	for _, method := range usedMethods() {
		m, ok := spec.Methods[method]
		if !ok {
			t.Errorf("%s is not in the catalogue", method)
		}
		for _, code := range append(m.Errors, spec.CommonErrors...) {
			switch code {
			case "ratelimited", "rate_limited", "message_limit_exceeded":
				continue // waits
			}
			if translate(method, code) == nil {
				t.Errorf("%s %s has no meaning", method, code)
			}
		}
	}
}
