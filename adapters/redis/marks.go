package redis

import "context"

type marks struct{ *Engine }

// Mark reads a mark.
func (s marks) Mark(ctx context.Context, name string) (string, error) {
	l, err := s.reach(ctx)
	if err != nil {
		return "", err
	}
	value, _, err := get[string](ctx, s.Engine, l.deployment, keyMarks, name)
	return value, err
}

// SetMark sets a mark.
func (s marks) SetMark(ctx context.Context, name, value string) error {
	l, err := s.reach(ctx)
	if err != nil {
		return err
	}
	step := newStep(l.deployment)
	if err := step.put(keyMarks, name, value); err != nil {
		return err
	}
	return s.blind(ctx, "set mark", step)
}
