package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"roomkeeper/connector"
)

// AcceptChat stores that a channel may have changed on the chat's side. Our
// own doings echo as events and are left out.
func (a *Acceptor) AcceptChat(ctx context.Context, e connector.ChatEvent) error {
	switch e.Type {
	case connector.ChatEventsWereMissed:
		return a.touchThose(ctx, e, func(connector.Group) bool { return true })
	case connector.ChatPersonArrived, connector.ChatPersonChanged, connector.ChatPersonLeft:
		users, news, err := a.cameOrWent(ctx, e)
		if err != nil || !news {
			return err
		}
		return a.touchThose(ctx, e, func(g connector.Group) bool { return concerns(g, e.Member, users) })
	default:
	}
	if e.Type == connector.ChatChannelMoved {
		return a.moved(ctx, e)
	}
	if e.Channel == "" {
		a.Logger.WarnContext(ctx, "chat event", "platform", e.Platform, "type", e.Type)
		return nil
	}
	page, err := a.Engine.Groups.ListGroups(ctx, connector.GroupQuery{Platform: e.Platform, Channel: e.Channel, Limit: 1})
	if err != nil {
		return fmt.Errorf("find group: %w", err)
	}
	if len(page.Groups) == 0 || a.echo(page.Groups[0], e) {
		return nil
	}
	if err := a.note(ctx, page.Groups[0].ID, e); err != nil {
		return err
	}
	if _, err := a.Engine.Inbox.Accept(ctx, touchIntake(e.ID, causeChat+string(e.Type), page.Groups[0].ID, a.Clock())); err != nil {
		return fmt.Errorf("accept: %w", err)
	}
	return nil
}

// cameOrWent notes whether somebody is in the workspace, and returns the Users
// that they are. Where a place in a channel outlives that, nothing else tells. news
// is false for a change of somebody who was not known to be gone.
func (a *Acceptor) cameOrWent(ctx context.Context, e connector.ChatEvent) (users []connector.UserID, news bool, err error) {
	users, err = a.Engine.People.UsersOf(ctx, e.Platform, e.Member)
	if err != nil && !errors.Is(err, connector.ErrNotFound) {
		return nil, false, fmt.Errorf("find users: %w", err)
	}
	if e.Type == connector.ChatPersonChanged {
		if back, err := a.back(ctx, e, users); err != nil || !back {
			return users, false, err
		}
	}
	err = changeLinks(ctx, a.Engine.People, e.Platform, e.Member, users, func(link *connector.Link) {
		if link.Gone = e.Type == connector.ChatPersonLeft; link.Gone {
			link.GoneAt = a.Clock()
		}
	})
	return users, err == nil, err
}

// note stores what only the event tells, by compare-and-swap: no reading of a
// private channel says whether the bot was taken out of it or it is gone, and
// a name is read only when it may be another one.
func (a *Acceptor) note(ctx context.Context, id connector.GroupID, e connector.ChatEvent) error {
	for {
		g, err := a.Engine.Groups.Group(ctx, id)
		if err != nil {
			return fmt.Errorf("load group: %w", err)
		}
		before, doubted := g.BotRemoved, g.NameDoubted
		switch e.Type {
		case connector.ChatBotRemoved:
			g.BotRemoved = true
		case connector.ChatChannelArchived, connector.ChatChannelRestored:
			// Archiving takes bots out, and it may be open again before anybody looks.
			g.BotRemoved = g.BotRemoved || g.State != connector.GroupLost
		case connector.ChatMemberLeft:
			g.BotRemoved = g.BotRemoved || e.Member != "" && e.Member == a.Bots.Get(e.Platform)
		case connector.ChatChannelDeleted:
			g.BotRemoved = false
		case connector.ChatChannelRenamed:
			g.NameDoubted = true
		default:
		}
		if g.BotRemoved == before && g.NameDoubted == doubted {
			return nil
		}
		if _, err = a.Engine.Groups.SaveGroup(ctx, g); err == nil {
			return nil
		}
		if !errors.Is(err, connector.ErrConflict) || ctx.Err() != nil {
			return fmt.Errorf("save group: %w", err)
		}
	}
}

// touchIntake marks that a channel may have changed on the chat's side.
func touchIntake(identity, cause string, group connector.GroupID, now time.Time) connector.Intake {
	return connector.Intake{
		ID: identity, Group: group, Touched: true, At: now,
		Jobs: []connector.Job{{Key: connector.JobKey{Lane: connector.LaneGroup, Group: group}, Delay: debounce, Tags: connector.QueuedBy(cause)}},
	}
}

// touchThose marks the channels of a platform that an event without a channel
// may be about.
func (a *Acceptor) touchThose(ctx context.Context, e connector.ChatEvent, about func(connector.Group) bool) error {
	for q := (connector.GroupQuery{Platform: e.Platform}); ; {
		page, err := a.Engine.Groups.ListGroups(ctx, q)
		if err != nil {
			return fmt.Errorf("list groups: %w", err)
		}
		var intakes []connector.Intake
		for _, g := range page.Groups {
			if g.Channel.ID != "" && about(g) {
				intakes = append(intakes, touchIntake(e.ID+"/"+string(g.ID), causeChat+string(e.Type), g.ID, a.Clock()))
			}
		}
		if _, err := a.Engine.Inbox.Accept(ctx, intakes...); err != nil {
			return fmt.Errorf("accept: %w", err)
		}
		if page.Next == "" {
			return nil
		}
		q.Cursor = page.Next
	}
}

// concerns reports whether a Group has somebody, or waits for them. It is read
// of the Groups one by one: people come to a workspace and leave it rarely.
func concerns(g connector.Group, member connector.MemberID, users []connector.UserID) bool {
	return member != "" && slices.ContainsFunc(g.Memberships, func(m connector.Membership) bool {
		return m.Member == member && m.Status != connector.StatusRemoved || m.Member == "" && slices.Contains(users, m.User)
	})
}

// echoWithin is how soon after a call of ours its event comes: longer than CHAT_TIMEOUT
// may be. One that comes later costs a reading.
const echoWithin = 2 * time.Minute

// echo reports whether an event only tells what we did ourselves.
func (a *Acceptor) echo(g connector.Group, e connector.ChatEvent) bool {
	if e.Member != "" && e.Member == a.Bots.Get(e.Platform) {
		// Into a channel that we had lost we were invited.
		return e.Type == connector.ChatMemberJoined && !g.BotRemoved && g.State != connector.GroupUnreachable &&
			g.State != connector.GroupLost && g.State != connector.GroupArchived
	}
	if e.Type == connector.ChatChannelRenamed && e.Name != "" {
		return e.Name == g.Channel.Name || e.Name == g.NameMeant
	}
	i := slices.IndexFunc(g.Memberships, func(m connector.Membership) bool { return m.Member == e.Member })
	if i < 0 {
		return false
	}
	row := g.Memberships[i]
	switch e.Type {
	case connector.ChatMemberJoined:
		// Whoever is believed in although no reading shows them may be back.
		vanished := g.Held != nil && g.Held.Reason == connector.HoldMassVanish && slices.Contains(g.Held.People, e.Member)
		return row.Owned && (ours(row.Status) || row.Status == connector.StatusPending) && !vanished
	case connector.ChatMemberLeft:
		return row.Status == connector.StatusRemoved ||
			row.Status == connector.StatusToRemove && row.Reason == "" &&
				!row.TriedAt.Before(row.Since) && a.Clock().Sub(row.TriedAt) < echoWithin
	default:
		return false
	}
}
