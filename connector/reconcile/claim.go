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
//
// Only a claim that was seen when the attempt began (claimSeen) is taken: it has stood
// for a whole look, and its own attempt needed a few steps of the store. A later one is
// alive, and whoever meets it gives way. Otherwise many at once would end each other's
// attempts until none is left.
//
// mine is the claim that the attempt has now.
func claimChannel(ctx context.Context, engine connector.Engine, g *connector.Group, channel connector.ChannelID, seen connector.GroupID) (mine connector.GroupID, err error) {
	name := claimOf(channel)
	mine = claimant(g.ID)
	for range claimTries {
		holder, err := engine.Names.Reserve(ctx, g.Platform, name, mine)
		if err != nil {
			return "", fmt.Errorf("claim channel: %w", err)
		}
		if holder == mine {
			return mine, nil
		}
		if err := endClaim(ctx, engine, g, holder, seen, channel); err != nil {
			return "", err
		}
		if err := engine.Names.Release(ctx, g.Platform, name, holder); err != nil {
			return "", fmt.Errorf("take over claim: %w", err)
		}
	}
	return "", fmt.Errorf("claim channel: %w", connector.ErrConflict)
}

// claimOf names the claim of a channel among names; no channel is called so.
func claimOf(channel connector.ChannelID) string { return "channel/" + string(channel) }

// claimSeen returns whose attempt has the claim of a channel now, "" when none has.
func claimSeen(ctx context.Context, engine connector.Engine, platform connector.PlatformID, channel connector.ChannelID) (connector.GroupID, error) {
	holder, err := engine.Names.Holder(ctx, platform, claimOf(channel))
	if err != nil {
		return "", fmt.Errorf("see claim: %w", err)
	}
	return holder, nil
}

// endClaim makes sure that nobody saves a channel by an earlier claim any more.
func endClaim(ctx context.Context, engine connector.Engine, g *connector.Group, holder, seen connector.GroupID, channel connector.ChannelID) error {
	other, err := engine.Groups.Group(ctx, claimedBy(holder))
	switch {
	case err != nil && !errors.Is(err, connector.ErrNotFound):
		return fmt.Errorf("load group: %w", err)
	case err == nil && other.Channel.ID == channel && other.ID != g.ID:
		return heldBy(other)
	case holder != seen:
		return fmt.Errorf("claimed meanwhile: %w", connector.ErrConflict)
	case err != nil:
		return nil
	case other.ID == g.ID && other.Revision != g.Revision:
		return fmt.Errorf("group changed: %w", connector.ErrConflict)
	}
	saved, err := engine.Groups.SaveGroup(ctx, other)
	if err != nil {
		return fmt.Errorf("save group: %w", err)
	}
	if other.ID == g.ID {
		g.Revision = saved.Revision
	}
	return nil
}

// gaveUp frees the claim of an attempt that ended with err, when that is an
// ErrConflict: it saves nothing any more, and nobody needs to wait for it.
func gaveUp(ctx context.Context, engine connector.Engine, platform connector.PlatformID, channel connector.ChannelID, mine connector.GroupID, err error) error {
	if !errors.Is(err, connector.ErrConflict) {
		return err
	}
	if failed := engine.Names.Release(ctx, platform, claimOf(channel), mine); failed != nil {
		return fmt.Errorf("give up claim: %w", failed)
	}
	return err
}

// claimant is a new attempt of a Group, claimedBy the Group whose attempt has a claim.
func claimant(group connector.GroupID) connector.GroupID {
	return group + "/" + connector.GroupID(rand.Text())
}

func claimedBy(claimant connector.GroupID) connector.GroupID {
	id, _, _ := strings.Cut(string(claimant), "/")
	return connector.GroupID(id)
}

// unclaim gives up a Group's claim of a channel that it leaves.
func unclaim(ctx context.Context, engine connector.Engine, g connector.Group, channel connector.ChannelID) error {
	holder, err := engine.Names.Reserve(ctx, g.Platform, claimOf(channel), claimant(g.ID))
	if err == nil && claimedBy(holder) == g.ID {
		err = engine.Names.Release(ctx, g.Platform, claimOf(channel), holder)
	}
	if err != nil {
		return fmt.Errorf("give up claim: %w", err)
	}
	return nil
}
