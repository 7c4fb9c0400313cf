package assistant

import (
	"context"
	"fmt"
	"slices"
	"time"

	"roomkeeper/connector"
)

// Subscriber shows and changes what Groups want to be told.
type Subscriber struct {
	Engine   connector.Engine
	Policies connector.Policies
	Clock    func() time.Time
}

// Change turns exactly these topics on and off; everything else stays as it
// is. fields replaces the fields of record_updated when that is turned on.
func (s *Subscriber) Change(ctx context.Context, id connector.GroupID, on, off []connector.Topic, fields []string, by string) (connector.Subscription, error) {
	return s.update(ctx, id, by, func(sub *connector.Subscription) {
		for _, t := range off {
			sub.Topics[t] = false
			if t == connector.TopicCustomAll {
				dropCustom(sub)
			}
		}
		for _, t := range on {
			sub.Topics[t] = true
			if t == connector.TopicCustomAll {
				dropCustom(sub)
			}
			if t == connector.TopicRecordUpdated {
				sub.Fields = fields
			}
		}
	})
}

// dropCustom forgets decisions about single custom topics when one about all
// of them is made.
func dropCustom(sub *connector.Subscription) {
	for t := range sub.Topics {
		if t.Custom() && t != connector.TopicCustomAll {
			delete(sub.Topics, t)
		}
	}
}

// Set turns exactly these topics on and every other one off; record_updated
// is about any field again.
func (s *Subscriber) Set(ctx context.Context, id connector.GroupID, topics []connector.Topic, by string) (connector.Subscription, error) {
	return s.update(ctx, id, by, func(sub *connector.Subscription) {
		sub.Topics, sub.Fields = map[connector.Topic]bool{}, nil
		for _, t := range connector.Topics() {
			sub.Topics[t] = false
		}
		for _, t := range topics {
			sub.Topics[t] = true
		}
	})
}

func (s *Subscriber) update(ctx context.Context, id connector.GroupID, by string, change func(*connector.Subscription)) (connector.Subscription, error) {
	sub, err := s.Engine.Subscriptions.UpdateSubscription(ctx, id, func(sub *connector.Subscription) {
		if sub.Topics == nil {
			sub.Topics = map[connector.Topic]bool{}
		}
		change(sub)
		sub.ChangedBy, sub.ChangedAt = by, s.Clock()
	})
	if err != nil {
		return sub, fmt.Errorf("change subscription: %w", err)
	}
	return sub, nil
}

// Effective lists the topics that are on for a Group, in the order in which
// people are shown them; custom ones last.
func (s *Subscriber) Effective(ctx context.Context, g connector.Group) ([]connector.Topic, error) {
	sub, err := s.Engine.Subscriptions.Subscription(ctx, g.ID)
	if err != nil {
		return nil, fmt.Errorf("read subscription: %w", err)
	}
	policy, _ := s.Policies.Kind(string(g.Record.Kind))
	var on, custom []connector.Topic
	for _, t := range connector.Topics() {
		if sub.Wants(t, policy.Topics) {
			on = append(on, t)
		}
	}
	for t, yes := range sub.Topics {
		if yes && t.Custom() && t != connector.TopicCustomAll {
			custom = append(custom, t)
		}
	}
	slices.Sort(custom)
	return append(on, custom...), nil
}
