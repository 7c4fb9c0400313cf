package reconcile

import (
	"context"
	"slices"
	"time"

	"roomkeeper/connector"
)

// personFor is how long somebody who is about to be removed is taken for a person
// without another question: nobody is removed as an extra more often.
const personFor = kickAgain

// spare compares with a reading of the channel. Strangers who are about to be removed
// are asked for first, once: what has no person's account is another app, which
// somebody added for a reason; nor does anybody go who is to be ignored. A hold lists
// and counts people too.
func (n *run) spare(ctx context.Context, have connector.Observed) (Difference, error) {
	if err := n.rememberIgnored(ctx); err != nil {
		return Difference{}, err
	}
	diff, err := n.compare(ctx, have, false)
	if err != nil || !n.sendsAway() {
		return diff, err
	}
	asked, err := n.lookUpIgnored(ctx, diff)
	if err != nil {
		return diff, err
	}
	if asked {
		diff = Diff(n.input(have, false))
	}
	if err := n.askWho(ctx, diff.Plan, n.Clock().Add(-personFor)); err != nil {
		return Difference{}, err
	}
	if diff.Held != nil {
		// Nobody goes as long as it waits: what was said once is enough.
		if err := n.askWho(ctx, diff.Held.Plan, time.Time{}); err != nil {
			return Difference{}, err
		}
	}
	if len(n.machines) == 0 {
		return diff, nil
	}
	return Diff(n.input(have, false)), nil
}

// askWho asks whether the strangers whom a Plan removes are people, unless the platform
// said that of them after since.
func (n *run) askWho(ctx context.Context, plan connector.Plan, since time.Time) error {
	for _, a := range plan.Of(connector.ActionRemove) {
		if a.Why != whyExtra || slices.Contains(n.machines, a.Member) || n.person(a.Member, since) {
			continue
		}
		account, err := accountOf(ctx, n.platform.Accounts, a.Member)
		if err != nil {
			return err
		}
		if account.Reason == connector.ReasonNoAccount {
			n.machines = append(n.machines, a.Member)
		} else {
			n.persons = append(n.persons, a.Member)
		}
	}
	return nil
}

// person reports whether the platform said after since, or in this run, that somebody
// is a person.
func (n *run) person(member connector.MemberID, since time.Time) bool {
	return slices.Contains(n.persons, member) || slices.ContainsFunc(n.g.Memberships, func(row connector.Membership) bool {
		return row.Member == member && row.PersonAt.After(since)
	})
}

// rememberPersons notes on their rows whom this run found to be people.
func (n *run) rememberPersons() {
	for _, member := range n.persons {
		n.eachRow(member, func(row *connector.Membership) { row.PersonAt = n.Clock() })
	}
}
