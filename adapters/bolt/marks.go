package bolt

import (
	"context"
	"time"

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

// Claim sets a mark that was never set to the time of the claim.
func (s marks) Claim(ctx context.Context, name string) (first bool, err error) {
	err = s.update(ctx, func(b *batch) error {
		first = false
		_, set, err := get[string](b.tx, bucketMarks, name)
		if err != nil || set {
			return err
		}
		first = true
		return put(b, bucketMarks, name, s.now().Format(time.RFC3339Nano))
	})
	return first && err == nil, err
}
