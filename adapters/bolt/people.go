package bolt

import (
	"context"

	"go.etcd.io/bbolt"

	"roomkeeper/connector"
)

type people struct{ *store }

// People reads the known ones among ids.
func (s people) People(ctx context.Context, ids []connector.UserID) (known map[connector.UserID]connector.Person, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		known, err = getAll[connector.UserID, connector.Person](tx, bucketPeople, ids)
		return err
	})
	return known, err
}

// SavePeople stores all of them, or none when it fails.
func (s people) SavePeople(ctx context.Context, persons []connector.Person) error {
	if len(persons) == 0 {
		return ctx.Err()
	}
	return s.update(ctx, func(b *batch) error {
		for _, p := range persons {
			old, _, err := get[connector.Person](b.tx, bucketPeople, string(p.User.ID))
			if err != nil {
				return err
			}
			if err := savePerson(b, old, p.Over(old)); err != nil {
				return err
			}
		}
		return nil
	})
}

// UpdatePeople calls change in the committer; when it fails, nobody is changed.
func (s people) UpdatePeople(ctx context.Context, ids []connector.UserID, change func(*connector.Person)) error {
	if len(ids) == 0 {
		return ctx.Err()
	}
	return s.update(ctx, func(b *batch) error {
		for _, id := range ids {
			old, _, err := get[connector.Person](b.tx, bucketPeople, string(id))
			if err != nil {
				return err
			}
			p := old.Clone()
			p.User.ID = id
			change(&p)
			if err := savePerson(b, old, p); err != nil {
				return err
			}
		}
		return nil
	})
}

// savePerson keeps the index from Members to Users in step with the links.
func savePerson(b *batch, old, p connector.Person) error {
	id := p.User.ID
	if err := put(b, bucketPeople, string(id), p); err != nil {
		return err
	}
	for platform, link := range old.Links {
		if link.Member != "" && p.Links[platform].Member != link.Member {
			if err := remove(b, bucketMembers, memberKey(platform, link.Member)+keyOf(string(id))); err != nil {
				return err
			}
		}
	}
	for platform, link := range p.Links {
		if link.Member != "" && old.Links[platform].Member != link.Member {
			if err := put(b, bucketMembers, memberKey(platform, link.Member)+keyOf(string(id)), id); err != nil {
				return err
			}
		}
	}
	return nil
}

// UsersOf returns them in the order of ids.
func (s people) UsersOf(ctx context.Context, platform connector.PlatformID, member connector.MemberID) (users []connector.UserID, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		return scan(tx, bucketMembers, memberKey(platform, member), "", func(_ string, id connector.UserID) (bool, error) {
			users = append(users, id)
			return true, nil
		})
	})
	return users, err
}

// ListPeople takes limits as GroupQuery does.
func (s people) ListPeople(ctx context.Context, cursor string, limit int) (page []connector.Person, next string, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		page, next, err = readPage[connector.Person](tx, bucketPeople, cursor, limit)
		return err
	})
	return page, next, err
}

func memberKey(platform connector.PlatformID, member connector.MemberID) string {
	return keyOf(string(platform), string(member))
}

// readPage returns the values after the key cursor, and the last key when more follow.
func readPage[V any](tx *bbolt.Tx, bucket, cursor string, limit int) (page []V, next string, err error) {
	limit = connector.PageOf(limit)
	last := ""
	err = scan(tx, bucket, "", cursor, func(key string, v V) (bool, error) {
		if len(page) == limit {
			next = last
			return false, nil
		}
		page, last = append(page, v), key
		return true, nil
	})
	return page, next, err
}
