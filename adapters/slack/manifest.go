package slack

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// maxCommand is the longest slash command (app manifest schema).
const maxCommand = 32

// manifest is the part of an app manifest that Roomkeeper uses
// (docs.slack.dev/reference/app-manifest). slack-go's type cannot leave out
// what is empty.
type manifest struct {
	Metadata struct {
		MajorVersion int `json:"major_version"`
	} `json:"_metadata"`
	Display struct {
		Name        string `json:"name"`
		Description string `json:"description"`
		Background  string `json:"background_color"`
	} `json:"display_information"`
	Features struct {
		// AppHome: without its messages tab the app tells nobody anything in private
		// (messages_tab_disabled). Nothing that is written there is read.
		AppHome struct {
			Messages bool `json:"messages_tab_enabled"`
			ReadOnly bool `json:"messages_tab_read_only_enabled"`
		} `json:"app_home"`
		BotUser struct {
			DisplayName  string `json:"display_name"`
			AlwaysOnline bool   `json:"always_online"`
		} `json:"bot_user"`
		SlashCommands []slashCommand `json:"slash_commands"`
	} `json:"features"`
	OAuth struct {
		Scopes struct {
			Bot []string `json:"bot"`
		} `json:"scopes"`
	} `json:"oauth_config"`
	Settings struct {
		Events struct {
			RequestURL string   `json:"request_url"`
			BotEvents  []string `json:"bot_events"`
		} `json:"event_subscriptions"`
		Interactivity struct {
			Enabled    bool   `json:"is_enabled"`
			RequestURL string `json:"request_url"`
		} `json:"interactivity"`
		OrgDeploy     bool `json:"org_deploy_enabled"`
		SocketMode    bool `json:"socket_mode_enabled"`
		TokenRotation bool `json:"token_rotation_enabled"`
	} `json:"settings"`
}

type slashCommand struct {
	Command      string `json:"command"`
	URL          string `json:"url"`
	Description  string `json:"description"`
	UsageHint    string `json:"usage_hint"`
	ShouldEscape bool   `json:"should_escape"`
}

// scopes are the least that the calls and events need. Public and private
// channels are two families.
func scopes() []string {
	return []string{
		"channels:history", "groups:history", // conversations.history: is a card there?
		"channels:manage", "groups:write", // create, rename, invite, kick, topic, purpose
		"channels:join",                //  rejoin a public channel
		"channels:read", "groups:read", // list, members, and the events
		"chat:write", // private messages too
		"commands",
		"pins:write",
		"users:read", "users:read.email",
	}
}

// botEvents are what makes a channel worth reading again. Archiving has no
// event in Slack's catalogue any more; the next call to the channel tells.
func botEvents() []string {
	return []string{
		"app_uninstalled", "tokens_revoked",
		"channel_deleted", "group_deleted",
		"channel_id_changed",
		"channel_left", "group_left",
		"channel_rename", "group_rename",
		"member_joined_channel", "member_left_channel",
		"team_join", "user_change",
	}
}

// Manifest is the app manifest of a deployment as JSON: what to paste where
// Slack creates an app. publicURL is where Slack reaches the service, command
// the slash command with its slash.
func Manifest(publicURL, command string) ([]byte, error) {
	u, err := url.Parse(publicURL)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, errors.New("the public URL is not an absolute http(s) URL")
	}
	if !strings.HasPrefix(command, "/") || len(command) < 2 || len(command) > maxCommand || strings.ContainsAny(command, " \t\n") {
		return nil, fmt.Errorf("the command %q is not a slash and up to %d characters without blanks", command, maxCommand-1)
	}
	base := strings.TrimRight(publicURL, "/")
	var m manifest
	m.Metadata.MajorVersion = 2
	m.Display.Name = "Roomkeeper"
	m.Display.Description = "Keeps a channel for every CRM record, with the right people in it."
	m.Display.Background = "#1f4a3d"
	m.Features.AppHome.Messages, m.Features.AppHome.ReadOnly = true, true
	m.Features.BotUser.DisplayName = "roomkeeper"
	m.Features.BotUser.AlwaysOnline = true
	m.Features.SlashCommands = []slashCommand{{
		Command: command, URL: base + "/slack/commands", Description: "Channels of CRM records",
		UsageHint: "help", ShouldEscape: true,
	}}
	m.OAuth.Scopes.Bot = scopes()
	m.Settings.Events.RequestURL = base + "/slack/events"
	m.Settings.Events.BotEvents = botEvents()
	m.Settings.Interactivity.Enabled = true
	m.Settings.Interactivity.RequestURL = base + "/slack/interactions"
	return json.MarshalIndent(m, "", "  ")
}
