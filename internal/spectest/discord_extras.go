package spectest

import (
	"regexp"
	"slices"
	"strings"
)

// extra is a member that discordgo v0.29 sends although the description does
// not have it. The API ignores it; it is excused only while it says nothing.
type extra struct {
	operations []string
	at         string // regular expression over the JSON pointer of the object
	members    []string
	same       string // the path parameter that the value repeats; "": the value is empty
	reason     string
}

// sdkExtras are all that is known. A new one is a finding until its reason stands here.
func sdkExtras() []extra {
	commands := []string{
		"bulk_set_application_commands", "create_application_command", "update_application_command",
		"bulk_set_guild_application_commands", "create_guild_application_command", "update_guild_application_command",
	}
	callback := []string{"create_interaction_response"}
	return []extra{
		{
			operations: []string{"set_channel_permission_overwrite"}, members: []string{"id"}, same: "overwrite_id",
			reason: "ChannelPermissionSet repeats the path's id",
		}, {
			operations: []string{"update_message"}, members: []string{"ID"}, same: "message_id",
			reason: "MessageEdit marshals its own id",
		}, {
			operations: []string{"update_message"}, members: []string{"Channel"}, same: "channel_id",
			reason: "MessageEdit marshals its own channel",
		}, {
			operations: commands, at: `(^|/)options/\d+$`,
			members: []string{"channel_types", "options", "autocomplete", "choices"},
			reason:  "ApplicationCommandOption has the members of every type of option",
		}, {
			operations: callback, at: `^/data$`, members: []string{"tts", "content", "components", "embeds"},
			reason: "InteractionResponseData has the members of every type of answer",
		}, {
			operations: []string{"create_thread", "create_thread_from_message"}, members: []string{"invitable"},
			reason: "ThreadStart has the members of every type of thread",
		}, {
			operations: []string{"create_thread"}, at: `^/message$`, members: []string{"tts"},
			reason: "MessageSend always has it, a forum's first message has not",
		},
	}
}

// excuseFor is the reason why an unknown member may be there; "": there is none.
func excuseFor(operation string, at []string, member string, value any, path map[string]string) string {
	for _, e := range sdkExtras() {
		switch {
		case !slices.Contains(e.operations, operation), !slices.Contains(e.members, member):
		case e.at == "" && len(at) > 0:
		case e.at != "" && !regexp.MustCompile(e.at).MatchString(jsonPointer(at)):
		case e.same != "" && value == any(path[e.same]), e.same == "" && isEmpty(value):
			return e.reason
		}
	}
	return ""
}

// isEmpty says whether a JSON value says nothing.
func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return strings.TrimSpace(v) == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}
