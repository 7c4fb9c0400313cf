package bolt

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"roomkeeper/connector"
)

type sweeps struct{ *store }

// Sweep reads one Sweep.
func (s sweeps) Sweep(ctx context.Context, id string) (sweep connector.Sweep, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		var ok bool
		sweep, ok, err = get[connector.Sweep](tx, bucketSweeps, id)
		if err == nil && !ok {
			return fmt.Errorf("sweep %s: %w", id, connector.ErrNotFound)
		}
		return err
	})
	return sweep, err
}

// UpdateSweep calls change in the committer.
func (s sweeps) UpdateSweep(ctx context.Context, id string, change func(*connector.Sweep)) (sweep connector.Sweep, err error) {
	err = s.update(ctx, func(b *batch) error {
		stored, _, err := get[connector.Sweep](b.tx, bucketSweeps, id)
		if err != nil {
			return err
		}
		stored.ID = id
		change(&stored)
		stored.ID = id
		sweep = stored
		return put(b, bucketSweeps, id, stored)
	})
	if err != nil {
		return connector.Sweep{}, err
	}
	return sweep, nil
}

// OpenSweeps looks at every Sweep that is not pruned yet.
func (s sweeps) OpenSweeps(ctx context.Context) (open []connector.Sweep, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		return scan(tx, bucketSweeps, "", "", func(_ string, sweep connector.Sweep) (bool, error) {
			if sweep.Open() {
				open = append(open, sweep)
			}
			return true, nil
		})
	})
	return open, err
}
