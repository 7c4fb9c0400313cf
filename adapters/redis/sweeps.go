package redis

import (
	"context"
	"fmt"

	"roomkeeper/connector"
)

type sweeps struct{ *Engine }

// Sweep reads one Sweep.
func (s sweeps) Sweep(ctx context.Context, id string) (connector.Sweep, error) {
	l, err := s.reach(ctx)
	if err != nil {
		return connector.Sweep{}, err
	}
	sweep, raw, err := get[connector.Sweep](ctx, s.Engine, l.deployment, keySweeps, id)
	if err == nil && raw == "" {
		err = fmt.Errorf("sweep %s: %w", id, connector.ErrNotFound)
	}
	return sweep, err
}

// UpdateSweep swaps the value until nobody came between.
func (s sweeps) UpdateSweep(ctx context.Context, id string, change func(*connector.Sweep)) (connector.Sweep, error) {
	l, err := s.reach(ctx)
	if err != nil {
		return connector.Sweep{}, err
	}
	return update(ctx, s.Engine, l.deployment, keySweeps, id, func(sweep *connector.Sweep) {
		sweep.ID = id
		change(sweep)
		sweep.ID = id
	}, indexSweep)
}

// indexSweep keeps those that are open, and the ended ones by age.
func indexSweep(s *step, sweep connector.Sweep) {
	if sweep.Open() {
		s.rank(keyListing, "0", sweep.ID)
	} else {
		s.unrank(keyListing, sweep.ID)
	}
	if !sweep.EndedAt.IsZero() {
		s.rankAt(keySweepAges, sweep.EndedAt, sweep.ID)
	} else {
		s.unrank(keySweepAges, sweep.ID)
	}
}

// OpenSweeps reads those of the index.
func (s sweeps) OpenSweeps(ctx context.Context) ([]connector.Sweep, error) {
	l, err := s.reach(ctx)
	if err != nil {
		return nil, err
	}
	ids, err := s.client.ZRange(ctx, l.deployment.key(keyListing), 0, -1).Result()
	if err != nil {
		return nil, translate("list sweeps", err)
	}
	known, _, err := getAll[string, connector.Sweep](ctx, s.Engine, l.deployment, keySweeps, ids)
	if err != nil {
		return nil, err
	}
	var open []connector.Sweep
	for _, id := range ids {
		if sweep, ok := known[id]; ok && sweep.Open() {
			open = append(open, sweep)
		}
	}
	return open, nil
}
