package redis

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"roomkeeper/connector"
)

// get reads a value of a hash; raw is "" and v zero when there is none.
func get[V any](ctx context.Context, e *Engine, p place, key, field string) (v V, raw string, err error) {
	raw, err = e.client.HGet(ctx, p.key(key), field).Result()
	if none, err := absent(err); none || err != nil {
		return v, "", translate("read "+key, err)
	}
	if v, err = decode[V](p, raw); err != nil {
		return v, raw, fmt.Errorf("%s %q: %w", key, field, err)
	}
	return v, raw, nil
}

// getAll reads those fields of a hash that there are, with what is stored.
func getAll[K ~string, V any](ctx context.Context, e *Engine, p place, key string, fields []K) (found map[K]V, raws map[K]string, err error) {
	found, raws = map[K]V{}, map[K]string{}
	for chunk := range slices.Chunk(fields, largestPage) {
		names := make([]string, len(chunk))
		for i, field := range chunk {
			names[i] = string(field)
		}
		values, err := e.client.HMGet(ctx, p.key(key), names...).Result()
		if err != nil {
			return nil, nil, translate("read "+key, err)
		}
		for i, value := range values {
			raw := textOf(value)
			if raw == "" {
				continue
			}
			v, err := decode[V](p, raw)
			if err != nil {
				return nil, nil, fmt.Errorf("%s %q: %w", key, names[i], err)
			}
			found[chunk[i]], raws[chunk[i]] = v, raw
		}
	}
	return found, raws, nil
}

// lexPages returns, for each place, up to limit members of a sorted set of one
// rank that begin with prefix: from a member on, or after it.
func (e *Engine) lexPages(ctx context.Context, places []place, key, prefix, from string, after bool, limit int) ([][]string, error) {
	first := "[" + from
	if after {
		first = "(" + from
	}
	by := &redis.ZRangeBy{Min: first, Max: "(" + prefix + "\xff", Count: int64(limit)}
	replies := make([]*redis.StringSliceCmd, len(places))
	_, err := e.client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for i, p := range places {
			replies[i] = pipe.ZRangeByLex(ctx, p.key(key), by)
		}
		return nil
	})
	if err != nil {
		return nil, translate("list "+key, err)
	}
	lists := make([][]string, len(replies))
	for i, reply := range replies {
		lists[i] = reply.Val()
	}
	return lists, nil
}

// update changes one value of a hash: read, change, swap, until nobody came
// between. also adds what goes with the new value to the step.
func update[V any](ctx context.Context, e *Engine, p place, key, field string, change func(*V), also func(*step, V)) (v V, err error) {
	for {
		if _, err := e.reach(ctx); err != nil {
			return v, err
		}
		changed, raw, err := get[V](ctx, e, p, key, field)
		if err != nil {
			return v, err
		}
		change(&changed)
		s := newStep(p)
		s.is(key, field, raw)
		if err := s.put(key, field, changed); err != nil {
			return v, err
		}
		if also != nil {
			also(s, changed)
		}
		guard, err := e.commit(ctx, "change "+key, s)
		if err != nil {
			return v, err
		}
		if guard == 0 {
			return changed, nil
		}
	}
}

// blind stores values without reading what they replace.
func (e *Engine) blind(ctx context.Context, what string, s *step) error {
	_, err := e.commit(ctx, what, s)
	return err
}

// checkID refuses what no sender means.
func checkID(what, id string) error {
	if id == "" || len(id) > maxID {
		return fmt.Errorf("%w: %s of %d bytes", connector.ErrInvalid, what, len(id))
	}
	return nil
}

// maxID is the longest identity of an event, in bytes: as in the embedded store.
const maxID = 32768

// cutAfter is the part of a text behind the first colon: an outbox's members
// are numbered.
func cutAfter(member string) string {
	_, rest, _ := strings.Cut(member, ":")
	return rest
}
