package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/connector"
)

// Create makes a private text channel by one call, with topic, purpose and the
// people who are let in, or a thread where the kind has them. The name in the
// answer is the truth: Discord writes the names of text channels small.
func (a *Adapter) Create(ctx context.Context, spec connector.ChannelSpec) (connector.Created, error) {
	if n := utf8.RuneCountInString(spec.Name); n == 0 || n > maxName {
		return connector.Created{}, refused(fmt.Sprintf("a name of %d characters", n), connector.ErrInvalidName)
	}
	me, err := a.self(ctx)
	if err != nil {
		return connector.Created{}, err
	}
	if parent := a.threads[spec.Kind]; parent != "" {
		return a.createThread(ctx, parent, spec)
	}
	r, err := a.rights(ctx)
	if err != nil {
		return connector.Created{}, err
	}
	made, err := a.createIn(ctx, me, r, spec)
	if errors.Is(err, errCategoryFull) { // the refused call had no effect; now it goes to another category
		made, err = a.createIn(ctx, me, r, spec)
	}
	return made, err
}

// createIn makes the channel in the first category with room.
func (a *Adapter) createIn(ctx context.Context, me connector.Self, r rights, spec connector.ChannelSpec) (connector.Created, error) {
	category, err := a.place(ctx, a.openCategory())
	if err != nil {
		return connector.Created{}, err
	}
	at := a.now()
	var made discordgo.Channel
	err = a.send(ctx, request{
		method: http.MethodPost, path: "guilds/" + a.guildID + "/channels", audited: true, manners: manners{once: true},
		body: discordgo.GuildChannelCreateData{
			Name: spec.Name, Type: discordgo.ChannelTypeGuildText, Topic: joinTopic(topicText(spec.Topic), spec.Purpose),
			ParentID: category, PermissionOverwrites: a.firstOverwrites(r, me, spec),
		},
	}, &made)
	switch {
	case err == nil && isID(made.ID) && made.Name != "":
		a.rooms.add(1)
		created := connector.Created{Channel: a.channel(&made), Topic: true, Purpose: true, Members: true}
		if isOurs(&made, me) { // it tells the overwrites
			a.kinds.put(made.ID, made.Type)
			created.Whole = &connector.Observed{Members: viewers(&made, me.Bot), At: at, Name: made.Name}
		}
		return created, nil
	case err == nil:
		a.rooms.forget()
		return connector.Created{}, unreadable(context.WithValue(ctx, mannersKey{}, manners{once: true}), postChannel)
	case errors.Is(err, errCategoryFull):
		a.rooms.full(category, a.now())
		a.rooms.forget()
	case errors.Is(err, connector.ErrFull):
		a.rooms.guildFull()
		a.rooms.forget()
	case errors.Is(err, connector.ErrUnknownOutcome):
		a.rooms.forget()
	default:
		a.rooms.leave(category)
	}
	return connector.Created{}, err
}

func (a *Adapter) channel(ch *discordgo.Channel) connector.Channel {
	return connector.Channel{ID: connector.ChannelID(ch.ID), Name: ch.Name, URL: a.channelURL(ch.ID)}
}

// Find looks among the guild's channels, and among the threads where kinds have
// them, for the one that our bot made. One that carries the purpose and is as young may
// have another name: Discord gave it, and the answer that told got lost.
func (a *Adapter) Find(ctx context.Context, name, purpose string, notBefore time.Time) (connector.Channel, error) {
	me, err := a.self(ctx)
	if err != nil {
		return connector.Channel{}, err
	}
	list, err := a.listChannels(ctx)
	if err != nil {
		return connector.Channel{}, err
	}
	oldest := notBefore.Add(-clockSkew).Truncate(time.Millisecond)
	var found *discordgo.Channel
	for _, ch := range list {
		_, carries := splitTopic(ch.Topic)
		marked, young, named := carries == purpose, !timeOf(ch.ID).Before(oldest), sameName(ch.Name, name)
		switch {
		case !isOurs(ch, me):
		case marked && young && purpose != "":
			return a.channel(ch), nil
		case named && found == nil && (marked || carries == "" && young):
			found = ch
		}
	}
	if found != nil {
		return a.channel(found), nil
	}
	return a.findThread(ctx, me, name, purpose, oldest)
}

// sameName compares as Discord names text channels: in small letters, with dashes.
func sameName(a, b string) bool {
	return strings.EqualFold(strings.ReplaceAll(a, " ", "-"), strings.ReplaceAll(b, " ", "-"))
}

