package slack

import (
	"context"

	slackapi "github.com/slack-go/slack"

	"roomkeeper/connector"
)

// glimpse is a channel of the list with its id.
type glimpse struct {
	id connector.ChannelID
	connector.Glimpse
}

// Overview lists all channels that the bot can see, archived ones included. Who is
// in them Slack does not say there, only how many.
func (a *Adapter) Overview(ctx context.Context) (connector.Overlook, error) {
	me, err := a.self(ctx)
	if err != nil {
		return connector.Overlook{}, err
	}
	page := func(ctx context.Context, cursor string) ([]glimpse, string, error) {
		all, next, err := a.listChannels(ctx, me, cursor)
		glimpses := make([]glimpse, 0, len(all))
		for _, ch := range all {
			glimpses = append(glimpses, glimpse{connector.ChannelID(ch.ID), glimpseOf(me, ch)})
		}
		return glimpses, next, err
	}
	list, err := a.glimpses.Whole(ctx, me.Workspace, a.now(), page)
	if err != nil {
		return connector.Overlook{}, err
	}
	seen := connector.Overlook{At: list.Began, Channels: make(map[connector.ChannelID]connector.Glimpse, len(list.Items))}
	for _, g := range list.Items {
		seen.Channels[g.id] = g.Glimpse
	}
	return seen, nil
}

// glimpseOf reads a channel of the list. num_members counts the bot, and stands in
// conversations.list only (sample answer of the Java SDK, json-logs).
func glimpseOf(me identity, ch slackapi.Channel) connector.Glimpse {
	g := connector.Glimpse{Name: ch.Name, Archived: ch.IsArchived, Out: !ch.IsMember, Count: -1}
	if ch.IsMember && ch.NumMembers > 0 {
		g.Count = ch.NumMembers - 1
	}
	if ch.Creator == string(me.Bot) {
		g.Made, g.Purpose = ch.Created.Time(), unescapeText(ch.Purpose.Value)
	}
	return g
}
