package demo

import (
	"crypto/rand"
	"maps"
	"slices"

	"roomkeeper/sandbox/discord"
	"roomkeeper/sandbox/page"
	"roomkeeper/sandbox/slack"
)

// chat is the sandbox of a chat platform and how the connector reaches it.
type chat struct {
	page.Chat
	// environment are the connector's variables for it.
	environment []string
	// links are the accounts that the CRM knows, by users' ids, out of all that
	// people have; nil: people are found by their e-mail address.
	links func(members map[string]string) map[string]string
	// hint is one more sentence on what to try; "": none.
	hint string
}

// chats make the platforms that the demo can show.
func chats() map[string]func(*world) chat {
	return map[string]func(*world) chat{"slack": slackChat, "discord": discordChat}
}

// Platforms are the names of those that the demo can show.
func Platforms() []string { return slices.Sorted(maps.Keys(chats())) }

func slackChat(w *world) chat {
	token, secret := "xoxb-demo-"+rand.Text(), rand.Text()
	return chat{
		Chat: page.Slack(slack.New(slack.Config{
			Team: "Meridian", TeamDomain: "meridian", BotToken: token, SigningSecret: secret,
			Connector: w.connectorURL, BaseURL: w.base + "/slack", General: true, Logger: w.log,
		})),
		environment: []string{
			"ROOMKEEPER_SLACK_BOT_TOKEN=" + token,
			"ROOMKEEPER_SLACK_SIGNING_SECRET=" + secret,
			"ROOMKEEPER_SLACK_API_URL=" + w.base + "/slack/api/",
		},
	}
}

// unlinked is the user of the demo, on the first record's team, of whom the CRM
// does not know the account: there is somebody who is pending, and can link
// themselves.
const unlinked = "5"

func discordChat(w *world) chat {
	token, secret := "demo-"+rand.Text(), rand.Text()
	guild := discord.New(discord.Config{
		Name: "Meridian", BotToken: token, ClientSecret: secret, Redirects: []string{w.connectorURL + "/auth/discord/callback"},
		Seed: rand.Text(), Connector: w.connectorURL, BaseURL: w.base + "/discord", General: true, Logger: w.log,
	})
	return chat{
		Chat: page.Discord(guild),
		environment: []string{
			"ROOMKEEPER_PUBLIC_URL=" + w.connectorURL,
			"ROOMKEEPER_DISCORD_BOT_TOKEN=" + token,
			"ROOMKEEPER_DISCORD_PUBLIC_KEY=" + guild.PublicKey(),
			"ROOMKEEPER_DISCORD_APPLICATION_ID=" + guild.BotUserID(),
			"ROOMKEEPER_DISCORD_GUILD_ID=" + guild.GuildID(),
			"ROOMKEEPER_DISCORD_CLIENT_SECRET=" + secret,
			"ROOMKEEPER_DISCORD_GATEWAY=true", // what people do by hand shows at once
			"ROOMKEEPER_DISCORD_API_URL=" + w.base + "/discord/api/",
			"ROOMKEEPER_DISCORD_URL=" + w.base + "/discord",
		},
		links: func(members map[string]string) map[string]string {
			known := maps.Clone(members)
			delete(known, unlinked)
			return known
		},
		hint: " Jonas is pending: act as him and type /crm link.",
	}
}
