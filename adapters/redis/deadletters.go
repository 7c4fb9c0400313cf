package redis

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"

	"roomkeeper/connector"
)

type deadLetters struct{ *Engine }

// letter is one as it is stored: one byte of format, its time, and JSON.
type letter struct {
	place place
	raw   string
	connector.DeadLetter
}

func encodeLetter(p place, l connector.DeadLetter) (string, error) {
	raw, err := p.encode(l)
	if err != nil {
		return "", err
	}
	return raw[:1] + timeKey(l.At) + raw[1:], nil
}

func decodeLetter(p place, raw string) (connector.DeadLetter, error) {
	if len(raw) < 1+timeWidth {
		return connector.DeadLetter{}, errFormat
	}
	return decode[connector.DeadLetter](p, raw[:1]+raw[1+timeWidth:])
}

// bury adds a letter to a step; one with the same id is replaced.
func bury(s *step, l connector.DeadLetter) error {
	if err := checkID("a dead letter's id", l.ID); err != nil {
		return err
	}
	raw, err := encodeLetter(s.place, l)
	if err != nil {
		return err
	}
	s.op("bury", s.key(keyDead), s.key(keyDeadIndex), l.ID, raw)
	return nil
}

// ListDead merges the shards. It takes limits as GroupQuery does.
func (s deadLetters) ListDead(ctx context.Context, cursor string, limit int) (page []connector.DeadLetter, next string, err error) {
	l, err := s.reach(ctx)
	if err != nil {
		return nil, "", err
	}
	limit = connector.PageOf(limit)
	lists, err := s.lexPages(ctx, l.shards, keyDeadIndex, "", cursor, cursor != "", limit+1)
	if err != nil {
		return nil, "", err
	}
	type place struct {
		shard  int
		member string
	}
	var all []place
	for shard, members := range lists {
		for _, member := range members {
			all = append(all, place{shard, member})
		}
	}
	slices.SortFunc(all, func(a, b place) int { return cmp.Compare(a.member, b.member) })
	if len(all) > limit {
		all = all[:limit]
		next = all[limit-1].member
	}
	replies := make([]*redis.SliceCmd, len(all))
	if len(all) == 0 {
		return nil, "", nil
	}
	_, err = s.client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for i, at := range all {
			replies[i] = pipe.HMGet(ctx, l.shards[at.shard].key(keyDead), at.member[timeWidth:])
		}
		return nil
	})
	if err != nil {
		return nil, "", translate("read dead letters", err)
	}
	for i, reply := range replies {
		raw := textOf(reply.Val()[0])
		if raw == "" {
			continue // dropped between
		}
		read, err := decodeLetter(l.shards[all[i].shard], raw)
		if err != nil {
			return nil, "", fmt.Errorf("dead letter: %w", err)
		}
		page = append(page, read)
	}
	return page, next, nil
}

// find looks for a letter in all shards: its id does not say whose it is.
func (s deadLetters) find(ctx context.Context, id string) (found letter, err error) {
	l, err := s.reach(ctx)
	if err != nil {
		return found, err
	}
	replies := make([]*redis.SliceCmd, len(l.shards))
	_, err = s.client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for i, p := range l.shards {
			replies[i] = pipe.HMGet(ctx, p.key(keyDead), id)
		}
		return nil
	})
	if err != nil {
		return found, translate("read dead letter", err)
	}
	for i, reply := range replies {
		if found.raw = textOf(reply.Val()[0]); found.raw != "" {
			found.place = l.shards[i]
			found.DeadLetter, err = decodeLetter(found.place, found.raw)
			return found, err
		}
	}
	return found, fmt.Errorf("dead letter %s: %w", id, connector.ErrNotFound)
}

// unbury adds to a step that a letter goes; it fails when somebody else was
// faster.
func unbury(s *step, l letter) {
	s.is(keyDead, l.ID, l.raw)
	s.del(keyDead, l.ID)
	s.unrank(keyDeadIndex, l.raw[1:1+timeWidth]+l.ID)
}

// Replay puts a card's notice at the end of its outbox, or begins a refused
// creation again, and queues the lane that handles the letter.
func (s deadLetters) Replay(ctx context.Context, id string) error {
	for {
		found, err := s.find(ctx, id)
		if err != nil {
			return err
		}
		step := newStep(found.place)
		unbury(step, found)
		lane := connector.LaneGroup
		if found.Notice != nil {
			lane = connector.LaneCards
			if err := give(step, found.Group, *found.Notice); err != nil {
				return err
			}
		} else if err := s.reopen(ctx, step, found.Group); err != nil {
			return err
		}
		step.ask(connector.Job{Key: connector.JobKey{Lane: lane, Group: found.Group}, Urgent: true, Tags: connector.QueuedBy(connector.CauseReplay)})
		guard, err := s.commit(ctx, "replay", step)
		if err != nil || guard == 0 {
			return err
		}
	}
}

// reopen adds that the creation of a failed Group begins again.
func (s deadLetters) reopen(ctx context.Context, step *step, id connector.GroupID) error {
	old, err := s.readGroup(ctx, id)
	if err != nil || old.revision == "" || old.group.State != connector.GroupFailed {
		return err
	}
	_, err = writeGroup(step, old, old.group.Again())
	return err
}

// Drop forgets a letter.
func (s deadLetters) Drop(ctx context.Context, id string) error {
	for {
		found, err := s.find(ctx, id)
		if err != nil {
			return err
		}
		step := newStep(found.place)
		unbury(step, found)
		guard, err := s.commit(ctx, "drop dead letter", step)
		if err != nil || guard == 0 {
			return err
		}
	}
}
