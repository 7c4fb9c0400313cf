package reconcile

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"roomkeeper/connector"
)

// moved ties the Group of a channel to the channel's new id. Everything else about
// it stays: its cards are found under the Group.
func (a *Acceptor) moved(ctx context.Context, e connector.ChatEvent) error {
	page, err := a.Engine.Groups.ListGroups(ctx, connector.GroupQuery{Platform: e.Platform, Channel: e.Channel, Limit: 1})
	if err != nil {
		return fmt.Errorf("find group: %w", err)
	}
	if len(page.Groups) == 0 {
		return nil
	}
	id := page.Groups[0].ID
	for {
		g, err := a.Engine.Groups.Group(ctx, id)
		if err != nil {
			return fmt.Errorf("load group: %w", err)
		}
		if g.Channel.ID != e.Channel {
			return nil // told again, or it has another channel by now
		}
		if _, err = a.Engine.Groups.SaveGroup(ctx, underID(g, e.NewChannel)); err == nil {
			break
		}
		if !errors.Is(err, connector.ErrConflict) || ctx.Err() != nil {
			return fmt.Errorf("save group: %w", err)
		}
	}
	// What was said of the old id meanwhile is read again under the new one.
	if _, err := a.Engine.Inbox.Accept(ctx, touchIntake(e.ID, causeChat+string(e.Type), id, a.Clock())); err != nil {
		return fmt.Errorf("accept: %w", err)
	}
	return nil
}

// underID is a Group whose channel has another id.
func underID(g connector.Group, id connector.ChannelID) connector.Group {
	g.Channel.URL = strings.ReplaceAll(g.Channel.URL, string(g.Channel.ID), string(id))
	g.Channel.ID = id
	return g
}

// back reports whether somebody of whom something changed was known to be gone.
func (a *Acceptor) back(ctx context.Context, e connector.ChatEvent, users []connector.UserID) (bool, error) {
	known, err := a.Engine.People.People(ctx, users)
	if err != nil {
		return false, fmt.Errorf("read people: %w", err)
	}
	for _, person := range known {
		if link := person.Links[e.Platform]; link.Member == e.Member && link.Gone {
			return true, nil
		}
	}
	return false, nil
}
