package slack

import (
	"context"
	"fmt"

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
	return connector.ChannelView{
		Channel: a.channel(me, ch), Purpose: unescapeText(ch.Purpose.Value), Archived: ch.IsArchived,
		Out: !ch.IsMember, Public: !ch.IsPrivate, Shared: ch.IsExtShared || ch.IsPendingExtShared,
	}, nil
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
