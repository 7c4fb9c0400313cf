package app

import (
	"roomkeeper/adapters/slack"
	"roomkeeper/config"
)

func slackChat(o chatOptions) (chat, error) {
	c := o.Config
	adapter, err := slack.New(slack.Options{
		Token: c.Slack.BotToken.Reveal(), UserToken: c.Slack.UserToken.Reveal(), APIURL: c.Slack.APIURL, URL: c.Slack.URL,
		RateFactor: c.Chat.RateFactor, CallTimeout: c.Chat.Timeout,
		Limiter: o.limiter, HTTP: o.Transport, Observe: o.observe, Clock: o.Clock, Logger: o.Logger,
	})
	if err != nil {
		return chat{}, err
	}
	listen := func(in inboundOptions) (inbound, error) {
		return slack.NewInbound(slack.InboundOptions{
			SigningSecret: c.Slack.SigningSecret.Reveal(), TeamID: in.workspace, Command: c.Chat.Command,
			Handler: in.handler, Acceptor: in.acceptor, ResponseHosts: []string{c.Slack.APIURL, c.Slack.URL},
			Clock: o.Clock, Logger: o.Logger,
		}), nil
	}
	token := tokenSource{
		variable: "ROOMKEEPER_SLACK_BOT_TOKEN",
		remedy:   "copy the bot token, xoxb-…, from the Slack app's page OAuth & Permissions; where there is none, install the app there",
	}
	return chat{platform: adapter.Platform(), token: token, listen: listen}, nil
}

// SlackManifest is the app manifest of this deployment, as JSON.
func SlackManifest(c config.Config) ([]byte, error) {
	return slack.Manifest(c.HTTP.PublicURL, c.Chat.Command)
}
