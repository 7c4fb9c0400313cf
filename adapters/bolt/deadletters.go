package bolt

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"roomkeeper/connector"
)

type deadLetters struct{ *store }

// ListDead takes limits as GroupQuery does.
func (s deadLetters) ListDead(ctx context.Context, cursor string, limit int) (letters []connector.DeadLetter, next string, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		letters, next, err = readPage[connector.DeadLetter](tx, bucketDead, cursor, limit)
		return err
	})
	return letters, next, err
}

// Replay puts a card's notice at the end of its outbox, or begins a refused
// creation again, and queues the lane that handles the letter.
func (s deadLetters) Replay(ctx context.Context, id string) error {
	return s.update(ctx, func(b *batch) error {
		letter, err := removeDead(b, id)
		if err != nil {
			return err
		}
		lane := connector.LaneGroup
		if letter.Notice != nil {
			lane = connector.LaneCards
			if err := appendNotice(b, letter.Group, *letter.Notice); err != nil {
				return err
			}
		} else if err := reopen(b, letter.Group); err != nil {
			return err
		}
		return s.addJobs(b, []connector.Job{{Key: connector.JobKey{Lane: lane, Group: letter.Group}, Urgent: true, Tags: connector.QueuedBy(connector.CauseReplay)}})
	})
}

// reopen begins the creation of a failed Group again.
func reopen(b *batch, id connector.GroupID) error {
	old, exists, err := get[connector.Group](b.tx, bucketGroups, string(id))
	if err != nil || !exists || old.State != connector.GroupFailed {
		return err
	}
	_, err = writeGroup(b, old, old.Again())
	return err
}

// Drop forgets a letter.
func (s deadLetters) Drop(ctx context.Context, id string) error {
	return s.update(ctx, func(b *batch) error {
		_, err := removeDead(b, id)
		return err
	})
}

// putDead stores a letter; one with the same id is replaced.
func putDead(b *batch, letter connector.DeadLetter) error {
	if err := checkKey(letter.ID); err != nil {
		return fmt.Errorf("dead letter: %w", err)
	}
	old, ok, err := get[string](b.tx, bucketDeadIndex, letter.ID)
	if err != nil {
		return err
	}
	if ok {
		if err := remove(b, bucketDead, old); err != nil {
			return err
		}
	}
	key := timeKey(letter.At) + letter.ID
	if err := put(b, bucketDeadIndex, letter.ID, key); err != nil {
		return err
	}
	return put(b, bucketDead, key, letter)
}

// removeDead takes a letter out.
func removeDead(b *batch, id string) (letter connector.DeadLetter, err error) {
	key, ok, err := get[string](b.tx, bucketDeadIndex, id)
	if err != nil {
		return letter, err
	}
	if !ok {
		return letter, fmt.Errorf("dead letter %s: %w", id, connector.ErrNotFound)
	}
	if letter, _, err = get[connector.DeadLetter](b.tx, bucketDead, key); err != nil {
		return letter, err
	}
	if err := remove(b, bucketDeadIndex, id); err != nil {
		return letter, err
	}
	return letter, remove(b, bucketDead, key)
}
