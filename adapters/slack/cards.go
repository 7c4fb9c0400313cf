package slack

import (
	"context"
	"fmt"
	"time"

	slackapi "github.com/slack-go/slack"

	"roomkeeper/adapters/internal/outbound"
	"roomkeeper/connector"
)

// Names of a message's metadata. The payload holds the card's opaque id only:
// every app and member of the workspace can read it.
const (
	cardEvent = "roomkeeper_card"
	cardKey   = "card"
)

// historyPage is the page size that Slack recommends for conversations.history.
const historyPage = 200

// Post posts a card whose metadata carries id.
func (a *Adapter) Post(ctx context.Context, channel connector.ChannelID, id connector.CardID, card connector.Card) (connector.MessageID, error) {
	_, ts, err := a.api.PostMessageContext(ctx, string(channel),
		content(card),
		slackapi.MsgOptionMetadata(slackapi.SlackMetadata{
			EventType: cardEvent, EventPayload: map[string]any{cardKey: string(id)},
		}),
		slackapi.MsgOptionDisableLinkUnfurl(),
		slackapi.MsgOptionDisableMediaUnfurl(),
		slackapi.MsgOptionDisableMarkdown(),
	)
	if err != nil {
		return "", failed(postMessage, err)
	}
	if ts == "" {
		return "", unreadable(postMessage)
	}
	return connector.MessageID(ts), nil
}

// Edit shows another card in a message; its metadata stays.
func (a *Adapter) Edit(ctx context.Context, channel connector.ChannelID, message connector.MessageID, _ connector.CardID, card connector.Card) error {
	_, _, _, err := a.api.UpdateMessageContext(ctx, string(channel), string(message), content(card))
	return failed("chat.update", err)
}

// content is what a message shows. Nothing in its text is parsed for names.
func content(card connector.Card) slackapi.MsgOption {
	return slackapi.MsgOptionCompose(
		slackapi.MsgOptionText(fallback(card), false),
		slackapi.MsgOptionBlocks(cardBlocks(card)...),
		slackapi.MsgOptionLinkNames(false),
		slackapi.MsgOptionParse(false),
	)
}

// FindCard reads the channel's history back to since. Only messages of our own
// bot count, whatever others write into theirs.
func (a *Adapter) FindCard(ctx context.Context, channel connector.ChannelID, id connector.CardID, since time.Time) (connector.MessageID, error) {
	me, err := a.self(ctx)
	if err != nil {
		return "", err
	}
	oldest := timestamp(since.Add(-clockSkew))
	page := func(ctx context.Context, cursor string) ([]connector.MessageID, string, error) {
		const method = "conversations.history"
		history, err := a.api.GetConversationHistoryContext(ctx, &slackapi.GetConversationHistoryParameters{
			ChannelID: string(channel), Cursor: cursor, Limit: historyPage,
			Oldest: oldest, Inclusive: true, IncludeAllMetadata: true,
		})
		if err != nil {
			return nil, "", failed(method, err)
		}
		next := history.ResponseMetaData.NextCursor
		if history.HasMore && next == "" {
			return nil, "", unreadable(method)
		}
		var found []connector.MessageID
		for _, m := range history.Messages {
			if me.wrote(m) && m.Metadata.EventType == cardEvent && m.Metadata.EventPayload[cardKey] == string(id) {
				found = append(found, connector.MessageID(m.Timestamp))
			}
		}
		return found, next, nil
	}
	key := fmt.Sprintf("%s %s %s", channel, id, oldest)
	return a.messages.First(ctx, key, a.now(), page)
}

func (me identity) wrote(m slackapi.Message) bool {
	return m.User == string(me.Bot) || me.botID != "" && m.BotID == me.botID
}

// timestamp is a time as Slack writes it: seconds and six digits.
func timestamp(at time.Time) string {
	micros := max(at.UnixMicro(), 0)
	return fmt.Sprintf("%d.%06d", micros/1e6, micros%1e6)
}

// Pin pins a message.
func (a *Adapter) Pin(ctx context.Context, channel connector.ChannelID, message connector.MessageID) error {
	err := a.api.AddPinContext(ctx, string(channel), slackapi.NewRefToMessage(string(channel), string(message)))
	return outbound.Done(failed("pins.add", err))
}
