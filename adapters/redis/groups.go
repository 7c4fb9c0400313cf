package redis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"

	"roomkeeper/connector"
)

// Limits on a page.
const (
	defaultPage = 200
	largestPage = 500
)

type groups struct{ *Engine }

// stored is a Group as it was read; raw and revision are "" when there is none.
type stored struct {
	group         connector.Group
	raw, revision string
}

// Group reads one Group.
func (s groups) Group(ctx context.Context, id connector.GroupID) (connector.Group, error) {
	old, err := s.readGroup(ctx, id)
	if err == nil && old.revision == "" {
		err = fmt.Errorf("group %s: %w", id, connector.ErrNotFound)
	}
	return old.group, err
}

// SaveGroup never takes TouchedAt back: touches are stored beside the Group,
// so that a chat event and a saved Group do not conflict.
func (s groups) SaveGroup(ctx context.Context, g connector.Group) (connector.Group, error) {
	l, err := s.reach(ctx)
	if err != nil {
		return connector.Group{}, err
	}
	old, err := s.readGroup(ctx, g.ID)
	if err != nil {
		return connector.Group{}, err
	}
	if old.revision != revisionText(g.Revision) {
		return connector.Group{}, fmt.Errorf("group %s: %w: revision %d, stored %q", g.ID, connector.ErrConflict, g.Revision, old.revision)
	}
	step := newStep(l.group(g.ID))
	saved, err := writeGroup(step, old, g)
	if err != nil {
		return connector.Group{}, err
	}
	guard, err := s.commit(ctx, "save group", step)
	if err == nil && guard != 0 {
		err = fmt.Errorf("group %s: %w", g.ID, connector.ErrConflict)
	}
	if err != nil {
		return connector.Group{}, err
	}
	return saved, nil
}

// writeGroup adds to a step that g follows what was read.
func writeGroup(s *step, old stored, g connector.Group) (connector.Group, error) {
	g.Revision = old.group.Revision + 1
	key := keyGroup + string(g.ID)
	s.is(key, fieldRevision, old.revision)
	if err := s.put(key, fieldGroup, g); err != nil {
		return g, err
	}
	s.set(key, fieldRevision, revisionText(g.Revision))
	before, after := indexKeys(old.group), indexKeys(g)
	for _, member := range before {
		if !slices.Contains(after, member) {
			s.unrank(keyIndex, member)
		}
	}
	for _, member := range after {
		if !slices.Contains(before, member) {
			s.rank(keyIndex, "0", member)
		}
	}
	if old.group.TouchedAt.After(g.TouchedAt) {
		g.TouchedAt = old.group.TouchedAt
	}
	return g, nil
}

// indexKeys are the members of the index under which a Group is looked up; all
// end with its id. A Group that was never stored has none.
func indexKeys(g connector.Group) (members []string) {
	if g.ID == "" {
		return nil
	}
	for _, prefix := range []string{
		keyOf("all"), when(g.Channel.ID != "", keyOf("channel", string(g.Channel.ID))), when(!g.Record.IsZero(), recordIndex(g.Record)),
		when(hasPending(g), keyOf("pending")), when(g.State != "", keyOf("state", string(g.State))),
	} {
		if prefix != "" {
			members = append(members, prefix+string(g.ID))
		}
	}
	return members
}

func when(holds bool, text string) string {
	if holds {
		return text
	}
	return ""
}

func recordIndex(record connector.RecordKey) string {
	return keyOf("record", record.CRM, string(record.Kind), record.ID)
}

// indexOf is the part of the index that answers a query with the fewest Groups
// to look at.
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
	return keyOf("all")
}

// ListGroups goes through one part of the index, over all shards in the order
// of ids.
func (s groups) ListGroups(ctx context.Context, q connector.GroupQuery) (page connector.GroupPage, err error) {
	l, err := s.reach(ctx)
	if err != nil {
		return page, err
	}
	limit := pageLimit(q.Limit)
	for cursor, end := q.Cursor, false; !end && len(page.Groups) <= limit; {
		ids, err := s.listIndex(ctx, l, indexOf(q), cursor, limit+1)
		if err != nil {
			return page, err
		}
		if end = len(ids) <= limit; len(ids) > 0 {
			cursor = ids[len(ids)-1]
		}
		read, err := s.readGroups(ctx, l, ids)
		if err != nil {
			return page, err
		}
		for _, g := range read {
			if selects(q, g) {
				page.Groups = append(page.Groups, g)
			}
		}
	}
	if len(page.Groups) > limit {
		page.Groups = page.Groups[:limit]
		page.Next = string(page.Groups[limit-1].ID)
	}
	return page, nil
}

