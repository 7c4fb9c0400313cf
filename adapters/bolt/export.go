package bolt

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"roomkeeper/connector"
)

// chunkBytes ends a chunk before it has connector.HoldingsLimit values: Groups
// may be large.
const chunkBytes = 1 << 20

// exported is how each bucket is read; one without a kind holds nothing of its
// own. A bucket that is missing here is not moved, so a test compares.
func exported() map[string]exporting {
	return map[string]exporting{
		bucketMeta:       {},
		bucketGroupIndex: {},
		bucketTouched:    {}, // with the groups
		bucketMembers:    {},
		bucketDeadIndex:  {},

		bucketMarks:         {connector.HoldsMarks, each(ofMark)},
		bucketGroups:        {connector.HoldsGroups, exportGroups},
		bucketReadings:      {connector.HoldsReadings, each(ofReading)},
		bucketSubscriptions: {connector.HoldsSubscriptions, each(ofSubscription)},
		bucketOutbox:        {connector.HoldsNotices, each(ofNotice)},
		bucketLedger:        {connector.HoldsLedger, each(ofEntry)},
		bucketNames:         {connector.HoldsNames, each(ofName)},
		bucketPeople:        {connector.HoldsPeople, each(ofPerson)},
		bucketFacts:         {connector.HoldsFacts, each(ofFacts)},
		bucketFactUsers:     {connector.HoldsFactUsers, each(ofFactUser)},
		bucketSeen:          {connector.HoldsIdentities, each(ofSeen)},
		bucketAnswers:       {connector.HoldsAnswers, each(ofAnswer)},
		bucketSweeps:        {connector.HoldsSweeps, each(ofSweep)},
		bucketClaims:        {connector.HoldsClaims, each(ofClaim)},
		bucketDead:          {connector.HoldsDeadLetters, each(ofDead)},
		bucketJobs:          {connector.HoldsJobs, exportJobs},
	}
}

type exporting struct {
	kind connector.HoldingKind
	read func(tx *bbolt.Tx, bucket string, out *chunks) error
}

// bucketOf finds the bucket of a kind; "" for the sequence, which has none.
func bucketOf(kind connector.HoldingKind) string {
	for name, e := range exported() {
		if e.kind == kind {
			return name
		}
	}
	return ""
}

// Count reads how many there are without reading them.
func (s *Source) Count(ctx context.Context) (map[connector.HoldingKind]int, error) {
	counts := map[connector.HoldingKind]int{}
	err := s.db.View(func(tx *bbolt.Tx) error {
		for _, kind := range connector.HoldingKinds() {
			if err := ctx.Err(); err != nil {
				return err
			}
			name := bucketOf(kind)
			if name == "" {
				counts[kind] = 1
			} else if b := tx.Bucket([]byte(name)); b != nil {
				counts[kind] = b.Stats().KeyN
			}
		}
		return nil
	})
	return counts, err
}

// Export reads the file in one transaction: nobody writes meanwhile.
func (s *Source) Export(ctx context.Context, take func([]connector.Holding) error) error {
	return s.db.View(func(tx *bbolt.Tx) error {
		out := &chunks{ctx: ctx, take: take}
		for _, kind := range connector.HoldingKinds() {
			name := bucketOf(kind)
			if name == "" {
				if err := exportSequence(tx, out); err != nil {
					return err
				}
				continue
			}
			if tx.Bucket([]byte(name)) == nil {
				continue // the file is older than this bucket
			}
			if err := exported()[name].read(tx, name, out); err != nil {
				return err
			}
		}
		return out.flush()
	})
}

// chunks gathers what is handed out.
type chunks struct {
	ctx   context.Context
	take  func([]connector.Holding) error
	chunk []connector.Holding
	size  int
}

// add takes one, of that many bytes as it is stored.
func (c *chunks) add(h connector.Holding, size int) error {
	c.chunk, c.size = append(c.chunk, h), c.size+size
	if len(c.chunk) < connector.HoldingsLimit && c.size < chunkBytes {
		return nil
	}
	return c.flush()
}

func (c *chunks) flush() error {
	if err := c.ctx.Err(); err != nil {
		return err
	}
	full := c.chunk
	c.chunk, c.size = nil, 0
	if len(full) == 0 {
		return nil
	}
	return c.take(full)
}

// each reads a bucket value by value.
func each[V any](of func(key string, v V) (connector.Holding, error)) func(*bbolt.Tx, string, *chunks) error {
	return func(tx *bbolt.Tx, bucket string, out *chunks) error {
		return tx.Bucket([]byte(bucket)).ForEach(func(key, raw []byte) error {
			v, err := decode[V](raw)
			if err != nil {
				return fmt.Errorf("%s %q: %w", bucket, key, err)
			}
			h, err := of(string(key), v)
			if err != nil {
				return fmt.Errorf("%s %q: %w", bucket, key, err)
			}
			return out.add(h, len(raw))
		})
	}
}

// exportSequence hands out the sequence of the outbox, which every notice's and
// every ledger entry's number is from.
func exportSequence(tx *bbolt.Tx, out *chunks) error {
	var last uint64
	if b := tx.Bucket([]byte(bucketOutbox)); b != nil {
		last = b.Sequence()
	}
	return out.add(connector.Holding{Sequence: &last}, 0)
}

func exportGroups(tx *bbolt.Tx, bucket string, out *chunks) error {
	return each(func(_ string, g connector.Group) (connector.Holding, error) {
		err := mergeTouch(tx, &g)
		return connector.Holding{Group: &g}, err
	})(tx, bucket, out)
}

// exportJobs hands them out in the order in which this engine would run those of
// one urgency. It holds all keys at once, as an open engine does.
func exportJobs(tx *bbolt.Tx, bucket string, out *chunks) error {
	type place struct {
		key   string
		due   time.Time
		order uint64
	}
	var places []place
	err := scan(tx, bucket, "", "", func(key string, e entry) (bool, error) {
		places = append(places, place{key, e.Due, e.Order})
		return true, out.ctx.Err()
	})
	if err != nil {
		return err
	}
	slices.SortFunc(places, func(a, b place) int {
		if n := a.due.Compare(b.due); n != 0 {
			return n
		}
		return cmp.Compare(a.order, b.order)
	})
	for _, p := range places {
		e, _, err := get[entry](tx, bucket, p.key)
		if err != nil {
			return err
		}
		// A run that did not end is not on any more.
		e.fold()
		job := &connector.HeldJob{Key: e.Key, Due: e.Due, Backoff: e.Backoff, Urgent: e.Urgent, Runs: e.Attempt, Tags: e.Tags}
		if err := out.add(connector.Holding{Job: job}, len(p.key)); err != nil {
			return err
		}
	}
	return nil
}

// partsOf splits what keyOf joined into as many parts as are wanted.
func partsOf(key string, want int) ([]string, error) {
	parts := strings.Split(strings.TrimSuffix(key, "\x00\x01"), "\x00\x01")
	if len(parts) != want {
		return nil, fmt.Errorf("%w: a key of %d parts, want %d", ErrDamaged, len(parts), want)
	}
	for i := range parts {
		parts[i] = strings.ReplaceAll(parts[i], "\x00\xff", "\x00")
	}
	return parts, nil
}
