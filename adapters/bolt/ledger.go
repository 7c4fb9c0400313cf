package bolt

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"roomkeeper/connector"
)

type ledger struct{ *store }

// Entry reads one Card's standing.
func (s ledger) Entry(ctx context.Context, group connector.GroupID, card connector.CardID) (e connector.LedgerEntry, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		var ok bool
		e, ok, err = get[connector.LedgerEntry](tx, bucketLedger, ledgerKey(group, card))
		if err == nil && !ok {
			return fmt.Errorf("card %s of group %s: %w", card, group, connector.ErrNotFound)
		}
		return err
	})
	return e, err
}

// PutEntry stores one Card's standing.
func (s ledger) PutEntry(ctx context.Context, group connector.GroupID, e connector.LedgerEntry) (stored connector.LedgerEntry, err error) {
	err = s.update(ctx, func(b *batch) error {
		stored, err = putCard(b, group, e)
		return err
	})
	if err != nil {
		return connector.LedgerEntry{}, err
	}
	return stored, nil
}

// putCard stores e unless another entry was stored since e was read.
func putCard(b *batch, group connector.GroupID, e connector.LedgerEntry) (connector.LedgerEntry, error) {
	key := ledgerKey(group, e.Card)
	old, _, err := get[connector.LedgerEntry](b.tx, bucketLedger, key)
	if err != nil {
		return e, err
	}
	if old.Revision != e.Revision {
		return e, fmt.Errorf("card %s of group %s: %w: revision %d, stored %d", e.Card, group, connector.ErrConflict, e.Revision, old.Revision)
	}
	e.Revision++
	return e, put(b, bucketLedger, key, e)
}

func ledgerKey(group connector.GroupID, card connector.CardID) string {
	return keyOf(string(group), string(card))
}
