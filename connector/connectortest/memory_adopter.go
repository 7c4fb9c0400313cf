package connectortest

import (
	"context"
	"fmt"
	"slices"

	"roomkeeper/connector"
)

// View tells of a channel that our bot may see: a public one also from outside.
func (p memoryPorts) View(ctx context.Context, id connector.ChannelID) (view connector.ChannelView, err error) {
	err = p.call(ctx, ChatView, func() error {
		i := slices.IndexFunc(p.c.channels, func(ch *MemoryChannel) bool { return ch.ID == id })
		if i < 0 || p.c.channels[i].Deleted || p.c.channels[i].Private && p.c.channels[i].out() {
			return fmt.Errorf("channel %s: %w", id, connector.ErrChannelGone)
		}
		ch := p.c.channels[i]
		if view = viewOf(ch); p.c.manners.AllAtOnce && !view.Out && !view.Archived {
			view.Whole = &connector.Observed{Members: slices.Clone(ch.Members), At: p.c.clock(), Name: ch.Name}
		}
		return nil
	})
	if err != nil {
		return connector.ChannelView{}, err
	}
	return view, nil
}

// Adoptable lists what View shows.
func (p memoryPorts) Adoptable(ctx context.Context) (views []connector.ChannelView, err error) {
	err = p.call(ctx, ChatAdoptable, func() error {
		for _, ch := range p.c.channels {
			if ch.Deleted || ch.Private && ch.out() || ch.Archived || ch.Shared {
				continue
			}
			views = append(views, viewOf(ch))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return views, nil
}

func viewOf(ch *MemoryChannel) connector.ChannelView {
	return connector.ChannelView{
		Channel: ch.Channel, Purpose: ch.Purpose, Archived: ch.Archived, Out: ch.out(), Public: !ch.Private, Shared: ch.Shared,
	}
}

// Enter lets our bot into a public channel.
func (p memoryPorts) Enter(ctx context.Context, id connector.ChannelID) error {
	return p.call(ctx, ChatEnter, func() error {
		for _, ch := range p.c.channels {
			switch {
			case ch.ID != id || ch.Deleted:
			case !ch.out():
				return nil
			case ch.Private || ch.Shut:
				return fmt.Errorf("channel %s: %w", id, connector.ErrNotInChannel)
			default:
				ch.Botless, ch.Hosts = false, true
				return nil
			}
		}
		return fmt.Errorf("channel %s: %w", id, connector.ErrChannelGone)
	})
}
