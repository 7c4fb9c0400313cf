package redis

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"roomkeeper/connector"
)

type limiter struct{ *Engine }

// Allow takes one call out of a bucket that all replicas share.
func (s limiter) Allow(ctx context.Context, name string, r connector.Rate, p connector.Priority) (time.Duration, error) {
	if r.Count <= 0 || r.Period <= 0 {
		return 0, fmt.Errorf("%w: rate %d in %s", connector.ErrInvalid, r.Count, r.Period)
	}
	if p < 0 || p >= connector.Priorities {
		return 0, fmt.Errorf("%w: priority %d", connector.ErrInvalid, p)
	}
	interval := float64(r.Period.Nanoseconds()) / 1000 / float64(r.Count)
	return s.limit(ctx, name, "allow", strconv.FormatFloat(interval, 'f', 3, 64), max(r.Burst, 1), int(p), connector.Priorities,
		connector.ClaimGrace.Microseconds())
}

// Pause closes a bucket for d from now.
func (s limiter) Pause(ctx context.Context, name string, d time.Duration) error {
	_, err := s.limit(ctx, name, "close", d.Microseconds())
	return err
}

// limit is not durable: what a failover forgets is a few calls too many, which
// the platform answers with a new pause.
func (s limiter) limit(ctx context.Context, name string, args ...any) (time.Duration, error) {
	l, err := s.reach(ctx)
	if err != nil {
		return 0, err
	}
	p := l.shard(name)
	c := &call{script: s.scripts.limit, keys: []string{p.key(keyBucket + name)}, args: append([]any{s.clock()}, args...)}
	if err := s.run(ctx, "rate bucket", p, false, c); err != nil {
		return 0, err
	}
	wait, err := c.reply.Int64()
	if err != nil {
		return 0, fmt.Errorf("%w: reply of a rate bucket: %w", connector.ErrStoreAway, err)
	}
	return time.Duration(wait) * time.Microsecond, nil
}
