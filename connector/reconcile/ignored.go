package reconcile

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"roomkeeper/connector"
)

// sendsAway reports whether the policy has people removed whom we did not add.
func (n *run) sendsAway() bool {
	return n.policy.Extras == connector.ExtrasKick || n.policy.Remove == connector.RemoveStrict
}

// rememberIgnored finds the Members of users who are to be ignored, as far as the store
// knows them.
func (n *run) rememberIgnored(ctx context.Context) error {
	if len(n.Resolver.Ignore) == 0 || n.ignored != nil || !n.sendsAway() {
		return nil
	}
	n.ignored = []connector.MemberID{}
	for _, row := range n.g.Memberships {
		if n.Resolver.Ignore[row.User] && row.Member != "" {
			n.ignored = append(n.ignored, row.Member)
		}
	}
	people, err := n.Resolver.People.People(ctx, slices.Sorted(maps.Keys(n.Resolver.Ignore)))
	if err != nil {
		return fmt.Errorf("read people: %w", err)
	}
	for _, p := range people {
		if link := p.Links[n.g.Platform]; link.Member != "" && link.Reason == "" {
			n.ignored = append(n.ignored, link.Member)
		}
	}
	return nil
}

// lookUpIgnored finds all of them, once, before somebody is removed whom we did not add,
// and reports whether it did. As long as nobody can tell who they are, none of those is
// removed, and the run comes back.
func (n *run) lookUpIgnored(ctx context.Context, diff Difference) (asked bool, err error) {
	doomed := diff.Plan.Of(connector.ActionRemove)
	if diff.Held != nil {
		doomed = append(doomed, diff.Held.Plan.Of(connector.ActionRemove)...)
	}
	doomed = slices.DeleteFunc(doomed, func(a connector.Action) bool {
		return slices.ContainsFunc(diff.Rows, func(row connector.Membership) bool { return row.Member == a.Member && row.Owned })
	})
	if len(doomed) == 0 || len(n.Resolver.Ignore) == 0 || n.ignoredAsked && !n.ignoredOpen {
		return false, nil
	}
	if !n.ignoredAsked {
		members, err := n.Resolver.ignored(ctx, n.g.Platform)
		if err != nil && !isPartial(err) {
			return false, err
		}
		if err != nil {
			n.partial, n.ignoredOpen = err, true
		}
		n.ignoredAsked, n.ignored = true, append(n.ignored, members...)
	}
	if n.ignoredOpen {
		for _, a := range doomed {
			n.ignored = append(n.ignored, a.Member)
		}
	}
	return true, nil
}

// ignored looks up the Members of users who are to be ignored. With a *PartialError some
// are not among them.
func (r *Resolver) ignored(ctx context.Context, platform connector.PlatformID) ([]connector.MemberID, error) {
	ids := slices.Sorted(maps.Keys(r.Ignore))
	users, err := r.CRM.Users.UsersByID(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	var found Desired
	for _, id := range ids {
		if user, known := users[id]; known {
			found.Wanted = append(found.Wanted, Wanted{User: user})
		}
	}
	err = r.link(ctx, platform, &found)
	var members []connector.MemberID
	for _, w := range found.Wanted {
		if w.Member != "" {
			members = append(members, w.Member)
		}
	}
	return members, err
}
