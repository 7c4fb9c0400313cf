package discord

import (
	"context"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/connector"
)

// Overview lists the guild's channels by one call, which also tells who is in each
// of ours by the overwrites (docs, resources/guild: get guild channels). Threads
// are not among them.
func (a *Adapter) Overview(ctx context.Context) (connector.Overlook, error) {
	me, err := a.self(ctx)
	if err != nil {
		return connector.Overlook{}, err
	}
	seen := connector.Overlook{At: a.now(), Channels: map[connector.ChannelID]connector.Glimpse{}, Partial: len(a.threads) > 0}
	list, err := a.listChannels(ctx)
	if err != nil {
		return connector.Overlook{}, err
	}
	for _, ch := range list {
		if ch.Type == discordgo.ChannelTypeGuildCategory {
			continue
		}
		seen.Channels[connector.ChannelID(ch.ID)] = a.glimpseOf(ch, me, seen)
	}
	return seen, nil
}

// glimpseOf reads a channel of the list, whose categories were just read with it.
// A channel without the mark of our bot may be listed and out of reach.
func (a *Adapter) glimpseOf(ch *discordgo.Channel, me connector.Self, seen connector.Overlook) connector.Glimpse {
	category, _ := a.rooms.category(ch.ParentID)
	g := connector.Glimpse{
		Name: ch.Name, Archived: ordinal(category, a.archiveCategory()) > 0, Out: !isOurs(ch, me), Count: -1,
	}
	if g.Out || g.Archived {
		return g
	}
	whole := connector.Observed{Members: viewers(ch, me.Bot), At: seen.At, Name: ch.Name}
	g.Count, g.Whole = len(whole.Members), &whole
	return g
}
