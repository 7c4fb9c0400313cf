package discord

import (
	"context"
	"errors"
	"fmt"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/connector"
)

// Whoami asks Discord which bot the token belongs to and whether it is in the
// guild. ErrUnauthorized also where it is not.
func (a *Adapter) Whoami(ctx context.Context) (connector.Self, error) {
	var bot discordgo.User
	if err := a.get(ctx, "users/@me", nil, &bot); err != nil {
		return connector.Self{}, err
	}
	if !isID(bot.ID) {
		return connector.Self{}, unreadable(ctx, "GET /users/@me")
	}
	if _, err := a.readGuild(ctx); err != nil {
		if errors.Is(err, connector.ErrUnauthorized) && hasCode(err, 10004, codeMissingAccess) {
			err = fmt.Errorf("the bot is not in the guild %s; install it there, or set the id of the right guild: %w", a.guildID, err)
		}
		return connector.Self{}, err
	}
	me := connector.Self{Workspace: a.guildID, Bot: connector.MemberID(bot.ID)}
	a.selfMu.Lock()
	defer a.selfMu.Unlock()
	a.known = &me
	return me, nil
}

// self is the identity, asked for once.
func (a *Adapter) self(ctx context.Context) (connector.Self, error) {
	a.selfMu.Lock()
	known := a.known
	a.selfMu.Unlock()
	if known != nil {
		return *known, nil
	}
	return a.Whoami(ctx)
}

// channelURL is the deep link that works in a browser and the apps.
func (a *Adapter) channelURL(channel string) string {
	return a.url + "/channels/" + a.guildID + "/" + channel
}
