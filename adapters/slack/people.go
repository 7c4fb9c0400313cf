package slack

import (
	"context"
	"errors"

	slackapi "github.com/slack-go/slack"

	"roomkeeper/adapters/internal/interrupted"
	"roomkeeper/connector"
)

const lookupMethod = "users.lookupByEmail"

// Lookup answers by listing the workspace or by asking for each address,
// whichever costs fewer calls. What was read of the list before a wait is
// kept, so repeating Lookup comes to an end.
func (a *Adapter) Lookup(ctx context.Context, emails []string) (map[string]connector.Account, error) {
	answers := map[string]connector.Account{}
	me, err := a.self(ctx)
	if err != nil {
		return answers, err
	}
	left := unanswered(emails, answers)
	if len(left) == 0 {
		return answers, nil
	}
	release, err := a.people.enter(ctx)
	if err != nil {
		return answers, err
	}
	whole, err := a.listWhileCheaper(ctx, me, len(left))
	listed := a.people.accounts(left, whole)
	release()
	for email, account := range listed {
		answers[email] = account
	}
	if err != nil && !refused(err) {
		return answers, err
	}
	return answers, a.askEach(ctx, me, unanswered(emails, answers), answers)
}

// askEach fills answers address by address.
func (a *Adapter) askEach(ctx context.Context, me identity, emails []string, answers map[string]connector.Account) error {
	for _, email := range emails {
		user, err := a.api.GetUserByEmailContext(ctx, email)
		err = failed(lookupMethod, err)
		switch {
		case errors.Is(err, connector.ErrNotFound):
			answers[email] = connector.Account{Reason: connector.ReasonNoAccount}
		case refused(err):
			return a.listInstead(ctx, me, unanswered(emails, answers), answers, err)
		case err != nil:
			return err
		case user == nil || user.ID == "":
			return unreadable(lookupMethod)
		default:
			answers[email] = standing(me, *user)
		}
	}
	return nil
}

// listInstead reads the whole list where the workspace refuses to be asked for
// one address; without a list either, why is the answer.
func (a *Adapter) listInstead(ctx context.Context, me identity, emails []string, answers map[string]connector.Account, why error) error {
	release, err := a.people.enter(ctx)
	if err != nil {
		return err
	}
	defer release()
	whole, err := a.listWhileCheaper(ctx, me, interrupted.MaxPages)
	if refused(err) {
		return why
	}
	for email, account := range a.people.accounts(emails, whole) {
		answers[email] = account
	}
	return err
}

// refused reports that the workspace will not let us ask in this way; the
// other way may still be open.
func refused(err error) bool {
	return errors.Is(err, connector.ErrUnsupported) || errors.Is(err, connector.ErrForbidden)
}

// unanswered are the addresses without an answer, each once.
func unanswered(emails []string, answers map[string]connector.Account) []string {
	var left []string
	seen := map[string]bool{}
	for _, email := range emails {
		if _, known := answers[email]; !known && !seen[email] && email != "" {
			seen[email] = true
			left = append(left, email)
		}
	}
	return left
}

// Account answers for one Member.
func (a *Adapter) Account(ctx context.Context, member connector.MemberID) (connector.Account, error) {
	me, err := a.self(ctx)
	if err != nil {
		return connector.Account{}, err
	}
	user, err := a.user(ctx, member)
	if errors.Is(err, connector.ErrNotFound) {
		return connector.Account{Reason: connector.ReasonNoAccount}, nil
	}
	if err != nil {
		return connector.Account{}, err
	}
	return standing(me, *user), nil
}

// Admin reports whether a Member is an owner or admin of the workspace. Who
// administers another one of the same organisation is not.
func (a *Adapter) Admin(ctx context.Context, member connector.MemberID) (bool, error) {
	me, err := a.self(ctx)
	if err != nil {
		return false, err
	}
	user, err := a.user(ctx, member)
	if errors.Is(err, connector.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return standing(me, *user).Member != "" && (user.IsAdmin || user.IsOwner || user.IsPrimaryOwner), nil
}

func (a *Adapter) user(ctx context.Context, member connector.MemberID) (*slackapi.User, error) {
	const method = "users.info"
	user, err := a.api.GetUserInfoContext(ctx, string(member))
	if err != nil {
		return nil, failed(method, err)
	}
	if user == nil || user.ID == "" {
		return nil, unreadable(method)
	}
	return user, nil
}
