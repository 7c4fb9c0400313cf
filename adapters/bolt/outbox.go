package bolt

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"roomkeeper/connector"
)

type outbox struct{ *store }

// Notices reads the beginning of a Group's outbox; limit 0 means 200.
func (s outbox) Notices(ctx context.Context, group connector.GroupID, limit int) (notices []connector.Notice, err error) {
	if limit <= 0 {
		limit = connector.DefaultPage
	}
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		return scan(tx, bucketOutbox, keyOf(string(group)), "", func(_ string, n connector.Notice) (bool, error) {
			notices = append(notices, n)
			return len(notices) < limit, nil
		})
	})
	return notices, err
}

// Settle is one step.
func (s outbox) Settle(ctx context.Context, group connector.GroupID, seq uint64, posted *connector.LedgerEntry, dead *connector.DeadLetter) error {
	return s.update(ctx, func(b *batch) error {
		if posted != nil {
			if _, err := putCard(b, group, *posted); err != nil {
				return err
			}
		}
		if err := remove(b, bucketOutbox, noticeKey(group, seq)); err != nil {
			return err
		}
		if dead != nil {
			return putDead(b, *dead)
		}
		return nil
	})
}

// noticeKey sorts a Group's notices by seq.
func noticeKey(group connector.GroupID, seq uint64) string {
	return keyOf(string(group)) + fmt.Sprintf("%020d", seq)
}

// appendNotice puts a notice at the end of a Group's outbox. One sequence
// serves all Groups, so it grows within each.
func appendNotice(b *batch, group connector.GroupID, n connector.Notice) error {
	b.wrote = true
	seq, err := b.tx.Bucket([]byte(bucketOutbox)).NextSequence()
	if err != nil {
		return err
	}
	n.Seq = seq
	return put(b, bucketOutbox, noticeKey(group, seq), n)
}
