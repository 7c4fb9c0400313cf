package slack

import (
	"context"
	"slices"
	"time"

	slackapi "github.com/slack-go/slack"

	"roomkeeper/adapters/internal/membership"
	"roomkeeper/adapters/internal/outbound"
	"roomkeeper/connector"
)

const membersMethod = "conversations.members"

// pageSize is the largest page of conversations.list and .members (method catalogue: maximum 999).
const pageSize = 999

// Create makes a channel: Slack takes its name, and nothing else. The name in
// the answer is the truth.
func (a *Adapter) Create(ctx context.Context, spec connector.ChannelSpec) (connector.Created, error) {
	const method = "conversations.create"
	me, err := a.self(ctx)
	if err != nil {
		return connector.Created{}, err
	}
	made, err := a.api.CreateConversationContext(ctx, slackapi.CreateConversationParams{
		ChannelName: spec.Name, IsPrivate: spec.Private, TeamID: me.Workspace,
	})
	if err != nil {
		return connector.Created{}, failed(method, err)
	}
	if made == nil || made.ID == "" || made.Name == "" {
		return connector.Created{}, unreadable(method)
	}
	return connector.Created{Channel: a.channel(me, made)}, nil
}

func (a *Adapter) channel(me identity, ch *slackapi.Channel) connector.Channel {
	return connector.Channel{
		ID: connector.ChannelID(ch.ID), Name: ch.Name, URL: a.channelURL(me.Workspace, ch.ID),
	}
}

// Find lists the channels that the bot can see, archived ones included, until
// it meets the one that it made under this name.
func (a *Adapter) Find(ctx context.Context, name, purpose string, notBefore time.Time) (connector.Channel, error) {
	me, err := a.self(ctx)
	if err != nil {
		return connector.Channel{}, err
	}
	oldest := notBefore.Add(-clockSkew).Truncate(time.Second) // created counts whole seconds
	ours := func(ch slackapi.Channel) bool {
		if ch.Name != name || ch.Creator != string(me.Bot) {
			return false
		}
		carries := unescapeText(ch.Purpose.Value)
		return carries == purpose || carries == "" && !ch.Created.Time().Before(oldest)
	}
	page := func(ctx context.Context, cursor string) ([]connector.Channel, string, error) {
		all, next, err := a.listChannels(ctx, me, cursor)
		var found []connector.Channel
		for _, ch := range all {
			if ours(ch) {
				found = append(found, a.channel(me, &ch))
			}
		}
		return found, next, err
	}
	key := name + " " + purpose + " " + oldest.UTC().String()
	return a.channels.First(ctx, key, a.now(), page)
}

// Own lists all channels that the bot can see, archived ones included, and
// returns those that it made.
func (a *Adapter) Own(ctx context.Context) ([]connector.OwnChannel, error) {
	me, err := a.self(ctx)
	if err != nil {
		return nil, err
	}
	page := func(ctx context.Context, cursor string) ([]connector.OwnChannel, string, error) {
		all, next, err := a.listChannels(ctx, me, cursor)
		var own []connector.OwnChannel
		for _, ch := range all {
			if ch.Creator == string(me.Bot) {
				own = append(own, a.ownChannel(me, &ch))
			}
		}
		return own, next, err
	}
	list, err := a.own.Whole(ctx, me.Workspace, a.now(), page)
	if err != nil {
		return nil, err
	}
	return onceEach(list.Items), nil
}

// onceEach drops what came on two pages.
func onceEach(channels []connector.OwnChannel) []connector.OwnChannel {
	seen := map[connector.ChannelID]bool{}
	return slices.DeleteFunc(channels, func(ch connector.OwnChannel) bool {
		again := seen[ch.ID]
		seen[ch.ID] = true
		return again
	})
}

func (a *Adapter) ownChannel(me identity, ch *slackapi.Channel) connector.OwnChannel {
	own := connector.OwnChannel{
		Channel: a.channel(me, ch), Purpose: unescapeText(ch.Purpose.Value), Created: ch.Created.Time(), Archived: ch.IsArchived,
	}
	if ch.Topic.Creator == string(me.Bot) {
		own.Topic = unescapeText(ch.Topic.Value)
	}
	return own
}

// listChannels reads one page of the channels that the bot can see.
func (a *Adapter) listChannels(ctx context.Context, me identity, cursor string) ([]slackapi.Channel, string, error) {
	all, next, err := a.api.GetConversationsContext(ctx, &slackapi.GetConversationsParameters{
		Cursor: cursor, Limit: pageSize, TeamID: me.Workspace,
		Types: []string{"public_channel", "private_channel"},
	})
	if err != nil {
		return nil, "", failed("conversations.list", err)
	}
	return all, next, nil
}

// Observe reads who is in a channel, unless it tells what was read before a change that
// had to wait.
func (a *Adapter) Observe(ctx context.Context, channel connector.ChannelID) (connector.Observed, error) {
	now := a.now()
	if since, may := connector.ReadSince(ctx); may {
		if seen, known := a.lately.told(channel, since, now); known {
			return seen, nil
		}
	}
	a.lately.Drop(channel)
	seen, err := a.observe(ctx, channel)
	if err == nil {
		a.lately.keep(channel, reading{seen: seen}, now)
	}
	return seen, err
}

// observe reads who is in a channel. At is when the first page was asked for.
// Slack lists the members of archived channels too, and of public ones that
// the bot left: a list without the bot is no proof of anything else.
func (a *Adapter) observe(ctx context.Context, channel connector.ChannelID) (connector.Observed, error) {
	me, err := a.self(ctx)
	if err != nil {
		return connector.Observed{}, err
	}
	page := func(ctx context.Context, cursor string) ([]connector.MemberID, string, error) {
		ids, next, err := a.api.GetUsersInConversationContext(ctx, &slackapi.GetUsersInConversationParameters{
			ChannelID: string(channel), Cursor: cursor, Limit: pageSize,
		})
		if err != nil {
			return nil, "", failed(membersMethod, err)
		}
		members := make([]connector.MemberID, 0, len(ids))
		for _, id := range ids {
			members = append(members, connector.MemberID(id))
		}
		return members, next, nil
	}
	list, err := a.members.Whole(ctx, string(channel), a.now(), page)
	if err != nil {
		return connector.Observed{}, err
	}
	if !slices.Contains(list.Items, me.Bot) {
		if _, err := a.reach(ctx, channel); err != nil {
			return connector.Observed{}, err
		}
		// In by now, or not listed yet: read again.
		return connector.Observed{}, failed(membersMethod, outbound.Unanswered("a list without the bot", connector.ErrTemporary))
	}
	seen := connector.Observed{Members: membership.Others(list.Items, me.Bot), At: list.Began}
	if i := slices.Index(seen.Members, me.service); i >= 0 {
		seen.Members, seen.Service = slices.Delete(seen.Members, i, i+1), []connector.MemberID{me.service}
	}
	return seen, nil
}
