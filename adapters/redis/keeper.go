package redis

import (
	"context"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"roomkeeper/connector"
)

// pruneChunk is how many values one step of Prune looks at: other work goes
// between.
const pruneChunk = 500

// consumerIdle is after how long a consumer that nothing was heard of is
// forgotten.
const consumerIdle = time.Hour

type keeper struct{ *Engine }

// Ping writes.
func (k keeper) Ping(ctx context.Context) error {
	l, err := k.reach(ctx)
	if err != nil {
		return err
	}
	return translate("ping", k.client.Set(ctx, l.deployment.key(keyPing), timeKey(k.now()), 0).Err())
}

// Prune forgets step by step: what a failed Prune left is forgotten by the next.
func (k keeper) Prune(ctx context.Context, now time.Time, keep, keepDead time.Duration) error {
	l, err := k.reach(ctx)
	if err != nil {
		return err
	}
	before := now.Add(-keep)
	for _, p := range append(slices.Clone(l.shards), l.deployment) {
		if err := k.prunePlace(ctx, p, before, now.Add(-keepDead)); err != nil {
			return err
		}
	}
	for ages, values := range map[string]string{keyAnswerAges: keyAnswers, keySweepAges: keySweeps} {
		err := k.fade(ctx, l.deployment, ages, before, func(id string) (string, string, error) { return values, id, nil })
		if err != nil {
			return err
		}
	}
	return k.forget(ctx, l.deployment, keyClaims, k.now())
}

func (k keeper) prunePlace(ctx context.Context, p place, before, beforeDead time.Time) error {
	if err := k.forget(ctx, p, keySeen, before); err != nil {
		return err
	}
	err := k.fade(ctx, p, keyLedgerAges, before, func(member string) (string, string, error) {
		parts := partsOf(member)
		if len(parts) != 2 {
			return "", "", errFormat
		}
		return keyLedger + parts[0], parts[1], nil
	})
	if err != nil {
		return err
	}
	if err := k.pruneDead(ctx, p, beforeDead); err != nil {
		return err
	}
	return k.tidy(ctx, p, "", consumerIdle)
}

// below are members that rank below a time.
func (k keeper) below(ctx context.Context, p place, key string, before time.Time) ([]string, error) {
	list, err := k.client.ZRangeByScore(ctx, p.key(key), &redis.ZRangeBy{Min: "-inf", Max: "(" + micros(before), Count: pruneChunk}).Result()
	return list, translate("prune "+key, err)
}

// forget removes members that rank below a time.
func (k keeper) forget(ctx context.Context, p place, key string, before time.Time) error {
	for {
		old, err := k.below(ctx, p, key, before)
		if err != nil || len(old) == 0 {
			return err
		}
		members := make([]any, len(old))
		for i, member := range old {
			members[i] = member
		}
		if err := k.client.ZRem(ctx, p.key(key), members...).Err(); err != nil {
			return translate("prune "+key, err)
		}
	}
}

// fade removes what ranks below a time, and the value that of tells, unless it
// was replaced meanwhile.
func (k keeper) fade(ctx context.Context, p place, ages string, before time.Time, of func(member string) (key, field string, err error)) error {
	for {
		old, err := k.below(ctx, p, ages, before)
		if err != nil || len(old) == 0 {
			return err
		}
		step := newStep(p)
		for _, member := range old {
			key, field, err := of(member)
			if err != nil {
				return err
			}
			step.op("fade", step.key(ages), micros(before), step.key(key), member, field)
		}
		if err := k.blind(ctx, "prune "+ages, step); err != nil {
			return err
		}
	}
}

// pruneDead drops the letters from before a time; the index sorts them by time.
func (k keeper) pruneDead(ctx context.Context, p place, before time.Time) error {
	for {
		old, err := k.client.ZRangeByLex(ctx, p.key(keyDeadIndex), &redis.ZRangeBy{Min: "-", Max: "(" + timeKey(before), Count: pruneChunk}).Result()
		if err != nil || len(old) == 0 {
			return translate("prune dead letters", err)
		}
		step := newStep(p)
		for _, member := range old {
			step.op("dust", step.key(keyDeadIndex), step.key(keyDead), member)
		}
		if err := k.blind(ctx, "prune dead letters", step); err != nil {
			return err
		}
	}
}

// Close ends this replica's part.
func (k keeper) Close() error { return k.Engine.Close() }

var _ connector.Keeper = keeper{}
