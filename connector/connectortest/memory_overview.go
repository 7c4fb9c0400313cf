package connectortest

import (
	"context"
	"slices"

	"roomkeeper/connector"
)

// Overview lists what the bot sees: with everybody in it where a reading tells all
// at once, else with their number.
func (p memoryPorts) Overview(ctx context.Context) (seen connector.Overlook, err error) {
	err = p.call(ctx, ChatOverview, func() error {
		seen = connector.Overlook{At: p.c.clock(), Channels: map[connector.ChannelID]connector.Glimpse{}}
		for _, ch := range p.c.channels {
			if ch.Deleted || ch.Private && ch.out() {
				continue
			}
			g := connector.Glimpse{Name: ch.Name, Archived: ch.Archived, Out: ch.out(), Count: -1}
			if !g.Out && !g.Archived {
				g.Count = len(ch.Members)
				if p.c.manners.AllAtOnce {
					g.Whole = &connector.Observed{Members: slices.Clone(ch.Members), At: seen.At, Name: ch.Name}
				}
			}
			if ch.Ours {
				g.Made, g.Purpose = ch.Created, ch.Purpose
			}
			seen.Channels[ch.ID] = g
		}
		return nil
	})
	if err != nil {
		return connector.Overlook{}, err
	}
	return seen, nil
}
