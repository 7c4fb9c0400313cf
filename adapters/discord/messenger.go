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

// directsPause is how long no direct message is opened after Discord said that it
// were too many. It names no time (docs, topics/opcodes-and-status-codes: 40003).
const directsPause = 10 * time.Minute

// Tell posts a card in the direct message with a Member, which is opened first;
// one that is open is the same one again.
func (a *Adapter) Tell(ctx context.Context, member connector.MemberID, id connector.CardID, card connector.Card) error {
	channel, err := a.directWith(ctx, member)
	if err == nil {
		_, err = a.Post(ctx, channel, id, card)
	}
	switch {
	case hasCode(err, codeDirectsTooFast):
		return fmt.Errorf("discord %s: %w", postDirect, &connector.WaitError{After: directsPause, What: postDirect})
	case errors.Is(err, connector.ErrChannelGone), errors.Is(err, connector.ErrNotInChannel), errors.Is(err, connector.ErrNotFound):
		// There is nobody whom it could be told.
		a.directs.forget(string(member))
		return fmt.Errorf("%w: %w", connector.ErrForbidden, err)
	}
	return err
}

// directWith is the channel of the direct message with a Member. It stays the
// same one for good (docs, resources/user: create DM).
func (a *Adapter) directWith(ctx context.Context, member connector.MemberID) (connector.ChannelID, error) {
	if !isID(string(member)) {
		return "", refused("no id of a user", connector.ErrNotFound)
	}
	if known, ok := a.directs.get(string(member)); ok {
		return connector.ChannelID(known), nil
	}
	var opened discordgo.Channel
	err := a.send(ctx, request{
		method: http.MethodPost, path: "users/@me/channels", body: map[string]any{"recipient_id": string(member)},
	}, &opened)
	if err != nil {
		return "", err
	}
	if !isID(opened.ID) {
		return "", unreadable(ctx, postDirect)
	}
	a.directs.put(string(member), opened.ID)
	return connector.ChannelID(opened.ID), nil
}
