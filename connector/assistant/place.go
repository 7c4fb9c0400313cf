package assistant

import (
	"context"
	"time"

	"roomkeeper/connector"
)

// Place is where a card is posted: a channel, or the direct message with a Member.
type Place struct {
	// ledger is under whose entries the card is kept.
	ledger connector.GroupID
	limits connector.Limits
	post   func(ctx context.Context, id connector.CardID, card connector.Card) (connector.MessageID, error)
	// find looks a card up that was posted no earlier than since; nil: nothing
	// can be looked up there.
	find func(ctx context.Context, id connector.CardID, since time.Time) (connector.MessageID, error)
}

// InChannel is a channel. The cards' entries are kept under ledger.
func InChannel(platform connector.ChatPlatform, ledger connector.GroupID, channel connector.ChannelID) Place {
	to := Place{ledger: ledger, limits: platform.Limits}
	to.post = func(ctx context.Context, id connector.CardID, card connector.Card) (connector.MessageID, error) {
		return platform.Cards.Post(ctx, channel, id, card)
	}
	if platform.Finder != nil {
		to.find = func(ctx context.Context, id connector.CardID, since time.Time) (connector.MessageID, error) {
			return platform.Finder.FindCard(ctx, channel, id, since)
		}
	}
	return to
}

// privately stands for the message of a card that was told in private: nothing is
// ever done with that message.
const privately connector.MessageID = "private"

// ToMember is the direct message with a Member of a platform that has a
// Messenger. Nothing can be looked up there. The cards' entries are kept under
// ledger.
func ToMember(platform connector.ChatPlatform, ledger connector.GroupID, member connector.MemberID) Place {
	return Place{ledger: ledger, limits: platform.Limits,
		post: func(ctx context.Context, id connector.CardID, card connector.Card) (connector.MessageID, error) {
			return privately, platform.Messenger.Tell(ctx, member, id, card)
		}}
}
