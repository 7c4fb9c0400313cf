package discord

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/connector"
)

// historyPage is the largest page of a channel's messages (OpenAPI).
const historyPage = 100

// nonceLength is the longest nonce (docs, resources/message: create message).
const nonceLength = 25

// Post posts a card. Its footer ends with the ref by which it is found: Discord
// keeps no data of ours with a message, and honours a nonce for some minutes only.
func (a *Adapter) Post(ctx context.Context, channel connector.ChannelID, id connector.CardID, card connector.Card) (connector.MessageID, error) {
	ch, err := channelID(channel)
	if err != nil {
		return "", err
	}
	body := content(card, id)
	body["nonce"], body["enforce_nonce"] = nonceOf(ch+" "+string(id)), true
	var posted discordgo.Message
	err = a.awake(ctx, ch, func() error {
		return a.send(ctx, request{
			method: http.MethodPost, path: "channels/" + ch + "/messages", body: body, manners: manners{once: true},
		}, &posted)
	})
	if err != nil {
		return "", err
	}
	if !isID(posted.ID) {
		return "", unreadable(context.WithValue(ctx, mannersKey{}, manners{once: true}), postMessage)
	}
	return connector.MessageID(posted.ID), nil
}

// Edit shows another card in a message, under the ref that it was posted with.
func (a *Adapter) Edit(ctx context.Context, channel connector.ChannelID, message connector.MessageID, id connector.CardID, card connector.Card) error {
	path, err := messagePath(channel, "/messages/", message)
	if err != nil {
		return err
	}
	return a.awake(ctx, string(channel), func() error {
		return a.send(ctx, request{method: http.MethodPatch, path: path, body: content(card, id)}, nil)
	})
}

// content is what a message shows. Nothing in it mentions anybody.
func content(card connector.Card, id connector.CardID) map[string]any {
	embeds, components := embedOf(card, cardRef(id))
	if components == nil {
		components = []discordgo.MessageComponent{}
	}
	return map[string]any{"embeds": embeds, "components": components, "allowed_mentions": nobody()}
}

// Pin pins a message; pinned already is success.
func (a *Adapter) Pin(ctx context.Context, channel connector.ChannelID, message connector.MessageID) error {
	path, err := messagePath(channel, "/messages/pins/", message)
	if err != nil {
		return err
	}
	return a.awake(ctx, string(channel), func() error {
		return a.send(ctx, request{method: http.MethodPut, path: path, audited: true}, nil)
	})
}

func messagePath(channel connector.ChannelID, between string, message connector.MessageID) (string, error) {
	ch, err := channelID(channel)
	if err != nil {
		return "", err
	}
	if !isID(string(message)) {
		return "", refused("no id of a message", connector.ErrMessageGone)
	}
	return "channels/" + ch + between + string(message), nil
}

// cardRef is the reference by which a card is found in a channel.
func cardRef(id connector.CardID) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:5])
}

// nonceOf is the same for the same message, so that a repeated post within some
// minutes returns the first one.
func nonceOf(message string) string {
	sum := sha256.Sum256([]byte(message))
	return hex.EncodeToString(sum[:])[:nonceLength]
}

// carries reports whether a message of our bot's has the ref.
func carries(m *discordgo.Message, bot connector.MemberID, ref string) bool {
	return m.Author != nil && m.Author.ID == string(bot) && refOf(m.Embeds) == ref
}

// FindCard reads the channel's history back to since. Only messages of our own
// bot count, whatever others write into theirs.
func (a *Adapter) FindCard(ctx context.Context, channel connector.ChannelID, id connector.CardID, since time.Time) (connector.MessageID, error) {
	me, err := a.self(ctx)
	if err != nil {
		return "", err
	}
	ch, err := channelID(channel)
	if err != nil {
		return "", err
	}
	oldest, ref := snowflake(since.Add(-clockSkew)), cardRef(id)
	page := func(ctx context.Context, cursor string) ([]connector.MessageID, string, error) {
		at := map[string]string{}
		if cursor != "" {
			at["before"] = cursor
		}
		messages, err := a.history(ctx, ch, at, historyPage)
		if err != nil {
			return nil, "", err
		}
		var found []connector.MessageID
		next := ""
		for _, m := range messages {
			if next == "" || older(m.ID, next) {
				next = m.ID
			}
			if carries(m, me.Bot, ref) && !older(m.ID, oldest) {
				found = append(found, connector.MessageID(m.ID))
			}
		}
		if len(messages) < historyPage || older(next, oldest) {
			next = ""
		}
		return found, next, nil
	}
	key := fmt.Sprintf("%s %s %s", channel, ref, oldest)
	return a.messages.First(ctx, key, a.now(), page)
}

// history reads one page of a channel's messages.
func (a *Adapter) history(ctx context.Context, channel string, at map[string]string, limit int) ([]*discordgo.Message, error) {
	query := url.Values{"limit": {strconv.Itoa(limit)}}
	for name, id := range at {
		query.Set(name, id)
	}
	var messages []*discordgo.Message
	if err := a.get(ctx, "channels/"+channel+"/messages", query, &messages); err != nil {
		return nil, err
	}
	for _, m := range messages {
		if m == nil || !isID(m.ID) {
			return nil, unreadable(ctx, "GET /channels/{channel}/messages")
		}
	}
	return messages, nil
}