// listIndex returns up to limit ids after a cursor, of all shards.
func (s groups) listIndex(ctx context.Context, l *layout, prefix, cursor string, limit int) ([]string, error) {
	lists, err := s.lexPages(ctx, l.shards, keyIndex, prefix, prefix+cursor, cursor != "", limit)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, list := range lists {
		for _, member := range list {
			ids = append(ids, member[len(prefix):])
		}
	}
	slices.Sort(ids)
	return ids[:min(limit, len(ids))], nil
}

// readGroup reads one Group as it is stored.
func (e *Engine) readGroup(ctx context.Context, id connector.GroupID) (stored, error) {
	l, err := e.reach(ctx)
	if err != nil {
		return stored{}, err
	}
	fields, err := e.client.HMGet(ctx, l.group(id).key(keyGroup+string(id)), groupFields()...).Result()
	if err != nil {
		return stored{}, translate("read group", err)
	}
	return readStored(l.group(id), fields)
}

func groupFields() []string { return []string{fieldGroup, fieldRevision, fieldTouched} }

func readStored(p place, fields []any) (s stored, err error) {
	s.raw, s.revision = textOf(fields[0]), textOf(fields[1])
	if touched := textOf(fields[2]); touched != "" && s.revision == "" {
		return s, fmt.Errorf("%w: touched, and no group", errFormat)
	}
	if s.revision == "" {
		return s, nil
	}
	if s.group, err = decode[connector.Group](p, s.raw); err != nil {
		return s, fmt.Errorf("group: %w", err)
	}
	// The guard compares the field, so the Group carries what it says.
	if s.group.Revision, err = strconv.ParseUint(s.revision, 10, 64); err != nil {
		return s, fmt.Errorf("%w: revision: %w", errFormat, err)
	}
	if touched := textOf(fields[2]); touched != "" {
		at, err := parseTimeKey(touched)
		if err != nil {
			return s, fmt.Errorf("%w: touched: %w", errFormat, err)
		}
		if at.After(s.group.TouchedAt) {
			s.group.TouchedAt = at
		}
	}
	return s, nil
}

// readGroups reads those of the Groups that there are, in the order of ids.
func (e *Engine) readGroups(ctx context.Context, l *layout, ids []string) ([]connector.Group, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	replies := make([]*redis.SliceCmd, len(ids))
	_, err := e.client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for i, id := range ids {
			replies[i] = pipe.HMGet(ctx, l.shard(id).key(keyGroup+id), groupFields()...)
		}
		return nil
	})
	if err != nil {
		return nil, translate("read groups", err)
	}
	var found []connector.Group
	for i, reply := range replies {
		s, err := readStored(l.shard(ids[i]), reply.Val())
		if err != nil {
			return nil, err
		}
		if s.revision != "" {
			found = append(found, s.group)
		}
	}
	slices.SortFunc(found, func(a, b connector.Group) int { return cmp.Compare(a.ID, b.ID) })
	return found, nil
}

func selects(q connector.GroupQuery, g connector.Group) bool {
	return (q.Platform == "" || g.Platform == q.Platform) &&
		(q.Channel == "" || g.Channel.ID == q.Channel) &&
		(q.Record.IsZero() || g.Record == q.Record) &&
		(q.State == "" || g.State == q.State) &&
		(!q.Pending || hasPending(g))
}

func hasPending(g connector.Group) bool {
	return slices.ContainsFunc(g.Memberships, func(m connector.Membership) bool {
		return m.Status == connector.StatusPending
	})
}

// pageLimit brings a wanted page size into its bounds.
func pageLimit(limit int) int {
	if limit <= 0 {
		return defaultPage
	}
	return min(limit, largestPage)
}

// textOf is a field of a hash; "" when there is none.
func textOf(v any) string {
	text, _ := v.(string)
	return text
}

// absent turns the client's word for "there is none" into ok.
func absent(err error) (none bool, other error) {
	if errors.Is(err, redis.Nil) {
		return true, nil
	}
	return false, err
}
