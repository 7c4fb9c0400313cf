package bolt

import (
	"context"

	"go.etcd.io/bbolt"

	"roomkeeper/connector"
)

type readings struct{ *store }

// Readings reads the known ones among ids.
func (s readings) Readings(ctx context.Context, ids []connector.GroupID) (known map[connector.GroupID]connector.Reading, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		known, err = getAll[connector.GroupID, connector.Reading](tx, bucketReadings, ids)
		return err
	})
	return known, err
}

// SaveReadings stores all of them, or none when it fails.
func (s readings) SaveReadings(ctx context.Context, saved map[connector.GroupID]connector.Reading) error {
	if len(saved) == 0 {
		return ctx.Err()
	}
	return s.update(ctx, func(b *batch) error {
		for id, reading := range saved {
			if err := put(b, bucketReadings, string(id), reading); err != nil {
				return err
			}
		}
		return nil
	})
}
