package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"roomkeeper/connector"
)

// callWithin is how long after a channel was made our call that made it may have ended.
const callWithin = time.Minute

// made is a channel that our bot made.
type made struct {
	id connector.ChannelID
	at time.Time
}

// byPurpose are the channels of ours by what their purposes say.
func byPurpose(seen connector.Overlook) map[string][]made {
	ours := map[string][]made{}
	for id, g := range seen.Channels {
		if !g.Made.IsZero() && g.Purpose != "" {
			ours[g.Purpose] = append(ours[g.Purpose], made{id: id, at: g.Made})
		}
	}
	return ours
}

// sameUnderOtherID finds a Group's channel that is missing among the channels of ours:
// it carries the Record's key, and was made when the Group's was. Another channel of the
// same Record is not taken for it, nor any of several.
func sameUnderOtherID(g connector.Group, ours map[string][]made, limits connector.Limits) (same connector.ChannelID, found bool) {
	if g.MadeAt.IsZero() {
		return "", false
	}
	for _, ch := range ours[g.Record.String()] {
		if g.MadeAt.Sub(ch.at).Abs() > limits.ClockSkew+callWithin {
			continue
		}
		if found {
			return "", false
		}
		same, found = ch.id, true
	}
	return same, found
}

// rekey ties a Group to its channel's new id, as the event would have done that told of
// it. Whoever gives the channel to a Group meanwhile, or changes this one, goes first.
// The channel is read under that id before: what was seen of all may be older than an
// event, and the id the one of before.
func (d *Drift) rekey(ctx context.Context, platform connector.ChatPlatform, g connector.Group, id connector.ChannelID) error {
	if _, err := platform.Channels.Observe(connector.WithDrift(ctx), id); err != nil {
		d.Logger.WarnContext(ctx, "a channel may have another id; it was not read under that", "group", g.ID, "channel", id, "error", err)
		return nil // the next look comes to it
	}
	seen, err := claimSeen(ctx, d.Engine, g.Platform, id)
	if err != nil {
		return err
	}
	held, err := d.Engine.Groups.ListGroups(ctx, connector.GroupQuery{Platform: g.Platform, Channel: id, Limit: 1})
	if err != nil {
		return fmt.Errorf("find holder: %w", err)
	}
	if len(held.Groups) > 0 {
		return nil
	}
	before := g.Channel.ID
	mine, err := claimChannel(ctx, d.Engine, &g, id, seen)
	if taken := (*connector.AdoptError)(nil); errors.As(err, &taken) || errors.Is(err, connector.ErrConflict) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := d.Engine.Groups.SaveGroup(ctx, underID(g, id)); err != nil {
		if err = gaveUp(ctx, d.Engine, g.Platform, id, mine, err); errors.Is(err, connector.ErrConflict) {
			return nil
		}
		return fmt.Errorf("save group: %w", err)
	}
	d.Logger.InfoContext(ctx, "a channel has another id; no event told", "group", g.ID, "before", before, "now", id)
	if err := unclaim(ctx, d.Engine, g, before); err != nil {
		return err
	}
	return d.doubt(ctx, g, "")
}
