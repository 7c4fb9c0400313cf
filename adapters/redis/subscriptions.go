package redis

import (
	"context"

	"roomkeeper/connector"
)

type subscriptions struct{ *Engine }

// Subscription reads what a Group wants to be told.
func (s subscriptions) Subscription(ctx context.Context, group connector.GroupID) (connector.Subscription, error) {
	l, err := s.reach(ctx)
	if err != nil {
		return connector.Subscription{}, err
	}
	wants, _, err := get[connector.Subscription](ctx, s.Engine, l.group(group), keyGroup+string(group), fieldSubscription)
	return wants, err
}

// UpdateSubscription swaps the value until nobody came between.
func (s subscriptions) UpdateSubscription(ctx context.Context, group connector.GroupID, change func(*connector.Subscription)) (connector.Subscription, error) {
	l, err := s.reach(ctx)
	if err != nil {
		return connector.Subscription{}, err
	}
	return update(ctx, s.Engine, l.group(group), keyGroup+string(group), fieldSubscription, change, nil)
}
