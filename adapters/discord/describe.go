package discord

import (
	"context"
	"net/http"
	"time"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/connector"
)

// keepTopic is how long a title is changed by what Topic read: as long as the calls of
// one run take.
const keepTopic = 10 * time.Second

// Rename renames a channel, and sets its topic by the same call where one is
// given. Discord may change the name to fit; the returned one is the truth.
func (a *Adapter) Rename(ctx context.Context, channel connector.ChannelID, name, topic string) (string, error) {
	ch, err := a.titled(ctx, channel, topic == "")
	if err != nil {
		return "", err
	}
	change := map[string]any{"name": name}
	if topic != "" && !ch.IsThread() {
		_, purpose := splitTopic(ch.Topic)
		change["topic"] = joinTopic(topicText(topic), purpose)
	}
	renamed, err := a.retitle(ctx, ch, change)
	if err != nil {
		return "", err
	}
	if renamed.Name == "" {
		return "", unreadable(ctx, patchChannel)
	}
	return renamed.Name, nil
}

// retitle changes name or topic and nothing else, which Discord allows twice in
// ten minutes (see titleRate). An idle thread is opened before: a call that is
// refused for that would be one of the two.
func (a *Adapter) retitle(ctx context.Context, ch *discordgo.Channel, change map[string]any) (discordgo.Channel, error) {
	var changed discordgo.Channel
	if ch.IsThread() && ch.ThreadMetadata != nil && ch.ThreadMetadata.Archived && !ch.ThreadMetadata.Locked {
		if err := a.wake(ctx, ch.ID); err != nil {
			return changed, err
		}
	}
	err := a.awake(ctx, ch.ID, func() error {
		return a.send(ctx, request{
			method: http.MethodPatch, path: "channels/" + ch.ID, audited: true, manners: manners{title: ch.ID}, body: change,
		}, &changed)
	})
	return changed, err
}

// titled is a channel whose title is about to change. What is below the topic stays as
// Topic read it a moment ago, by which it was decided; a text channel of which only the
// name changes needs no reading.
func (a *Adapter) titled(ctx context.Context, channel connector.ChannelID, nameOnly bool) (*discordgo.Channel, error) {
	if kind, known := a.kinds.get(string(channel)); nameOnly && known && kind == discordgo.ChannelTypeGuildText {
		return &discordgo.Channel{ID: string(channel), Type: kind}, nil
	}
	if read, known := a.titles.Take(channel, a.now()); known && a.now().Sub(read.seen.At) <= keepTopic {
		return read.channel, nil
	}
	return a.info(ctx, channel)
}

// Name reads the name. It tells of an archived channel and of one that the bot
// does not see.
func (a *Adapter) Name(ctx context.Context, channel connector.ChannelID) (string, error) {
	ch, err := a.reach(ctx, channel)
	if err != nil {
		return "", err
	}
	if ch.Name == "" {
		return "", unreadable(ctx, getChannel)
	}
	return ch.Name, nil
}

// Topic reads the topic without the purpose. A thread has none: "".
func (a *Adapter) Topic(ctx context.Context, channel connector.ChannelID) (string, error) {
	at := a.now()
	ch, err := a.info(ctx, channel)
	if err != nil {
		return "", err
	}
	a.titles.keep(channel, reading{channel: ch, seen: connector.Observed{At: at}}, at)
	text, _ := splitTopic(ch.Topic)
	return readTopic(text), nil
}

// SetTopic sets the topic and keeps the purpose. In a thread, which has no topic,
// there is nothing to do: its name and cards say what it is about.
func (a *Adapter) SetTopic(ctx context.Context, channel connector.ChannelID, topic string) error {
	ch, err := a.titled(ctx, channel, false)
	if err != nil || ch.IsThread() {
		return err
	}
	_, purpose := splitTopic(ch.Topic)
	return a.setText(ctx, ch, joinTopic(topicText(topic), purpose))
}

// SetPurpose sets the purpose and keeps the topic. In a thread it is a message
// among the first ones.
func (a *Adapter) SetPurpose(ctx context.Context, channel connector.ChannelID, purpose string) error {
	a.titles.Drop(channel)
	ch, err := a.info(ctx, channel)
	if err != nil {
		return err
	}
	if ch.IsThread() {
		return a.tellPurpose(ctx, ch, purpose)
	}
	text, _ := splitTopic(ch.Topic)
	return a.setText(ctx, ch, joinTopic(text, purpose))
}

func (a *Adapter) setText(ctx context.Context, ch *discordgo.Channel, text string) error {
	if text == ch.Topic {
		return nil
	}
	_, err := a.retitle(ctx, ch, map[string]any{"topic": text})
	return err
}

// tellPurpose posts the purpose, once: it may be repeated.
func (a *Adapter) tellPurpose(ctx context.Context, ch *discordgo.Channel, purpose string) error {
	me, err := a.self(ctx)
	if err != nil {
		return err
	}
	_, wanted := splitTopic(purposeLine(purpose))
	carries, err := a.purposeOf(ctx, ch.ID, me.Bot)
	if err != nil || carries == wanted {
		return err
	}
	body := notice(ch.Name, purpose)
	body["nonce"], body["enforce_nonce"] = nonceOf(ch.ID+" "+wanted), true
	err = a.awake(ctx, ch.ID, func() error {
		return a.send(ctx, request{method: http.MethodPost, path: "channels/" + ch.ID + "/messages", body: body}, nil)
	})
	if err != nil {
		return err
	}
	a.purposes.put(ch.ID, wanted)
	return nil
}
