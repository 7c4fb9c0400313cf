package connectortest

import (
	"context"
	"fmt"
	"slices"

	"roomkeeper/connector"
)

func (p memoryPorts) Add(ctx context.Context, id connector.ChannelID, members []connector.MemberID) (err error) {
	sent := false
	defer func() { p.changed(id, err, sent, nil) }()
	var refused []connector.MemberError
	for batch := range slices.Chunk(members, memoryBatch) {
		err := p.inChannel(ctx, ChatAdd, id, func(ch *MemoryChannel) error {
			for _, m := range batch {
				if reason := p.refusal(m); reason != "" {
					refused = append(refused, connector.MemberError{Member: m, Reason: reason})
				} else if slices.Contains(ch.Members, m) {
					ch.Repeats++
				} else if m != MemoryBot {
					ch.join(m)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		sent = true
	}
	if len(refused) > 0 {
		return &connector.MembersError{Failed: refused}
	}
	return nil
}

// refusal is why somebody cannot be invited.
func (p memoryPorts) refusal(m connector.MemberID) connector.PendingReason {
	a, known := p.c.accounts[m]
	switch {
	case m == MemoryBot:
		return ""
	case !known:
		return connector.ReasonUnknownUser
	case a.reason == connector.ReasonNoAccount:
		return connector.ReasonInvitationRefused
	}
	return a.reason
}

func (p memoryPorts) Remove(ctx context.Context, id connector.ChannelID, member connector.MemberID) (err error) {
	defer func() { p.changed(id, err, err == nil, without(member)) }()
	return p.inChannel(ctx, ChatRemove, id, func(ch *MemoryChannel) error {
		if p.c.noRemovals {
			return fmt.Errorf("remove: %w", connector.ErrForbidden)
		}
		ch.leave(member)
		return nil
	})
}
