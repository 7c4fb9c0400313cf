package slack

import (
	"context"

	slackapi "github.com/slack-go/slack"

	"roomkeeper/connector"
)

// Join lets the bot into a public channel (scope channels:join); one that is
// private refuses.
func (a *Adapter) Join(ctx context.Context, channel connector.ChannelID) error {
	a.members.Drop(string(channel))
	a.lately.Drop(channel)
	_, _, _, err := a.api.JoinConversationContext(ctx, string(channel))
	return failed("conversations.join", err)
}

// RenamedBy looks for the notice that Slack writes into a channel that gets another
// name, on the newest page of its history.
func (a *Adapter) RenamedBy(ctx context.Context, channel connector.ChannelID, name string) (connector.MemberID, error) {
	const method = "conversations.history"
	me, err := a.self(ctx)
	if err != nil {
		return "", err
	}
	history, err := a.api.GetConversationHistoryContext(ctx, &slackapi.GetConversationHistoryParameters{
		ChannelID: string(channel), Limit: historyPage,
	})
	if err != nil {
		return "", failed(method, err)
	}
	if history == nil {
		return "", unreadable(method)
	}
	for _, m := range history.Messages {
		renamed := m.SubType == slackapi.MsgSubTypeChannelName || m.SubType == slackapi.MsgSubTypeGroupName
		if renamed && m.Name == name && m.User != "" && m.User != string(me.Bot) {
			return connector.MemberID(m.User), nil
		}
	}
	return "", connector.ErrNotFound
}
