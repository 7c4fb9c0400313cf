package app

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"

	"roomkeeper/adapters/discord"
	"roomkeeper/config"
	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

func discordChat(o chatOptions) (chat, error) {
	c := o.Config
	threads := map[connector.Kind]string{}
	var kinds []string
	for _, kind := range c.Kinds {
		kinds = append(kinds, kind.Name)
		if kind.ThreadsIn != "" {
			threads[connector.Kind(kind.Name)] = kind.ThreadsIn
		}
	}
	adapter, err := discord.New(discord.Options{
		Token: c.Discord.BotToken.Reveal(), APIURL: c.Discord.APIURL, URL: c.Discord.URL, PublicURL: c.HTTP.PublicURL,
		GuildID: c.Discord.GuildID, ApplicationID: c.Discord.ApplicationID, Category: c.Discord.Category, Threads: threads,
		RateFactor: c.Chat.RateFactor, CallTimeout: c.Chat.Timeout,
		Limiter: o.limiter, HTTP: o.Transport, Observe: o.observe, Clock: o.Clock, Logger: o.Logger,
	})
	if err != nil {
		return chat{}, err
	}
	listen := func(in inboundOptions) (inbound, error) {
		return discord.NewInbound(discord.InboundOptions{
			PublicKey: hex.EncodeToString(c.Discord.PublicKey), ApplicationID: c.Discord.ApplicationID, GuildID: in.workspace, PublicURL: c.HTTP.PublicURL,
			Command: c.Chat.Command, Kinds: kinds, Handler: in.handler, APIURL: c.Discord.APIURL, Transport: o.Transport,
			Clock: o.Clock, Logger: o.Logger,
		})
	}
	greet := func(ctx context.Context) error {
		wrote, err := discord.Register(ctx, adapter.Call, c.Discord.ApplicationID, c.Discord.GuildID, c.Chat.Command)
		if wrote {
			o.Logger.InfoContext(ctx, "commands registered", "platform", discord.Platform, "command", c.Chat.Command)
		}
		return err
	}
	token := tokenSource{
		variable: "ROOMKEEPER_DISCORD_BOT_TOKEN",
		remedy:   "copy the token from the Discord application's page Bot, where Reset Token makes another, and have the bot on the server",
	}
	made := chat{platform: adapter.Platform(), token: token, listen: listen, greet: greet, join: adapter.Join}
	if c.Discord.Gateway {
		made.watch = func(acceptor *reconcile.Acceptor) (watcher, error) {
			return discord.NewGateway(discord.GatewayOptions{
				Token: c.Discord.BotToken.Reveal(), GuildID: c.Discord.GuildID, Acceptor: acceptor,
				APIURL: c.Discord.APIURL, Transport: o.Transport, Clock: o.Clock, Logger: o.Logger,
			})
		}
	}
	return made, nil
}

// DiscordManifest is what has to be set up at Discord for this deployment, as JSON.
func DiscordManifest(c config.Config) ([]byte, error) {
	if c.Discord.ApplicationID == "" {
		return nil, &ConfigError{Err: errors.New("ROOMKEEPER_DISCORD_APPLICATION_ID: not set; copy the application id from the application's page General Information")}
	}
	threads := func(k config.Kind) bool { return k.ThreadsIn != "" }
	return discord.Manifest(discord.ManifestOptions{
		PublicURL: c.HTTP.PublicURL, Command: c.Chat.Command, ApplicationID: c.Discord.ApplicationID,
		GuildID: c.Discord.GuildID, URL: c.Discord.URL, Gateway: c.Discord.Gateway, Threads: slices.ContainsFunc(c.Kinds, threads),
	})
}
