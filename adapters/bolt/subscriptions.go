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

// UpdateSubscription calls change in the committer.
func (s subscriptions) UpdateSubscription(ctx context.Context, group connector.GroupID, change func(*connector.Subscription)) (wants connector.Subscription, err error) {
	err = s.update(ctx, func(b *batch) error {
		stored, _, err := get[connector.Subscription](b.tx, bucketSubscriptions, string(group))
		if err != nil {
			return err
		}
		change(&stored)
		wants = stored
		return put(b, bucketSubscriptions, string(group), stored)
	})
	if err != nil {
		return connector.Subscription{}, err
	}
	return wants, nil
}
