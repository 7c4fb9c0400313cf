package slack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	slackapi "github.com/slack-go/slack"

	"roomkeeper/adapters/internal/outbound"
	"roomkeeper/connector"
)

const kickMethod = "conversations.kick"

// barredFor is how long the bot is not tried again after the workspace said that
// only admins remove people.
const barredFor = 24 * time.Hour

// barred remembers that the bot may remove nobody in the workspace. The zero value
// is ready.
type barred struct {
	mu    sync.Mutex
	until time.Time
}

func (b *barred) now(at time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return at.Before(b.until)
}

func (b *barred) set(until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.until = until
}

// Remove takes one person out: by the bot, and where the workspace lets only admins
// do that by the account of the user token. ErrForbidden: neither may.
func (a *Adapter) Remove(ctx context.Context, channel connector.ChannelID, member connector.MemberID) error {
	a.members.Drop(string(channel))
	a.invited.Drop(channel)
	err := a.takeOut(ctx, channel, member)
	a.lately.removed(channel, member, err, a.now())
	return err
}

func (a *Adapter) takeOut(ctx context.Context, channel connector.ChannelID, member connector.MemberID) error {
	if a.person != nil && a.barred.now(a.now()) {
		return a.removeAsUser(ctx, channel, member)
	}
	err := a.kick(ctx, a.api, channel, member)
	if errors.Is(err, connector.ErrNotInChannel) {
		// Said of the person and of the bot alike; only when the bot is in, nobody
		// was there to remove.
		_, err = a.reach(ctx, channel)
		return err
	}
	if a.person == nil || !onlyAdmins(err) {
		return err
	}
	a.barred.set(a.now().Add(barredFor))
	return a.removeAsUser(ctx, channel, member)
}

// removeAsUser takes one person out by the account of the user token. Whatever
// keeps that account from it is a refusal: the token is an addition, and nothing
// else waits for it.
func (a *Adapter) removeAsUser(ctx context.Context, channel connector.ChannelID, member connector.MemberID) error {
	err := a.kick(ctx, a.person, channel, member)
	switch {
	case errors.Is(err, connector.ErrNotInChannel):
		seen, err := a.observe(ctx, channel)
		if err != nil || len(seen.Service) > 0 && !slices.Contains(seen.Members, member) {
			return err
		}
		return fmt.Errorf("slack %s: the account of the user token is not in the channel: %w", kickMethod, connector.ErrForbidden)
	case errors.Is(err, connector.ErrChannelGone), errors.Is(err, connector.ErrUnauthorized), errors.Is(err, connector.ErrUnsupported):
		return fmt.Errorf("slack %s with the user token: %w: %s", kickMethod, connector.ErrForbidden, err.Error())
	}
	return err
}

func (a *Adapter) kick(ctx context.Context, as *slackapi.Client, channel connector.ChannelID, member connector.MemberID) error {
	return outbound.Done(failed(kickMethod, as.KickUserFromConversationContext(ctx, string(channel), string(member))))
}

// onlyAdmins reports that the workspace lets only admins remove people
// (docs.slack.dev/reference/methods/conversations.kick, restricted_action).
func onlyAdmins(err error) bool {
	said, ok := errors.AsType[*apiError](err)
	return ok && said.code == "restricted_action"
}

// serviceAccount asks whom the user token acts for; "" without one.
func (a *Adapter) serviceAccount(ctx context.Context, workspace string) (connector.MemberID, error) {
	const method = "auth.test"
	if a.person == nil {
		return "", nil
	}
	answer, err := a.person.AuthTestContext(ctx)
	switch {
	case err != nil:
		return "", fmt.Errorf("user token: %w", failed(method, err))
	case answer == nil || answer.TeamID == "" || answer.UserID == "":
		return "", unreadable(method)
	case answer.TeamID != workspace:
		return "", fmt.Errorf("the user token belongs to another workspace than the bot token: %w", connector.ErrUnauthorized)
	}
	return connector.MemberID(answer.UserID), nil
}
