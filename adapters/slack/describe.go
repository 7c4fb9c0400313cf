package slack

import (
	"context"
	"fmt"

	slackapi "github.com/slack-go/slack"

	"roomkeeper/connector"
)

const infoMethod = "conversations.info"

// Limits of a channel, in characters (docs.slack.dev/reference/methods:
// conversations.create, conversations.setTopic, conversations.setPurpose).
const (
	maxName  = 80
	maxTopic = 250
)

// Rename renames a channel. Slack may change the name to fit; the returned one
// is the truth.
func (a *Adapter) Rename(ctx context.Context, channel connector.ChannelID, name, _ string) (string, error) {
	const method = "conversations.rename"
	ch, err := a.api.RenameConversationContext(ctx, string(channel), name)
	if err != nil {
		return "", failed(method, err)
	}
	if ch == nil || ch.Name == "" {
		return "", unreadable(method)
	}
	return ch.Name, nil
}

// Name reads the name. It tells of an archived channel and of one that the bot
// is not in.
func (a *Adapter) Name(ctx context.Context, channel connector.ChannelID) (string, error) {
	ch, err := a.reach(ctx, channel)
	if err != nil {
		return "", err
	}
	if ch.Name == "" {
		return "", unreadable(infoMethod)
	}
	return ch.Name, nil
}

// Topic reads the topic as people see it: Slack escapes what it returns.
func (a *Adapter) Topic(ctx context.Context, channel connector.ChannelID) (string, error) {
	ch, err := a.info(ctx, channel)
	if err != nil {
		return "", err
	}
	return unescapeText(ch.Topic.Value), nil
}

// reach reads a channel that can be worked with: open, and the bot is in.
func (a *Adapter) reach(ctx context.Context, channel connector.ChannelID) (*slackapi.Channel, error) {
	ch, err := a.info(ctx, channel)
	switch {
	case err != nil:
		return nil, err
	case ch.IsArchived:
		return nil, fmt.Errorf("slack %s: %w", infoMethod, connector.ErrArchived)
	case !ch.IsMember:
		return nil, fmt.Errorf("slack %s: %w", infoMethod, connector.ErrNotInChannel)
	}
	return ch, nil
}

func (a *Adapter) info(ctx context.Context, channel connector.ChannelID) (*slackapi.Channel, error) {
	ch, err := a.api.GetConversationInfoContext(ctx, &slackapi.GetConversationInfoInput{ChannelID: string(channel)})
	if err != nil {
		return nil, failed(infoMethod, err)
	}
	if ch == nil || ch.ID == "" {
		return nil, unreadable(infoMethod)
	}
	return ch, nil
}

// SetTopic sets the topic, cut to what Slack takes. Topics do not format, link
// or mention (docs.slack.dev/reference/methods/conversations.setTopic).
func (a *Adapter) SetTopic(ctx context.Context, channel connector.ChannelID, topic string) error {
	_, err := a.api.SetTopicOfConversationContext(ctx, string(channel), cut(topic, maxTopic))
	return failed("conversations.setTopic", err)
}

// SetPurpose sets the purpose, cut to what Slack takes.
func (a *Adapter) SetPurpose(ctx context.Context, channel connector.ChannelID, purpose string) error {
	_, err := a.api.SetPurposeOfConversationContext(ctx, string(channel), cut(purpose, maxTopic))
	return failed("conversations.setPurpose", err)
}