// Own lists the guild's channels that carry our bot's mark, and the threads that
// it made. Discord does not say who wrote a topic: one above a purpose is ours.
func (a *Adapter) Own(ctx context.Context) ([]connector.OwnChannel, error) {
	me, err := a.self(ctx)
	if err != nil {
		return nil, err
	}
	list, err := a.listChannels(ctx)
	if err != nil {
		return nil, err
	}
	var own []connector.OwnChannel
	for _, ch := range list {
		if !isOurs(ch, me) {
			continue
		}
		category, _ := a.rooms.category(ch.ParentID)
		o := connector.OwnChannel{
			Channel: a.channel(ch), Created: timeOf(ch.ID), Archived: ordinal(category, a.archiveCategory()) > 0,
		}
		if topic, purpose := splitTopic(ch.Topic); purpose != "" {
			o.Topic, o.Purpose = readTopic(topic), purpose
		}
		own = append(own, o)
	}
	threads, err := a.ownThreads(ctx, me)
	if err != nil {
		return nil, err
	}
	return append(own, threads...), nil
}

// Observe reads who is in a channel: whoever has an overwrite to view it, or is in
// the thread. People who see it by a role, or because the guild is theirs, are none.
func (a *Adapter) Observe(ctx context.Context, channel connector.ChannelID) (connector.Observed, error) {
	now := a.now()
	read, known := a.told(ctx, channel, now)
	if !known {
		// What was interrupted goes on by what is read now, or begins anew.
		a.added.Drop(channel)
		a.leaving.Drop(channel)
		a.lately.Drop(channel)
		var err error
		if read, err = a.observe(ctx, channel); err != nil {
			return connector.Observed{}, err
		}
	}
	a.lately.keep(channel, read, now)
	return read.seen, nil
}

// told is what was read for a change of the people that had to wait, for who goes on
// with it and lets a reading do that is so old.
func (a *Adapter) told(ctx context.Context, channel connector.ChannelID, now time.Time) (read reading, known bool) {
	since, may := connector.ReadSince(ctx)
	if !may {
		return reading{}, false
	}
	if read, known = a.added.told(channel, now); !known {
		read, known = a.leaving.told(channel, now)
	}
	return read, known && !read.seen.At.Before(since)
}

func (a *Adapter) observe(ctx context.Context, channel connector.ChannelID) (reading, error) {
	me, err := a.self(ctx)
	if err != nil {
		return reading{}, err
	}
	at := a.now()
	ch, err := a.reach(ctx, channel)
	if err != nil {
		return reading{}, err
	}
	if ch.IsThread() {
		seen, err := a.observeThread(ctx, ch.ID, me.Bot)
		if err != nil {
			return reading{}, err
		}
		seen.Name = ch.Name
		return reading{channel: ch, seen: seen}, nil
	}
	return reading{channel: ch, seen: connector.Observed{Members: viewers(ch, me.Bot), At: at, Name: ch.Name}}, nil
}

// reach reads a channel that can be worked with: one that is open, and that we see.
func (a *Adapter) reach(ctx context.Context, channel connector.ChannelID) (*discordgo.Channel, error) {
	ch, err := a.info(ctx, channel)
	if err != nil {
		return nil, err
	}
	archived, err := a.archived(ctx, ch)
	if err != nil {
		return nil, err
	}
	if archived {
		return nil, refused(getChannel, connector.ErrArchived)
	}
	return ch, nil
}

// archived: a channel lies in the archive category, a thread is locked besides. A
// thread that is only archived has been idle.
func (a *Adapter) archived(ctx context.Context, ch *discordgo.Channel) (bool, error) {
	if ch.IsThread() {
		return ch.ThreadMetadata != nil && ch.ThreadMetadata.Archived && ch.ThreadMetadata.Locked, nil
	}
	return a.inArchive(ctx, ch)
}

func (a *Adapter) info(ctx context.Context, channel connector.ChannelID) (*discordgo.Channel, error) {
	id, err := channelID(channel)
	if err != nil {
		return nil, err
	}
	var ch discordgo.Channel
	if err := a.get(ctx, "channels/"+id, nil, &ch); err != nil {
		return nil, err
	}
	if ch.ID != id {
		return nil, unreadable(ctx, getChannel)
	}
	a.kinds.put(id, ch.Type)
	return &ch, nil
}

// kindOf is what sort of channel one is: it stays that.
func (a *Adapter) kindOf(ctx context.Context, channel connector.ChannelID) (discordgo.ChannelType, error) {
	if kind, known := a.kinds.get(string(channel)); known {
		return kind, nil
	}
	ch, err := a.info(ctx, channel)
	if err != nil {
		return 0, err
	}
	return ch.Type, nil
}

// channelID is the id of a channel in a path.
func channelID(channel connector.ChannelID) (string, error) {
	if !isID(string(channel)) {
		return "", refused("no id of a channel", connector.ErrChannelGone)
	}
	return string(channel), nil
}
