package command

import (
	"context"
	"fmt"
	"slices"

	"roomkeeper/connector"
)

func (h *Handler) subscriptions(ctx context.Context, a asker, inv Invocation) (Answer, error) {
	t, none, err := h.existing(ctx, a, VerbSubscriptions, inv.Record)
	if err != nil {
		return Answer{}, err
	}
	if none != nil {
		return *none, nil
	}
	sub, err := h.o.Engine.Subscriptions.Subscription(ctx, t.group.ID)
	if err != nil {
		return Answer{}, fmt.Errorf("reading the subscription: %w", err)
	}
	return h.topics(ctx, t, sub, "")
}

// topics answers with what is on and off; first is what has just been done.
func (h *Handler) topics(ctx context.Context, t target, sub connector.Subscription, first string) (Answer, error) {
	effective, err := h.o.Subscriber.Effective(ctx, t.group)
	if err != nil {
		return Answer{}, fmt.Errorf("reading which topics are on: %w", err)
	}
	on, off := inOrder(effective, sub)
	return Answer{Text: h.texts.subscriptions(t, sub, on, off, first)}, nil
}

// inOrder lists all Topics that are on and off: the fixed ones in their own
// order, then the custom ones that somebody decided about, by name.
func inOrder(effective []connector.Topic, sub connector.Subscription) (on, off []connector.Topic) {
	all := connector.Topics()
	for _, t := range append(customTopics(sub), effective...) {
		if !slices.Contains(all, t) {
			all = append(all, t)
		}
	}
	slices.Sort(all[len(connector.Topics()):])
	for _, t := range all {
		if slices.Contains(effective, t) {
			on = append(on, t)
		} else {
			off = append(off, t)
		}
	}
	return on, off
}

// customTopics are those that somebody decided about one by one.
func customTopics(sub connector.Subscription) []connector.Topic {
	var out []connector.Topic
	for t := range sub.Topics {
		if t.Custom() && t != connector.TopicCustomAll {
			out = append(out, t)
		}
	}
	slices.Sort(out)
	return out
}

func (h *Handler) subscribe(ctx context.Context, a asker, inv Invocation) (Answer, error) {
	if len(inv.Topics) == 0 && !inv.All {
		return h.subscriptions(ctx, a, inv)
	}
	t, none, err := h.existing(ctx, a, inv.Verb, inv.Record)
	if err != nil {
		return Answer{}, err
	}
	if none != nil {
		return *none, nil
	}
	topics, fields, err := h.asked(ctx, t, inv)
	if err != nil {
		return Answer{}, err
	}
	on, off := topics, []connector.Topic(nil)
	if inv.Verb == VerbUnsubscribe {
		on, off = nil, topics
	}
	by := a.name
	if by == "" {
		by = string(a.member)
	}
	sub, err := h.o.Subscriber.Change(ctx, t.group.ID, on, off, fields, by)
	if err != nil {
		return Answer{}, fmt.Errorf("changing the subscription: %w", err)
	}
	if inv.All && inv.Verb == VerbUnsubscribe {
		return Answer{Text: h.texts.silenced(t)}, nil
	}
	return h.topics(ctx, t, sub, h.texts.changed(inv.Verb, topics, inv.All))
}

// asked spells out "all", which includes what was decided about single custom
// Topics, and checks the filter's field keys against the kind's allow-list.
func (h *Handler) asked(ctx context.Context, t target, inv Invocation) ([]connector.Topic, []string, error) {
	fields := inv.Fields
	for i, f := range fields {
		key, ok := find(f, t.policy.DetailFields)
		if !ok {
			return nil, nil, &UsageError{
				Problem: ProblemField, Verb: inv.Verb, Got: f,
				Nearest: nearest(f, t.policy.DetailFields), Known: t.policy.DetailFields,
			}
		}
		fields[i] = key
	}
	if !inv.All {
		return inv.Topics, fields, nil
	}
	sub, err := h.o.Engine.Subscriptions.Subscription(ctx, t.group.ID)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the subscription: %w", err)
	}
	return append(connector.Topics(), customTopics(sub)...), fields, nil
}
