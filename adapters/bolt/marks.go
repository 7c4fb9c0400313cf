package bolt

import (
	"context"

	"go.etcd.io/bbolt"
)

type marks struct{ *store }

// Mark reads a mark.
func (s marks) Mark(ctx context.Context, name string) (value string, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		value, _, err = get[string](tx, bucketMarks, name)
		return err
	})
	return value, err
}

// SetMark sets a mark.
func (s marks) SetMark(ctx context.Context, name, value string) error {
	return s.update(ctx, func(b *batch) error { return put(b, bucketMarks, name, value) })
}
