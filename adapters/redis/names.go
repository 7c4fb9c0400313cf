package redis

import (
	"context"
	"fmt"

	"roomkeeper/connector"
)

type names struct{ *Engine }

// Reserve gives a free name to group.
func (s names) Reserve(ctx context.Context, platform connector.PlatformID, name string, group connector.GroupID) (connector.GroupID, error) {
	if name == "" || group == "" {
		return "", fmt.Errorf("%w: reserve %q for %q", connector.ErrInvalid, name, group)
	}
	field := keyOf(string(platform), name)
	for {
		l, err := s.reach(ctx)
		if err != nil {
			return "", err
		}
		holder, raw, err := get[connector.GroupID](ctx, s.Engine, l.deployment, keyNames, field)
		if err != nil || raw != "" && holder != group {
			return holder, err
		}
		if raw != "" {
			return holder, s.confirm(ctx, l.deployment)
		}
		step := newStep(l.deployment)
		step.is(keyNames, field, "")
		if err := step.put(keyNames, field, group); err != nil {
			return "", err
		}
		guard, err := s.commit(ctx, "reserve name", step)
		if err != nil {
			return "", err
		}
		if guard == 0 {
			return group, nil
		}
	}
}

// Holder reads who has a name.
func (s names) Holder(ctx context.Context, platform connector.PlatformID, name string) (connector.GroupID, error) {
	l, err := s.reach(ctx)
	if err != nil {
		return "", err
	}
	holder, _, err := get[connector.GroupID](ctx, s.Engine, l.deployment, keyNames, keyOf(string(platform), name))
	return holder, err
}

// Release frees a name of group's.
func (s names) Release(ctx context.Context, platform connector.PlatformID, name string, group connector.GroupID) error {
	l, err := s.reach(ctx)
	if err != nil {
		return err
	}
	field := keyOf(string(platform), name)
	holder, raw, err := get[connector.GroupID](ctx, s.Engine, l.deployment, keyNames, field)
	if err != nil || holder != group {
		return err
	}
	step := newStep(l.deployment)
	step.is(keyNames, field, raw)
	step.del(keyNames, field)
	return s.blind(ctx, "release name", step) // a guard that fails: somebody else has it by now
}
