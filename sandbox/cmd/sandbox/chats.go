package main

import (
	"flag"
	"log/slog"
	"slices"
	"strings"

	"roomkeeper/sandbox/discord"
	"roomkeeper/sandbox/page"
	"roomkeeper/sandbox/slack"
)

// Names of the platforms, as the connector calls them.
const (
	slackPlatform   = "slack"
	discordPlatform = "discord"
)

// workspaceOptions are the command line's words on Slack.
type workspaceOptions struct {
	token, secret, userToken, userScopes string
	tiers, adminsRemove                  bool
}

func (w *workspaceOptions) flags(flags *flag.FlagSet) {
	flags.StringVar(&w.token, "slack-token", "xoxb-sandbox", "the app's bot token")
	flags.StringVar(&w.secret, "signing-secret", "sandbox-signing-secret", "signs what Slack sends to the connector")
	flags.BoolVar(&w.tiers, "tiers", false, "enforce Slack's rate tiers")
	flags.BoolVar(&w.adminsRemove, "slack-admins-remove", false, "only admins of the Slack workspace remove people from channels, and the app's bot is none")
	flags.StringVar(&w.userToken, "slack-user-token", "", "token of an account "+serviceID+" that is an admin of the Slack workspace")
	flags.StringVar(&w.userScopes, "slack-user-scopes", "channels:write,groups:write", "scopes of that token")
}

// serviceID is the account that --slack-user-token acts for.
const serviceID = "U0SERVICE"

// guildOptions are the command line's words on Discord.
type guildOptions struct {
	token, secret, seed, guild, application string
	redirects                               []string
	limits, noRates, noMembers              bool
}

func (g *guildOptions) flags(flags *flag.FlagSet) {
	flags.StringVar(&g.token, "discord-token", "sandbox-bot-token", "the Discord app's bot token")
	flags.StringVar(&g.secret, "discord-client-secret", "sandbox-client-secret", "the Discord app's OAuth2 secret")
	flags.StringVar(&g.seed, "discord-seed", "sandbox-discord", "makes the key that signs Discord's interactions")
	flags.StringVar(&g.guild, "discord-guild", "1100000000000000000", "id of the Discord guild")
	flags.StringVar(&g.application, "discord-application", "1100000000000000001", "id of the Discord app and its bot")
	flags.Func("discord-redirects", "the Discord app's redirect URIs, separated by commas (default the connector's)", listOf(&g.redirects))
	flags.BoolVar(&g.limits, "discord-limits", false, "enforce Discord's rate limits")
	flags.BoolVar(&g.noRates, "discord-no-rates", false, "unless they are enforced, do not tell of rate limits either")
	flags.BoolVar(&g.noMembers, "discord-no-members", false, "the Discord app has no GUILD_MEMBERS intent")
}

// chats are the platforms, in the order of the command line.
type chats []page.Chat

// others are those that the page does not begin with.
func (c chats) others() []page.Chat { return slices.Clone(c[1:]) }

func (c chats) close() {
	for _, one := range c {
		one.Close()
	}
}

func (o options) chats(base string, logger *slog.Logger) chats {
	var list chats
	for _, name := range o.platforms {
		if name == discordPlatform {
			list = append(list, page.Discord(o.guild(base, logger)))
			continue
		}
		list = append(list, page.Slack(o.workspace(base, logger)))
	}
	return list
}

func (o options) workspace(base string, logger *slog.Logger) *slack.Workspace {
	config := slack.Config{
		Team: "Meridian", TeamDomain: "meridian", BotToken: o.slack.token, SigningSecret: o.slack.secret,
		Connector: o.connector, BaseURL: base + "/slack", Tiers: o.slack.tiers, General: true, Logger: logger,
	}
	if o.slack.userToken != "" {
		config.UserTokens = map[string]string{o.slack.userToken: serviceID}
	}
	w := slack.New(config)
	if o.slack.userToken != "" {
		w.AddUser(slack.User{ID: serviceID, Name: "service", RealName: "Service", Admin: true})
	}
	w.UpdateSettings(func(s *slack.Settings) {
		s.AdminsOnlyRemove, s.UserScopes = o.slack.adminsRemove, o.slack.userScopes
	})
	return w
}

func (o options) guild(base string, logger *slog.Logger) *discord.Guild {
	redirects := o.discord.redirects
	if redirects == nil && o.connector != "" {
		redirects = []string{strings.TrimRight(o.connector, "/") + "/auth/discord/callback"}
	}
	return discord.New(discord.Config{
		Name: "Meridian", GuildID: o.discord.guild, ApplicationID: o.discord.application, BotToken: o.discord.token,
		ClientSecret: o.discord.secret, Redirects: redirects, Seed: o.discord.seed, NoMembers: o.discord.noMembers,
		Connector: o.connector, BaseURL: base + "/discord", Limits: o.discord.limits, NoRates: o.discord.noRates, General: true, Logger: logger,
	})
}
