package bolt

import (
	"context"

	"go.etcd.io/bbolt"

	"roomkeeper/connector"
)

type subscriptions struct{ *store }

// Subscription reads what a Group wants to be told.
func (s subscriptions) Subscription(ctx context.Context, group connector.GroupID) (wants connector.Subscription, err error) {
	err = s.view(ctx, func(tx *bbolt.Tx) error {
		wants, _, err = get[connector.Subscription](tx, bucketSubscriptions, string(group))
		return err
	})
	return wants, err
}

// SaveSubscription stores what a Group wants to be told.
func (s subscriptions) SaveSubscription(ctx context.Context, group connector.GroupID, wants connector.Subscription) error {
	return s.update(ctx, func(b *batch) error {
		return put(b, bucketSubscriptions, string(group), wants)
	})
}
