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
		list = append(list, page.Slack(slack.New(slack.Config{
			Team: "Meridian", TeamDomain: "meridian", BotToken: o.slackToken, SigningSecret: o.signingSecret,
			Connector: o.connector, BaseURL: base + "/slack", Tiers: o.tiers, General: true, Logger: logger,
		})))
	}
	return list
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
