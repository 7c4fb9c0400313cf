package reconcile

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"roomkeeper/connector"
)

// claimTries bounds how often a claim that came to nothing is taken from a Group.
const claimTries = 8

// claimChannel keeps others from storing the same channel: a channel is one Group's,
// whoever makes, finds or adopts it. The Group is stored already, and is saved with
// the channel under the revision that it has now. An *connector.AdoptError says who
// has the channel; ErrConflict: begin again.
//
// A claim is one attempt's, and outlives a crash between it and the save. It is taken
// from a Group that does not have the channel by storing that Group as it is: the
// attempt that was about to save it with the channel finds it changed, and begins
// again under another claim.
func (n *run) claimChannel(ctx context.Context, channel connector.ChannelID) error {
	name := "channel/" + string(channel) // no channel is called so
	mine := n.g.ID + "/" + connector.GroupID(rand.Text())
	for range claimTries {
		holder, err := n.Engine.Names.Reserve(ctx, n.g.Platform, name, mine)
		if err != nil {
			return fmt.Errorf("claim channel: %w", err)
		}
		if holder == mine {
			return nil
		}
		if err := n.endClaim(ctx, holder, channel); err != nil {
			return err
		}
		if err := n.Engine.Names.Release(ctx, n.g.Platform, name, holder); err != nil {
			return fmt.Errorf("take over claim: %w", err)
		}
	}
	return fmt.Errorf("claim channel: %w", connector.ErrConflict)
}

// endClaim makes sure that nobody saves a channel by an earlier claim any more.
func (n *run) endClaim(ctx context.Context, holder connector.GroupID, channel connector.ChannelID) error {
	id, _, _ := strings.Cut(string(holder), "/")
	other, err := n.Engine.Groups.Group(ctx, connector.GroupID(id))
	switch {
	case errors.Is(err, connector.ErrNotFound):
		return nil
	case err != nil:
		return fmt.Errorf("load group: %w", err)
	case other.Channel.ID == channel && other.ID != n.g.ID:
		return heldBy(other)
	case other.ID == n.g.ID && other.Revision != n.g.Revision:
		return fmt.Errorf("group changed: %w", connector.ErrConflict)
	}
	saved, err := n.Engine.Groups.SaveGroup(ctx, other)
	if err != nil {
		return fmt.Errorf("save group: %w", err)
	}
	if other.ID == n.g.ID {
		n.g.Revision = saved.Revision
	}
	return nil
}
