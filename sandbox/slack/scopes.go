package slack

import (
	"slices"
	"strings"
)

// withoutScope refuses what a person's token may not do for want of a scope: of these methods in private channels
// groups:write, in public ones channels:write (user scopes on docs.slack.dev/reference/methods/conversations.kick,
// .archive, .unarchive). What the bot's token has is not enforced.
func (c *call) withoutScope(method string) *refusal {
	switch method {
	case "conversations.kick", "conversations.archive", "conversations.unarchive":
	default:
		return nil
	}
	ch := c.channels[c.args["channel"]]
	if ch == nil || c.actor == nil || c.actor.ID == c.botUserID {
		return nil
	}
	needed := "channels:write"
	if ch.Private {
		needed = "groups:write"
	}
	if slices.Contains(strings.Split(c.settings.UserScopes, ","), needed) {
		return nil
	}
	return &refusal{code: "missing_scope", more: answer{"needed": needed, "provided": c.settings.UserScopes}}
}
