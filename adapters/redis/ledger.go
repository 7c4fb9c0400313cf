package redis

import (
	"context"
	"fmt"
	"time"

	"roomkeeper/connector"
)

type ledger struct{ *Engine }

// Entry reads one Card's standing.
func (s ledger) Entry(ctx context.Context, group connector.GroupID, card connector.CardID) (connector.LedgerEntry, error) {
	l, err := s.reach(ctx)
	if err != nil {
		return connector.LedgerEntry{}, err
	}
	entry, raw, err := get[connector.LedgerEntry](ctx, s.Engine, l.group(group), keyLedger+string(group), string(card))
	if err == nil && raw == "" {
		err = fmt.Errorf("card %s of group %s: %w", card, group, connector.ErrNotFound)
	}
	return entry, err
}

// PutEntry stores one Card's standing.
func (s ledger) PutEntry(ctx context.Context, group connector.GroupID, entry connector.LedgerEntry) error {
	l, err := s.reach(ctx)
	if err != nil {
		return err
	}
	step := newStep(l.group(group))
	if err := putEntry(step, group, entry); err != nil {
		return err
	}
	return s.blind(ctx, "store entry", step)
}

func putEntry(s *step, group connector.GroupID, entry connector.LedgerEntry) error {
	if err := s.put(keyLedger+string(group), string(entry.Card), entry); err != nil {
		return err
	}
	s.rankAt(keyLedgerAges, ageOf(entry), keyOf(string(group), string(entry.Card)))
	return nil
}

// ageOf is the time by which an entry is forgotten: a post that may be under
// way keeps it.
func ageOf(entry connector.LedgerEntry) time.Time {
	if entry.Trying.After(entry.At) {
		return entry.Trying
	}
	return entry.At
}
