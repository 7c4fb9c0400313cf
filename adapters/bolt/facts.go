package bolt

import (
	"context"
	"time"

	"go.etcd.io/bbolt"

	"roomkeeper/connector"
)

type facts struct{ *store }

// mergeFacts stores what an event said. record is zero when it spoke of Users
// only.
func mergeFacts(b *batch, record connector.RecordKey, f connector.Facts) error {
	if f.Record != nil || f.Team != nil {
		if err := mergeRecord(b, factsKey(record), f); err != nil {
			return err
		}
	}
	for _, user := range f.Users {
		if err := mergeUser(b, user, f.At); err != nil {
			return err
		}
	}
	return nil
}

func mergeRecord(b *batch, key string, f connector.Facts) error {
	known, _, err := get[connector.Facts](b.tx, bucketFacts, key)
	if err != nil {
		return err
	}
	merged, changed := f.Over(known)
	if !changed {
		return nil
	}
	return put(b, bucketFacts, key, merged)
}

func mergeUser(b *batch, user connector.User, at time.Time) error {
	known, ok, err := get[connector.HeldFactUser](b.tx, bucketFactUsers, string(user.ID))
	if err != nil || (ok && known.At.After(at)) {
		return err
	}
	return put(b, bucketFactUsers, string(user.ID), connector.HeldFactUser{User: user, At: at})
}

// Facts reads what was said of a Record; its Users are read with FactUsers.
func (s facts) Facts(ctx context.Context, record connector.RecordKey) (f connector.Facts, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		f, _, err = get[connector.Facts](tx, bucketFacts, factsKey(record))
		return err
	})
	return f, err
}

// FactUsers reads what was said of users.
func (s facts) FactUsers(ctx context.Context, ids []connector.UserID) (map[connector.UserID]connector.User, error) {
	users := make(map[connector.UserID]connector.User, len(ids))
	err := s.view(ctx, func(tx *bbolt.Tx) error {
		known, err := getAll[connector.UserID, connector.HeldFactUser](tx, bucketFactUsers, ids)
		for id, fact := range known {
			users[id] = fact.User
		}
		return err
	})
	return users, err
}

func factsKey(record connector.RecordKey) string {
	return keyOf(record.CRM, string(record.Kind), record.ID)
}
