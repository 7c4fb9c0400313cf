package app

import (
	"context"
	"fmt"
	"net/http"

	"roomkeeper/config"
	"roomkeeper/connector"
	"roomkeeper/connector/command"
	"roomkeeper/connector/reconcile"
)

// chat is a chat platform in use.
type chat struct {
	platform connector.ChatPlatform
	// token is the variable of our token there, with where to find the right one.
	token tokenSource
	// join lets somebody in with a token of theirs; nil: the platform does not need it.
	join func(ctx context.Context, member connector.MemberID, token string) error
	// listen makes what takes the platform's requests.
	listen func(inboundOptions) (inbound, error)
	// greet is done once the platform was reached; nil: nothing is to do.
	greet func(ctx context.Context) error
	// watch makes what hears of people and channels by a connection of its own;
	// nil: the platform sends requests, or a sweep finds out.
	watch func(*reconcile.Acceptor) (watcher, error)
}

// tokenSource is a variable with a token, and what to do when it is refused.
type tokenSource struct{ variable, remedy string }

// watcher hears of people and channels from Start to Close.
type watcher interface {
	Start(ctx context.Context)
	Close(ctx context.Context) error
}

// chatOptions are what the adapters of all platforms need.
type chatOptions struct {
	Options
	limiter connector.Limiter
	observe func(method, reason string)
}

// inboundOptions are what a platform's requests are handed to.
type inboundOptions struct {
	handler  *command.Handler
	acceptor *reconcile.Acceptor
	// workspace is whose requests are taken; "" while that is not known.
	workspace func() string
}

// inbound takes a platform's requests.
type inbound interface {
	// Routes are by http.ServeMux patterns; each checks its requests' signatures.
	Routes() map[string]http.Handler
	// Close waits for what is under way.
	Close(ctx context.Context) error
}

// chatOf connects one platform.
func chatOf(id config.Platform, o chatOptions) (chat, error) {
	switch id {
	case config.PlatformSlack:
		return slackChat(o)
	case config.PlatformDiscord:
		return discordChat(o)
	}
	return chat{}, fmt.Errorf("there is no platform %s", id)
}

// rooms is how much of the platforms' bounds is used, as far as is known.
func (a *App) rooms() map[connector.PlatformID][]connector.Room {
	rooms := map[connector.PlatformID][]connector.Room{}
	for _, chat := range a.chats {
		if chat.platform.Rooms != nil {
			rooms[chat.platform.ID] = chat.platform.Rooms.Rooms()
		}
	}
	return rooms
}
