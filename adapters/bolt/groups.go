package bolt

import (
	"context"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"roomkeeper/connector"
)

// scanChunk is how many Groups one transaction looks at: a filter that few
// pass must not keep a transaction open over the whole file.
const scanChunk = 500

type groups struct{ *store }

// Group reads one Group.
func (s groups) Group(ctx context.Context, id connector.GroupID) (g connector.Group, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		var ok bool
		if g, ok, err = readGroup(tx, id); err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("group %s: %w", id, connector.ErrNotFound)
		}
		return nil
	})
	return g, err
}

// SaveGroup never takes TouchedAt back: touches are stored beside the Group,
// so that a chat event and a saved Group do not conflict.
func (s groups) SaveGroup(ctx context.Context, g connector.Group) (saved connector.Group, err error) {
	err = s.update(ctx, func(b *batch) error {
		old, _, err := get[connector.Group](b.tx, bucketGroups, string(g.ID))
		if err != nil {
			return err
		}
		if old.Revision != g.Revision {
			return fmt.Errorf("group %s: %w: revision %d, stored %d", g.ID, connector.ErrConflict, g.Revision, old.Revision)
		}
		saved, err = writeGroup(b, old, g)
		return err
	})
	if err != nil {
		return connector.Group{}, err
	}
	return saved, nil
}

// ListGroups looks up a Channel, a Record, pending people or a State, and
// scans for anything else.
func (s groups) ListGroups(ctx context.Context, q connector.GroupQuery) (connector.GroupPage, error) {
	limit := connector.PageOf(q.Limit)
	var (
		found []connector.Group
		err   error
	)
	if prefix := indexOf(q); prefix != "" {
		found, err = s.lookUp(ctx, q, prefix, limit+1)
	} else {
		found, err = s.search(ctx, q, limit+1)
	}
	if err != nil {
		return connector.GroupPage{}, err
	}
	page := connector.GroupPage{Groups: found}
	if len(found) > limit {
		page.Groups = found[:limit]
		page.Next = string(found[limit-1].ID)
	}
	return page, nil
}

// indexOf is the index that answers a query with the fewest Groups to look
// at; "" when none does.
func indexOf(q connector.GroupQuery) string {
	switch {
	case q.Channel != "":
		return keyOf("channel", string(q.Channel))
	case !q.Record.IsZero():
		return recordIndex(q.Record)
	case q.Pending:
		return keyOf("pending")
	case q.State != "":
		return keyOf("state", string(q.State))
	}
	return ""
}

// lookUp returns up to limit selected Groups that an index names; its keys
// end with the Group's id, so they come in the order of ids.
func (s groups) lookUp(ctx context.Context, q connector.GroupQuery, prefix string, limit int) (found []connector.Group, err error) {
	cursor := ""
	if q.Cursor != "" {
		cursor = prefix + keyOf(q.Cursor)
	}
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		return scan(tx, bucketGroupIndex, prefix, cursor, func(_ string, id connector.GroupID) (bool, error) {
			g, ok, err := readGroup(tx, id)
			if ok && q.Selects(g) {
				found = append(found, g)
			}
			return len(found) < limit, err
		})
	})
	return found, err
}

// search returns up to limit selected Groups, read in small transactions.
func (s groups) search(ctx context.Context, q connector.GroupQuery, limit int) (found []connector.Group, err error) {
	cursor, end := q.Cursor, false
	for !end && len(found) < limit {
		err := s.view(ctx, func(tx *bbolt.Tx) error {
			seen := 0
			end = true
			return scan(tx, bucketGroups, "", cursor, func(id string, g connector.Group) (bool, error) {
				cursor, seen = id, seen+1
				if err := mergeTouch(tx, &g); err != nil {
					return false, err
				}
				if q.Selects(g) {
					found = append(found, g)
				}
				end = len(found) < limit && seen < scanChunk
				return end, nil
			})
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

func readGroup(tx *bbolt.Tx, id connector.GroupID) (connector.Group, bool, error) {
	g, ok, err := get[connector.Group](tx, bucketGroups, string(id))
	if err != nil || !ok {
		return g, ok, err
	}
	return g, true, mergeTouch(tx, &g)
}

// mergeTouch brings the last touch into a Group that was read.
func mergeTouch(tx *bbolt.Tx, g *connector.Group) error {
	at, ok, err := get[time.Time](tx, bucketTouched, string(g.ID))
	if ok && at.After(g.TouchedAt) {
		g.TouchedAt = at
	}
	return err
}

// writeGroup stores g as the successor of old, which is zero for a new Group,
// and keeps the index.
func writeGroup(b *batch, old, g connector.Group) (connector.Group, error) {
	g.Revision = old.Revision + 1
	if err := put(b, bucketGroups, string(g.ID), g); err != nil {
		return g, err
	}
	before, after := indexKeys(old), indexKeys(g)
	for _, key := range before {
		if !slices.Contains(after, key) {
			if err := remove(b, bucketGroupIndex, key); err != nil {
				return g, err
			}
		}
	}
	for _, key := range after {
		if slices.Contains(before, key) {
			continue
		}
		if err := put(b, bucketGroupIndex, key, g.ID); err != nil {
			return g, err
		}
	}
	return g, mergeTouch(b.tx, &g)
}

// indexKeys are the keys under which a Group is looked up.
func indexKeys(g connector.Group) (keys []string) {
	if g.Channel.ID != "" {
		keys = append(keys, keyOf("channel", string(g.Channel.ID), string(g.ID)))
	}
	if !g.Record.IsZero() {
		keys = append(keys, recordIndex(g.Record)+keyOf(string(g.ID)))
	}
	if g.HasPending() {
		keys = append(keys, keyOf("pending", string(g.ID)))
	}
	if g.State != "" {
		keys = append(keys, keyOf("state", string(g.State), string(g.ID)))
	}
	return keys
}

func recordIndex(record connector.RecordKey) string {
	return keyOf("record", record.CRM, string(record.Kind), record.ID)
}
