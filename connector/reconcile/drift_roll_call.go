package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"roomkeeper/connector"
)

// rollCall is one plan's round of asking for people.
type rollCall struct {
	*Drift
	platform connector.ChatPlatform
	wait     func(time.Duration) bool
	// gone are those who are no members of the workspace as we need them.
	gone leavers
	// refusals counts those of whom the platform would not tell, and why not of the last.
	refusals int
	refusal  error
}

func (c *rollCall) all(ctx context.Context, members []connector.MemberID, until time.Time) error {
	var failed []error
	for _, member := range members {
		if !c.Clock().Before(until) {
			break
		}
		err := c.one(ctx, member)
		if err == nil {
			continue
		}
		failed = append(failed, err)
		var limited *connector.WaitError
		if errors.As(err, &limited) || len(failed) == driftTries {
			break
		}
	}
	if c.refusals > 0 {
		c.Logger.WarnContext(ctx, "the platform does not tell of accounts whether they are there",
			"platform", c.platform.ID, "people", c.refusals, "error", c.refusal)
	}
	return errors.Join(failed...)
}

// one asks for one Member and stores the answer. Where the platform refuses it, they are
// asked for again when it is their turn: unknown is not absent.
func (c *rollCall) one(ctx context.Context, member connector.MemberID) error {
	drifting := connector.WithDrift(ctx)
	account, err := accountOf(drifting, c.platform.Accounts, member)
	for limited := (*connector.WaitError)(nil); errors.As(err, &limited) && c.wait(limited.After); {
		account, err = accountOf(drifting, c.platform.Accounts, member)
	}
	told := err == nil
	switch {
	case refused(err):
		c.refusals, c.refusal = c.refusals+1, err
	case err != nil:
		return err
	}
	users, err := c.Engine.People.UsersOf(ctx, c.platform.ID, member)
	if err != nil && !errors.Is(err, connector.ErrNotFound) {
		return fmt.Errorf("find users: %w", err)
	}
	left, now := told && account.Reason != "", c.Clock()
	err = changeLinks(ctx, c.Engine.People, c.platform.ID, member, users, func(link *connector.Link) {
		switch {
		case link.Gone: // whoever is back is found by who looks for them
		case left:
			link.Gone = true
		case told:
			answered(link, now)
		default:
			link.AskedAt = now
		}
	})
	if err == nil && left {
		c.gone[member] = users
	}
	return err
}

// answered notes on a Link that the platform has its Member. Where the CRM names the
// account that is the very answer that an addition needs; who has an address now, it does
// not tell.
func answered(link *connector.Link, now time.Time) {
	link.AskedAt = now
	switch {
	case link.Source == connector.LinkStored:
		link.Checked = true
	case link.Source == connector.LinkCRM && !instead(*link):
		link.At = now
	}
}

// changeLinks changes the Links of a Member, each in one step.
func changeLinks(ctx context.Context, people connector.People, platform connector.PlatformID, member connector.MemberID, users []connector.UserID, change func(*connector.Link)) error {
	err := people.UpdatePeople(ctx, users, func(p *connector.Person) {
		if link := p.Links[platform]; link.Member == member {
			change(&link)
			p.Links[platform] = link
		}
	})
	if err != nil {
		return fmt.Errorf("update people: %w", err)
	}
	return nil
}
