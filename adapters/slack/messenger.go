package slack

import (
	"context"
	"errors"
	"fmt"

	"roomkeeper/connector"
)

// Tell posts a card in the app's direct message with a Member. Their id as the
// channel opens it and wants no scope but chat:write
// (docs.slack.dev/reference/methods/chat.postMessage).
func (a *Adapter) Tell(ctx context.Context, member connector.MemberID, id connector.CardID, card connector.Card) error {
	_, err := a.Post(ctx, connector.ChannelID(member), id, card)
	for _, kind := range []error{connector.ErrChannelGone, connector.ErrNotInChannel, connector.ErrArchived, connector.ErrNotFound} {
		if errors.Is(err, kind) {
			// What says that there is no such channel says here that the person has none.
			return fmt.Errorf("%w: %w", connector.ErrForbidden, err)
		}
	}
	return err
}
