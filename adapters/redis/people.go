package redis

import (
	"context"
	"slices"

	"roomkeeper/connector"
)

type people struct{ *Engine }

// savedAtOnce is how many people one step stores.
const savedAtOnce = 100

// People reads the known ones among ids.
func (s people) People(ctx context.Context, ids []connector.UserID) (map[connector.UserID]connector.Person, error) {
	l, err := s.reach(ctx)
	if err != nil {
		return nil, err
	}
	known, _, err := getAll[connector.UserID, connector.Person](ctx, s.Engine, l.deployment, keyPeople, ids)
	return known, err
}

// SavePeople stores them in steps of savedAtOnce.
func (s people) SavePeople(ctx context.Context, persons []connector.Person) error {
	l, err := s.reach(ctx)
	if err != nil {
		return err
	}
	// Of several of one id the last counts.
	byID := map[connector.UserID]connector.Person{}
	var ids []connector.UserID
	for _, person := range persons {
		if _, twice := byID[person.User.ID]; !twice {
			ids = append(ids, person.User.ID)
		}
		byID[person.User.ID] = person
	}
	found := func(old connector.Person) connector.Person { return byID[old.User.ID].Over(old) }
	return s.each(ctx, l.deployment, ids, found)
}

// UpdatePeople changes them in steps of savedAtOnce.
func (s people) UpdatePeople(ctx context.Context, ids []connector.UserID, change func(*connector.Person)) error {
	l, err := s.reach(ctx)
	if err != nil {
		return err
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	return s.each(ctx, l.deployment, ids, func(old connector.Person) connector.Person {
		p := old.Clone()
		change(&p)
		return p
	})
}

// each replaces people, of whom none is named twice. next gets one with the id
// alone where nothing is stored.
func (s people) each(ctx context.Context, p place, ids []connector.UserID, next func(connector.Person) connector.Person) error {
	for chunk := range slices.Chunk(ids, savedAtOnce) {
		if err := s.replace(ctx, p, chunk, next); err != nil {
			return err
		}
	}
	return nil
}

func (s people) replace(ctx context.Context, p place, ids []connector.UserID, next func(connector.Person) connector.Person) error {
	for {
		old, raws, err := getAll[connector.UserID, connector.Person](ctx, s.Engine, p, keyPeople, ids)
		if err != nil {
			return err
		}
		step := newStep(p)
		for _, id := range ids {
			step.is(keyPeople, string(id), raws[id])
			before := old[id]
			before.User.ID = id
			if err := writePerson(step, before, next(before)); err != nil {
				return err
			}
		}
		guard, err := s.commit(ctx, "save people", step)
		if err != nil || guard == 0 {
			return err
		}
	}
}

// writePerson keeps the index from Members to Users in step with the links.
func writePerson(s *step, old, p connector.Person) error {
	id := string(p.User.ID)
	if err := s.put(keyPeople, id, p); err != nil {
		return err
	}
	s.rank(keyPeopleIndex, "0", keyOf("user")+id)
	for platform, link := range old.Links {
		if link.Member != "" && p.Links[platform].Member != link.Member {
			s.unrank(keyPeopleIndex, memberIndex(platform, link.Member)+id)
		}
	}
	for platform, link := range p.Links {
		if link.Member != "" && old.Links[platform].Member != link.Member {
			s.rank(keyPeopleIndex, "0", memberIndex(platform, link.Member)+id)
		}
	}
	return nil
}

// UsersOf returns them in the order of ids.
func (s people) UsersOf(ctx context.Context, platform connector.PlatformID, member connector.MemberID) ([]connector.UserID, error) {
	prefix := memberIndex(platform, member)
	ids, _, err := s.list(ctx, prefix, "", 0)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return ids, nil
}

// ListPeople takes limits as GroupQuery does.
func (s people) ListPeople(ctx context.Context, cursor string, limit int) (page []connector.Person, next string, err error) {
	ids, next, err := s.list(ctx, keyOf("user"), cursor, connector.PageOf(limit))
	if err != nil {
		return nil, "", err
	}
	known, err := s.People(ctx, ids)
	if err != nil {
		return nil, "", err
	}
	for _, id := range ids {
		if p, ok := known[id]; ok {
			page = append(page, p)
		}
	}
	return page, next, nil
}

// list returns a page of the ids under a part of the index; limit 0 means all.
func (s people) list(ctx context.Context, prefix, cursor string, limit int) (ids []connector.UserID, next string, err error) {
	l, err := s.reach(ctx)
	if err != nil {
		return nil, "", err
	}
	count := limit + 1
	if limit == 0 {
		count = -1
	}
	lists, err := s.lexPages(ctx, []place{l.deployment}, keyPeopleIndex, prefix, prefix+cursor, cursor != "", count)
	if err != nil {
		return nil, "", err
	}
	for _, member := range lists[0] {
		ids = append(ids, connector.UserID(member[len(prefix):]))
	}
	if limit > 0 && len(ids) > limit {
		ids = ids[:limit]
		next = string(ids[limit-1])
	}
	return ids, next, nil
}

func memberIndex(platform connector.PlatformID, member connector.MemberID) string {
	return keyOf("member", string(platform), string(member))
}
