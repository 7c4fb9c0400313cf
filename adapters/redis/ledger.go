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

// PutEntry stores one Card's standing unless another one was stored since it
// was read.
func (s ledger) PutEntry(ctx context.Context, group connector.GroupID, entry connector.LedgerEntry) (connector.LedgerEntry, error) {
	l, err := s.reach(ctx)
	if err != nil {
		return connector.LedgerEntry{}, err
	}
	step := newStep(l.group(group))
	stored, err := s.putEntry(ctx, step, group, entry)
	if err == nil {
		err = s.commitEntry(ctx, "store entry", step)
	}
	if err != nil {
		return connector.LedgerEntry{}, err
	}
	return stored, nil
}

// putEntry adds an entry to a step that fails when what is stored is not what
// the entry follows.
func (e *Engine) putEntry(ctx context.Context, s *step, group connector.GroupID, entry connector.LedgerEntry) (connector.LedgerEntry, error) {
	key, field := keyLedger+string(group), string(entry.Card)
	old, raw, err := get[connector.LedgerEntry](ctx, e, s.place, key, field)
	if err != nil {
		return entry, err
	}
	if old.Revision != entry.Revision {
		return entry, fmt.Errorf("card %s of group %s: %w: revision %d, stored %d", entry.Card, group, connector.ErrConflict, entry.Revision, old.Revision)
	}
	entry.Revision++
	s.is(key, field, raw)
	s.rankAt(keyLedgerAges, ageOf(entry), keyOf(string(group), field))
	return entry, s.put(key, field, entry)
}

// commitEntry carries out a step whose only guard is an entry's.
func (e *Engine) commitEntry(ctx context.Context, what string, s *step) error {
	guard, err := e.commit(ctx, what, s)
	if err == nil && guard != 0 {
		err = fmt.Errorf("%s: %w", what, connector.ErrConflict)
	}
	return err
}

// ageOf is the time by which an entry is forgotten: a post that may be under
// way keeps it.
func ageOf(entry connector.LedgerEntry) time.Time {
	if entry.Trying.After(entry.At) {
		return entry.Trying
	}
	return entry.At
}
