package redis

import (
	"context"

	"github.com/redis/go-redis/v9"

	"roomkeeper/connector"
)

type readings struct{ *Engine }

// Readings reads the known ones among ids.
func (s readings) Readings(ctx context.Context, ids []connector.GroupID) (map[connector.GroupID]connector.Reading, error) {
	l, err := s.reach(ctx)
	if err != nil {
		return nil, err
	}
	known := make(map[connector.GroupID]connector.Reading, len(ids))
	if len(ids) == 0 {
		return known, nil
	}
	replies := make([]*redis.SliceCmd, len(ids))
	_, err = s.client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for i, id := range ids {
			replies[i] = pipe.HMGet(ctx, l.group(id).key(keyGroup+string(id)), fieldReading)
		}
		return nil
	})
	if err != nil {
		return nil, translate("read readings", err)
	}
	for i, reply := range replies {
		raw := textOf(reply.Val()[0])
		if raw == "" {
			continue
		}
		if known[ids[i]], err = decode[connector.Reading](l.group(ids[i]), raw); err != nil {
			return nil, err
		}
	}
	return known, nil
}

// SaveReadings stores them shard by shard.
func (s readings) SaveReadings(ctx context.Context, saved map[connector.GroupID]connector.Reading) error {
	l, err := s.reach(ctx)
	if err != nil {
		return err
	}
	steps := map[place]*step{}
	for id, reading := range saved {
		p := l.group(id)
		if steps[p] == nil {
			steps[p] = newStep(p)
		}
		if err := steps[p].put(keyGroup+string(id), fieldReading, reading); err != nil {
			return err
		}
	}
	for _, step := range steps {
		if err := s.blind(ctx, "save readings", step); err != nil {
			return err
		}
	}
	return nil
}
