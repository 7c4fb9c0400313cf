package discord

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"
)

// ManifestOptions are what a manifest says of a deployment.
type ManifestOptions struct {
	// PublicURL is where Discord reaches the service.
	PublicURL string
	// Command is the command with its slash.
	Command string
	// ApplicationID is needed for the invitation; GuildID may be "".
	ApplicationID, GuildID string
	// URL is Discord's own, "https://discord.com".
	URL string
	// Gateway: member and channel events come by the gateway. Threads: some kinds
	// have threads.
	Gateway, Threads bool
}

// manifest is what has to be set up at Discord, as data.
type manifest struct {
	ApplicationID       string         `json:"application_id"`
	InteractionsURL     string         `json:"interactions_endpoint_url"`
	RedirectURL         string         `json:"oauth2_redirect_url"`
	Scopes              []string       `json:"scopes"`
	Permissions         string         `json:"permissions"`
	InviteURL           string         `json:"invite_url"`
	GatewayIntents      []string       `json:"gateway_intents"`
	PrivilegedIntents   []string       `json:"privileged_intents"`
	Commands            []slashCommand `json:"commands"`
	CommandsPutByItself bool           `json:"commands_put_by_the_service"`
}

// permissionPins lets pin messages; discordgo has no name for it
// (docs.discord.com/developers/change-log, 2026-02-23).
const permissionPins = 1 << 51

// invitePermissions are the least that the calls need. Those that are granted
// in channels must be the bot's own.
func invitePermissions() int64 {
	return discordgo.PermissionViewChannel |
		discordgo.PermissionManageChannels | // create, rename, move
		discordgo.PermissionManageRoles | // members of channels: overwrites
		discordgo.PermissionSendMessages | discordgo.PermissionEmbedLinks |
		discordgo.PermissionReadMessageHistory | // is a card there?
		permissionPins |
		discordgo.PermissionManageThreads | discordgo.PermissionCreatePublicThreads |
		discordgo.PermissionCreatePrivateThreads | discordgo.PermissionSendMessagesInThreads |
		discordgo.PermissionViewAuditLogs | // who renamed a channel
		discordgo.PermissionCreateInstantInvite // adds people who linked their account
}

// Manifest is what to set up at Discord for a deployment, as JSON: the addresses
// for interactions and sign-in, the link that invites the bot, and the commands,
// which the service registers by itself.
func Manifest(o ManifestOptions) ([]byte, error) {
	u, err := url.Parse(o.PublicURL)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, errors.New("the public URL is not an absolute http(s) URL")
	}
	name, err := commandName(o.Command)
	if err != nil {
		return nil, err
	}
	if o.ApplicationID == "" {
		return nil, errors.New("the application id is missing")
	}
	scopes := []string{"bot", "applications.commands"}
	query := url.Values{
		"client_id": {o.ApplicationID}, "scope": {strings.Join(scopes, " ")},
		"permissions": {strconv.FormatInt(invitePermissions(), 10)},
	}
	if o.GuildID != "" {
		query.Set("guild_id", o.GuildID)
		query.Set("disable_guild_select", "true")
	}
	m := manifest{
		ApplicationID:       o.ApplicationID,
		InteractionsURL:     strings.TrimRight(o.PublicURL, "/") + "/discord/interactions",
		RedirectURL:         strings.TrimRight(o.PublicURL, "/") + "/auth/discord/callback",
		Scopes:              scopes,
		Permissions:         query.Get("permissions"),
		InviteURL:           strings.TrimRight(o.URL, "/") + "/oauth2/authorize?" + query.Encode(),
		GatewayIntents:      []string{},
		PrivilegedIntents:   []string{},
		Commands:            commandSet(name),
		CommandsPutByItself: true,
	}
	if o.Gateway {
		m.GatewayIntents = []string{"GUILDS", "GUILD_MEMBERS"}
	}
	// Without it Discord lists no members of a thread either (docs, topics/threads).
	if o.Gateway || o.Threads {
		m.PrivilegedIntents = []string{"GUILD_MEMBERS"}
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false) // the link is for people to copy
	enc.SetIndent("", "  ")
	err = enc.Encode(m)
	return bytes.TrimSpace(out.Bytes()), err
}
