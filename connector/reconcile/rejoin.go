package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"roomkeeper/connector"
)

// settledIn is how long our bot must have been in after it let itself in, for it to
// do so again: whoever takes it out twice means it.
const settledIn = 24 * time.Hour

// rejoin lets our bot into a channel that it was taken out of, once, where a
// platform lets it: one that is public. cause is how the run ended; true: it may go
// on.
func (n *run) rejoin(ctx context.Context, cause error) (bool, error) {
	if !errors.Is(cause, connector.ErrNotInChannel) || n.platform.Joiner == nil || n.g.State == connector.GroupArchived {
		return false, nil
	}
	if !n.g.RejoinedAt.IsZero() && n.g.ChatReadAt.Sub(n.g.RejoinedAt) < settledIn {
		return false, nil
	}
	err := n.platform.Joiner.Join(n.because(ctx, "rejoined"), n.g.Channel.ID)
	switch {
	case err == nil:
	case connector.ReasonOf(err).Passing():
		return false, fmt.Errorf("rejoin channel: %w", err)
	default:
		n.Logger.WarnContext(ctx, "channel not rejoined", "group", n.g.ID, "error", err)
		n.g.RejoinedAt = n.Clock() // not tried again at each Sweep; what follows stores it
		return false, nil
	}
	n.g.RejoinedAt, n.g.BotRemoved = n.Clock(), false
	return true, n.save(ctx)
}
