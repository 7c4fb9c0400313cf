package redis

import (
	"context"
	"time"
)

type claims struct{ *Engine }

// Claim is one step: of several callers one finds the name free.
func (s claims) Claim(ctx context.Context, name string, keep time.Duration) (bool, error) {
	l, err := s.reach(ctx)
	if err != nil {
		return false, err
	}
	step := newStep(l.deployment)
	step.op("free", step.key(keyClaims), name)
	step.op("see", step.key(keyClaims), name, keep.Microseconds())
	guard, err := s.commit(ctx, "claim", step)
	return err == nil && guard == 0, err
}
