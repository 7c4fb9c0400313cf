package bolt

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"roomkeeper/connector"
)

type names struct{ *store }

// Reserve gives a free name to group.
func (s names) Reserve(ctx context.Context, platform connector.PlatformID, name string, group connector.GroupID) (holder connector.GroupID, err error) {
	if name == "" || group == "" {
		return "", fmt.Errorf("%w: reserve %q for %q", connector.ErrInvalid, name, group)
	}
	err = s.update(ctx, func(b *batch) error {
		var taken bool
		holder, taken, err = get[connector.GroupID](b.tx, bucketNames, keyOf(string(platform), name))
		if err != nil || taken {
			return err
		}
		holder = group
		return put(b, bucketNames, keyOf(string(platform), name), group)
	})
	if err != nil {
		return "", err
	}
	return holder, nil
}

// Holder reads who has a name.
func (s names) Holder(ctx context.Context, platform connector.PlatformID, name string) (holder connector.GroupID, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		holder, _, err = get[connector.GroupID](tx, bucketNames, keyOf(string(platform), name))
		return err
	})
	return holder, err
}

// Release frees a name of group's.
func (s names) Release(ctx context.Context, platform connector.PlatformID, name string, group connector.GroupID) error {
	return s.update(ctx, func(b *batch) error {
		holder, _, err := get[connector.GroupID](b.tx, bucketNames, keyOf(string(platform), name))
		if err != nil || holder != group {
			return err
		}
		return remove(b, bucketNames, keyOf(string(platform), name))
	})
}
