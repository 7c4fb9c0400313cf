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
func (s ledger) PutEntry(ctx context.Context, group connector.GroupID, e connector.LedgerEntry) error {
	return s.update(ctx, func(b *batch) error {
		return put(b, bucketLedger, ledgerKey(group, e.Card), e)
	})
}

func ledgerKey(group connector.GroupID, card connector.CardID) string {
	return keyOf(string(group), string(card))
}
