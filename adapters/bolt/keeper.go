package bolt

import (
	"context"
	"time"

	"go.etcd.io/bbolt"

	"roomkeeper/connector"
)

// pruneChunk is how many values one transaction of Prune looks at: other
// writes go between.
const pruneChunk = 1000

type keeper struct{ *Engine }

// Ping writes.
func (k keeper) Ping(ctx context.Context) error {
	return k.store.update(ctx, func(b *batch) error {
		b.wrote = true
		return b.tx.Bucket([]byte(bucketMeta)).Put([]byte(metaPing), []byte(k.store.now().Format(time.RFC3339Nano)))
	})
}

// Prune forgets step by step: what a failed Prune left is forgotten by the next.
func (k keeper) Prune(ctx context.Context, now time.Time, keep, keepDead time.Duration) error {
	s, before := k.store, now.Add(-keep)
	if err := prune(ctx, s, bucketSeen, func(v seen) bool { return v.At.Before(before) }); err != nil {
		return err
	}
	if err := prune(ctx, s, bucketAnswers, func(v answer) bool { return v.At.Before(before) }); err != nil {
		return err
	}
	if err := prune(ctx, s, bucketLedger, func(v connector.LedgerEntry) bool {
		return v.At.Before(before) && v.Trying.Before(before)
	}); err != nil {
		return err
	}
	if err := prune(ctx, s, bucketSweeps, func(v connector.Sweep) bool {
		return !v.EndedAt.IsZero() && v.EndedAt.Before(before)
	}); err != nil {
		return err
	}
	if err := prune(ctx, s, bucketClaims, func(v claim) bool { return v.over(s.now()) }); err != nil {
		return err
	}
	return s.pruneDead(ctx, now.Add(-keepDead))
}

// prune removes the values of a bucket that are old.
func prune[V any](ctx context.Context, s *store, bucket string, old func(V) bool) error {
	for cursor, end := "", false; !end; {
		var drop []string
		err := s.view(ctx, func(tx *bbolt.Tx) error {
			looked := 0
			end = true
			return scan(tx, bucket, "", cursor, func(key string, v V) (bool, error) {
				if old(v) {
					drop = append(drop, key)
				}
				cursor, looked = key, looked+1
				end = looked < pruneChunk
				return end, nil
			})
		})
		if err != nil {
			return err
		}
		if err := s.removeOld(ctx, drop, func(b *batch, key string) error {
			// It may have been replaced meanwhile.
			v, ok, err := get[V](b.tx, bucket, key)
			if err != nil || !ok || !old(v) {
				return err
			}
			return remove(b, bucket, key)
		}); err != nil {
			return err
		}
	}
	return nil
}

func (s *store) removeOld(ctx context.Context, keys []string, drop func(*batch, string) error) error {
	if len(keys) == 0 {
		return nil
	}
	return s.update(ctx, func(b *batch) error {
		for _, key := range keys {
			if err := drop(b, key); err != nil {
				return err
			}
		}
		return nil
	})
}

// pruneDead drops the letters from before a time; they are sorted by time.
func (s *store) pruneDead(ctx context.Context, before time.Time) error {
	for {
		var ids []string
		err := s.view(ctx, func(tx *bbolt.Tx) error {
			return scan(tx, bucketDead, "", "", func(_ string, letter connector.DeadLetter) (bool, error) {
				if !letter.At.Before(before) {
					return false, nil
				}
				ids = append(ids, letter.ID)
				return len(ids) < pruneChunk, nil
			})
		})
		if err != nil || len(ids) == 0 {
			return err
		}
		if err := s.removeOld(ctx, ids, func(b *batch, id string) error {
			_, ok, err := get[string](b.tx, bucketDeadIndex, id)
			if err != nil || !ok {
				return err
			}
			_, err = removeDead(b, id)
			return err
		}); err != nil {
			return err
		}
	}
}
