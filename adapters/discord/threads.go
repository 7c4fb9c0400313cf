package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/connector"
)

// idleMinutes is the longest time of silence before Discord archives a thread: a
// week (docs, resources/channel: auto_archive_duration).
const idleMinutes = 10080

// createThread makes a Record's thread in its kind's channel: a post where that is
// a forum, with a message that carries the purpose; else a private thread, or a
// public one where the kind's channels are public. A forum's posts are seen by
// whoever sees the forum.
func (a *Adapter) createThread(ctx context.Context, parent string, spec connector.ChannelSpec) (connector.Created, error) {
	var made discordgo.Channel
	forum := false
	err := a.withRoom(ctx, "", func() (err error) {
		made, forum, err = a.startThread(ctx, parent, spec)
		return err
	})
	if errors.Is(err, connector.ErrChannelGone) || errors.Is(err, connector.ErrNotInChannel) {
		// Not the channel that is to be made, as these errors would say.
		return connector.Created{}, fmt.Errorf("the channel %s, in which threads are made, is not to be seen: %w", parent, connector.ErrForbidden)
	}
	if err != nil {
		return connector.Created{}, err
	}
	a.rooms.addActive(1)
	purposed := forum && spec.Purpose != ""
	if purposed {
		_, purpose := splitTopic(purposeLine(spec.Purpose))
		a.purposes.put(made.ID, purpose)
	}
	return connector.Created{Channel: a.channel(&made), Purpose: forum}, nil
}

func (a *Adapter) startThread(ctx context.Context, parent string, spec connector.ChannelSpec) (made discordgo.Channel, forum bool, err error) {
	kind, err := a.kindOf(ctx, connector.ChannelID(parent))
	if err != nil {
		return made, false, err
	}
	if err := a.knowActive(ctx); err != nil {
		return made, false, err
	}
	body := map[string]any{"name": spec.Name, "auto_archive_duration": idleMinutes}
	switch forum = kind == discordgo.ChannelTypeGuildForum; {
	case forum:
		body["message"] = notice(spec.Name, spec.Purpose)
	case spec.Private:
		body["type"], body["invitable"] = discordgo.ChannelTypeGuildPrivateThread, false
	default:
		body["type"] = discordgo.ChannelTypeGuildPublicThread
	}
	err = a.send(ctx, request{
		method: http.MethodPost, path: "channels/" + parent + "/threads", audited: true, manners: manners{once: true}, body: body,
	}, &made)
	if err == nil && (!isID(made.ID) || made.Name == "") {
		err = unreadable(context.WithValue(ctx, mannersKey{}, manners{once: true}), postThread)
	}
	return made, forum, err
}

// notice is a small message that carries a purpose.
func notice(text, purpose string) map[string]any {
	embed := &discordgo.MessageEmbed{Title: escapeCut(text, maxTitle)}
	if line := purposeLine(purpose); line != "" {
		embed.Footer = &discordgo.MessageEmbedFooter{Text: line}
	}
	return map[string]any{"embeds": []*discordgo.MessageEmbed{embed}, "allowed_mentions": nobody()}
}

// nobody lets a message mention nobody.
func nobody() map[string]any { return map[string]any{"parse": []string{}} }

// firstMessages is among how many of a thread's messages the one with the purpose is.
const firstMessages = 25

// purposeOf reads which purpose a thread's first messages carry, "" for none.
func (a *Adapter) purposeOf(ctx context.Context, thread string, bot connector.MemberID) (string, error) {
	if purpose, known := a.purposes.get(thread); known {
		return purpose, nil
	}
	messages, err := a.history(ctx, thread, map[string]string{"after": before(thread)}, firstMessages)
	if err != nil {
		return "", err
	}
	latest, purpose := "", ""
	for _, m := range messages {
		for _, embed := range m.Embeds {
			if m.Author == nil || m.Author.ID != string(bot) || embed.Footer == nil || !older(latest, m.ID) {
				continue
			}
			if _, p := splitTopic(embed.Footer.Text); p != "" {
				latest, purpose = m.ID, p
			}
		}
	}
	if purpose != "" {
		a.purposes.put(thread, purpose)
	}
	return purpose, nil
}

// findThread is Find among threads. One that carries the purpose goes before one
// that carries none; one with another name must.
func (a *Adapter) findThread(ctx context.Context, me connector.Self, name, purpose string, oldest time.Time) (connector.Channel, error) {
	list, err := a.listThreads(ctx, me)
	if err != nil {
		return connector.Channel{}, err
	}
	found := connector.Channel{}
	for _, ch := range list {
		young := !timeOf(ch.ID).Before(oldest)
		if ch.Name != name && !young {
			continue
		}
		carries, err := a.purposeOf(ctx, ch.ID, me.Bot)
		if err != nil {
			return connector.Channel{}, err
		}
		if carries == purpose && carries != "" {
			return a.channel(ch), nil
		}
		if carries == "" && young && ch.Name == name {
			found = a.channel(ch)
		}
	}
	if found.ID == "" {
		return found, connector.ErrNotFound
	}
	return found, nil
}

// ownThreads are all threads that our bot made, in the channels where it makes them.
func (a *Adapter) ownThreads(ctx context.Context, me connector.Self) ([]connector.OwnChannel, error) {
	list, err := a.listThreads(ctx, me)
	if err != nil {
		return nil, err
	}
	var own []connector.OwnChannel
	for _, ch := range list {
		purpose, err := a.purposeOf(ctx, ch.ID, me.Bot)
		if err != nil {
			return nil, err
		}
		archived, err := a.archived(ctx, ch)
		if err != nil {
			return nil, err
		}
		own = append(own, connector.OwnChannel{Channel: a.channel(ch), Purpose: purpose, Created: timeOf(ch.ID), Archived: archived})
	}
	return own, nil
}
