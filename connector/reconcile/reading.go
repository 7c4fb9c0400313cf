package reconcile

import (
	"context"
	"fmt"
	"slices"
	"time"

	"roomkeeper/connector"
)

// believable reports whether the last reading still says who is in, but for its
// age: no chat event touched the channel since, no invitation's outcome is
// open, and nothing that only a reading can end is the matter.
func (n *run) believable() bool {
	switch n.g.State {
	case connector.GroupUnreachable, connector.GroupLost, connector.GroupArchived:
		return false
	default:
	}
	if n.g.OwnTeam {
		return false
	}
	doubted := n.g.Held != nil && n.g.Held.Reason != connector.HoldTeamUnreadable
	return !doubted && n.g.ChatReadAt.After(n.g.TouchedAt) && !outstanding(n.g.Memberships)
}

// believed is who is in the channel as far as is known without asking.
func believed(g connector.Group) connector.Observed {
	have := connector.Observed{At: g.ChatReadAt}
	for _, row := range g.Memberships {
		if row.Status == connector.StatusService {
			have.Service = append(have.Service, row.Member)
			continue
		}
		if isIn(row.Status) && row.Member != "" && !slices.Contains(have.Members, row.Member) {
			have.Members = append(have.Members, row.Member)
		}
	}
	return have
}

// outstanding reports whether an invitation was meant and never verified.
func outstanding(rows []connector.Membership) bool {
	return slices.ContainsFunc(rows, func(row connector.Membership) bool {
		return row.Owned && !row.Seen && row.Reason == "" &&
			(row.Status == connector.StatusPending || ours(row.Status))
	})
}

// observe reads the channel whole, or goes on with what was read for a change that had to
// wait, if nobody read or touched the channel since.
func (n *run) observe(ctx context.Context) (connector.Observed, error) {
	begun := n.Clock()
	since := n.g.ChatReadAt
	if touched := n.g.TouchedAt; !touched.Before(since) {
		since = touched.Add(1)
	}
	have, err := n.platform.Channels.Observe(connector.WithReadSince(ctx, since), n.g.Channel.ID)
	if err == nil && !have.At.IsZero() && have.At.Before(n.g.ChatReadAt) {
		// It was gone on with, and is older than what another replica has read since.
		have, err = n.platform.Channels.Observe(ctx, n.g.Channel.ID)
	}
	if err != nil {
		return have, fmt.Errorf("read channel: %w", err)
	}
	if have.At.IsZero() {
		have.At = begun
	}
	if have.At.Before(begun) && !have.At.After(n.g.TouchedAt) {
		// A reading that was gone on with began before the last event.
		n.wake(0)
	}
	n.readBefore = n.g.ChatReadAt
	n.g.ChatReadAt, n.g.BotRemoved = have.At, false
	n.keepName(have, begun)
	if have.Name != "" && have.Name != n.g.Channel.Name && have.Name != n.g.NameMeant {
		n.g.NameDoubted = true
	}
	if n.g.State != connector.GroupCreating && n.g.State != connector.GroupHeld {
		n.g.State = connector.GroupActive
	}
	return have, nil
}

// keepName keeps what the channel is called by a reading that this run began: an older
// one may be from before a rename of our own.
func (n *run) keepName(have connector.Observed, begun time.Time) {
	if n.named = ""; !have.At.Before(begun) {
		n.named = have.Name
	}
}

// nameNow is what the channel is called, asked for where the run's own reading does not
// tell.
func (n *run) nameNow(ctx context.Context) (string, error) {
	if n.named != "" {
		return n.named, nil
	}
	return n.platform.Renamer.Name(ctx, n.g.Channel.ID)
}

// verify takes over who is in after an addition, by a whole reading or by the answer of
// a platform that tells it: whoever is in is seen to be in, except where a removal that
// is no longer wanted may take effect yet: who goes by it did not leave.
func (n *run) verify(have connector.Observed) {
	settled := n.Clock().Add(-n.platform.Limits.CallTimeout - n.platform.Limits.LookupDelay)
	for i := range n.g.Memberships {
		row := &n.g.Memberships[i]
		if !row.Owned || !slices.Contains(have.Members, row.Member) ||
			row.Status != connector.StatusPending && !ours(row.Status) {
			continue
		}
		if ours(row.Status) && !row.Seen && row.TriedAt.After(settled) {
			continue
		}
		if row.Status == connector.StatusPending {
			n.begin(row, connector.StatusMember)
			row.Reason = ""
		}
		row.Status, row.Seen = inAs(*row, n.want.SelfEnrol), true
	}
}
