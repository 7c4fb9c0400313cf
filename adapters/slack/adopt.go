package slack

import (
	"context"
	"fmt"
	"slices"

	slackapi "github.com/slack-go/slack"

	"roomkeeper/connector"
)

// View reads a channel, which need not be one that the bot is in. A conversation of
// a few people is none that a Record can have. Shared are channels with another
// organisation, not those of several workspaces of one
// (docs.slack.dev/reference/objects/conversation-object).
func (a *Adapter) View(ctx context.Context, channel connector.ChannelID) (connector.ChannelView, error) {
	me, err := a.self(ctx)
	if err != nil {
		return connector.ChannelView{}, err
	}
	ch, err := a.info(ctx, channel)
	if err != nil {
		return connector.ChannelView{}, err
	}
	if ch.IsIM || ch.IsMpIM {
		return connector.ChannelView{}, fmt.Errorf("slack %s: no channel: %w", infoMethod, connector.ErrUnsupported)
	}
	return a.viewOf(me, ch), nil
}

func (a *Adapter) viewOf(me identity, ch *slackapi.Channel) connector.ChannelView {
	return connector.ChannelView{
		Channel: a.channel(me, ch), Purpose: unescapeText(ch.Purpose.Value), Archived: ch.IsArchived,
		Out: !ch.IsMember, Public: !ch.IsPrivate, Shared: ch.IsExtShared || ch.IsPendingExtShared,
	}
}

// Adoptable lists the public channels and the private ones that the bot is in.
func (a *Adapter) Adoptable(ctx context.Context) ([]connector.ChannelView, error) {
	me, err := a.self(ctx)
	if err != nil {
		return nil, err
	}
	page := func(ctx context.Context, cursor string) ([]connector.ChannelView, string, error) {
		all, next, err := a.listChannels(ctx, me, cursor)
		var views []connector.ChannelView
		for _, ch := range all {
			if view := a.viewOf(me, &ch); !view.Archived && !view.Shared && (view.Public || !view.Out) {
				views = append(views, view)
			}
		}
		return views, next, err
	}
	list, err := a.views.Whole(ctx, me.Workspace, a.now(), page)
	if err != nil {
		return nil, err
	}
	seen := map[connector.ChannelID]bool{}
	return slices.DeleteFunc(list.Items, func(view connector.ChannelView) bool {
		again := seen[view.ID]
		seen[view.ID] = true
		return again
	}), nil
}

// Enter joins a public channel; into a private one the bot is invited.
func (a *Adapter) Enter(ctx context.Context, channel connector.ChannelID) error {
	ch, err := a.info(ctx, channel)
	switch {
	case err != nil:
		return err
	case ch.IsMember:
		return nil
	case ch.IsPrivate:
		return fmt.Errorf("slack %s: %w", infoMethod, connector.ErrNotInChannel)
	}
	return a.Join(ctx, channel)
}
