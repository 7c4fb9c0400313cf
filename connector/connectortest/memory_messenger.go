package connectortest

import (
	"context"
	"fmt"
	"slices"

	"roomkeeper/connector"
)

// Tell sends a card in private.
func (p memoryPorts) Tell(ctx context.Context, member connector.MemberID, id connector.CardID, card connector.Card) error {
	return p.call(ctx, ChatTell, func() error {
		a, known := p.c.accounts[member]
		if !known || a.muted || a.reason == connector.ReasonNoAccount {
			return fmt.Errorf("tell %s: %w", member, connector.ErrForbidden)
		}
		p.c.messages++
		a.told = append(a.told, MemoryMessage{
			ID: connector.MessageID(fmt.Sprintf("M%d", p.c.messages)), CardID: id, Card: card, At: p.c.clock(),
		})
		return nil
	})
}

// Told returns what somebody was told in private, oldest first.
func (c *MemoryChat) Told(member connector.MemberID) []MemoryMessage {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a, known := c.accounts[member]; known {
		return slices.Clone(a.told)
	}
	return nil
}

// Mute makes somebody take no private messages any more.
func (c *MemoryChat) Mute(member connector.MemberID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a, known := c.accounts[member]; known {
		a.muted = true
	}
}
