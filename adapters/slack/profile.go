package slack

import (
	"context"
	"errors"
	"strings"

	slackapi "github.com/slack-go/slack"

	"roomkeeper/adapters/internal/chattext"
	"roomkeeper/connector"
)

// Email returns the address of a person's profile, a guest's too. Slack tells it to an
// app with the scope users:read.email (docs.slack.dev/reference/objects/user-object).
func (a *Adapter) Email(ctx context.Context, member connector.MemberID) (string, error) {
	user, err := a.user(ctx, member)
	if errors.Is(err, connector.ErrNotFound) {
		return "", nil
	}
	if err != nil || machine(*user) {
		return "", err
	}
	return user.Profile.Email, nil
}

// Called returns the full name of a user's profile, or else what they are shown as.
func (a *Adapter) Called(ctx context.Context, member connector.MemberID) (string, error) {
	user, err := a.user(ctx, member)
	if err != nil {
		return "", err
	}
	name := chattext.FirstOf(user.Profile.RealName, user.RealName, user.Profile.DisplayName, user.Name)
	return strings.TrimSpace(name), nil
}

func machine(u slackapi.User) bool {
	return u.ID == slackbot || u.IsBot || u.IsWorkflowBot || u.IsConnectorBot
}
