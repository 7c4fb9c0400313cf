package reconcile

import (
	"context"
	"slices"
	"time"

	"roomkeeper/connector"
)

// leaveLost frees the names and the claim of a Group's channel that is lost, but for
// the name of the one that takes its place; a Group without a channel has lost none. It
// comes before the Group is stored with the other one: after that nobody would know them.
func leaveLost(ctx context.Context, engine connector.Engine, g connector.Group, name string) error {
	if g.Channel.ID == "" {
		return nil
	}
	for _, left := range []string{g.Channel.Name, g.NameMeant, g.NameBack, g.NameAsked} {
		if left == "" || left == name {
			continue
		}
		if err := release(ctx, engine, g, left); err != nil {
			return err
		}
	}
	return unclaim(ctx, engine, g, g.Channel.ID)
}

// afresh forgets what is known of a channel that is lost.
func afresh(g *connector.Group) {
	g.ChatReadAt, g.TouchedAt, g.ChatTriedAt, g.RejoinedAt = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	g.BotRemoved, g.NameDoubted, g.NameContested, g.RenameAsked, g.NamePutBack = false, false, false, false, nil
	g.OwnerReadded, g.Confirmed, g.Passed = "", nil, nil
}

// outOfSight is a Group that knows of its people where they come from, and not whether
// they are in: who is missing in the next reading was never seen in the channel, rather
// than left it. The details card is edited where it stands, or posted again.
func outOfSight(g connector.Group) connector.Group {
	afresh(&g)
	g.NameMeant, g.NameBack, g.NameAsked = "", "", ""
	g.Details.Digest = ""
	g.Memberships = slices.Clone(g.Memberships)
	for i := range g.Memberships {
		g.Memberships[i].Seen = false
	}
	return g
}
