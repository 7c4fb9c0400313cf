package slack

import (
	"context"
	"errors"

	"roomkeeper/connector"
)

// Email returns the address of a full member's profile. Slack tells it to an app
// with the scope users:read.email (docs.slack.dev/reference/objects/user-object).
func (a *Adapter) Email(ctx context.Context, member connector.MemberID) (string, error) {
	me, err := a.self(ctx)
	if err != nil {
		return "", err
	}
	user, err := a.user(ctx, member)
	if errors.Is(err, connector.ErrNotFound) {
		return "", nil
	}
	if err != nil || standing(me, *user).Member == "" {
		return "", err
	}
	return user.Profile.Email, nil
}
