package reconcile

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"roomkeeper/connector"
)

// peoplePage is how many people are asked for at once: what the CRM's list
// takes in one call.
const peoplePage = 100

// people compares what the CRM says of everybody known, and queues the Groups
// of those who changed.
func (l *listing) people(ctx context.Context) error {
	for {
		people, next, err := l.Engine.People.ListPeople(ctx, l.cursor, peoplePage)
		if err != nil {
			return err
		}
		ids := make([]connector.UserID, len(people))
		for i, p := range people {
			ids[i] = p.User.ID
		}
		users, err := l.CRM.Users.UsersByID(ctx, ids)
		if err != nil {
			return err
		}
		for _, p := range people {
			user, known := users[p.User.ID]
			if !known {
				l.missing[p.User.ID] = true
			} else if p.SeenOtherwise || !sameUser(user, p.User) {
				l.changed[p.User.ID] = user
			}
		}
		if l.cursor = next; next == "" {
			break
		}
	}
	if len(l.changed) == 0 {
		return nil
	}
	err := l.queueGroups(ctx, connector.GroupQuery{}, func(g connector.Group) bool {
		return slices.ContainsFunc(g.Memberships, func(row connector.Membership) bool {
			_, ok := l.changed[row.User]
			return ok
		})
	})
	if err != nil {
		return err
	}
	return l.rememberPeople(ctx)
}

// rememberPeople stores what the CRM said of people, once their Groups are queued:
// the next Sweep need not tell it again.
func (l *listing) rememberPeople(ctx context.Context) error {
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(l.changed)), peoplePage) {
		known, err := l.Engine.People.People(ctx, ids)
		if err != nil {
			return err
		}
		people := make([]connector.Person, 0, len(known))
		for id := range known {
			people = append(people, connector.Person{User: l.changed[id], ReadAt: l.Clock()})
		}
		if err := l.Engine.People.SavePeople(ctx, people); err != nil {
			return err
		}
	}
	return nil
}

// backInside are the Groups whose team names somebody who was inactive or external
// and is so no more.
func (l *listing) backInside(ctx context.Context, groups []connector.Group) (back []connector.GroupID, err error) {
	outside := map[connector.UserID]bool{}
	for _, g := range groups {
		for _, id := range g.Outside {
			outside[id] = true
		}
	}
	if len(outside) == 0 {
		return nil, nil
	}
	users, err := l.CRM.Users.UsersByID(ctx, slices.Sorted(maps.Keys(outside)))
	if err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	for _, g := range groups {
		if slices.ContainsFunc(g.Outside, func(id connector.UserID) bool {
			user, known := users[id]
			return known && user.Active && !user.External
		}) {
			back = append(back, g.ID)
		}
	}
	return back, nil
}

// misses reports whether a Group lists somebody as known whom the CRM does not know
// any more, or the other way round: neither changes the person. Nor does it when there
// is an account now for somebody who is in by the one that they had before.
func (l *listing) misses(g connector.Group) bool {
	return slices.ContainsFunc(g.Memberships, func(row connector.Membership) bool {
		listed := row.Reason == connector.ReasonUnknownUser
		before := isIn(row.Status) && !listed && row.Reason != ""
		return row.User != "" && len(row.Why) > 0 && (l.missing[row.User] != listed || before)
	})
}
