package bolt

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"roomkeeper/connector"
)

// fewBuckets is how many buckets are kept without looking for idle ones.
const fewBuckets = 1024

// limiter shares out rates within this process. Buckets that are full and not
// paused are forgotten, so memory follows the buckets in use.
type limiter struct {
	now func() time.Time

	mu      sync.Mutex
	buckets map[string]*bucket
	// tidyAt is how many buckets there are when idle ones are looked for.
	tidyAt int
}

type bucket struct {
	// calls is nil until the first Allow.
	calls  *rate.Limiter
	paused time.Time
}

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, buckets: map[string]*bucket{}, tidyAt: fewBuckets}
}

// Allow takes one call out of a bucket. A bucket follows the Rate of the
// latest call; a Burst below 1 counts as 1.
func (l *limiter) Allow(ctx context.Context, name string, r connector.Rate) (time.Duration, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if r.Count <= 0 || r.Period <= 0 {
		return 0, fmt.Errorf("%w: rate %d in %s", connector.ErrInvalid, r.Count, r.Period)
	}
	limit, burst := rate.Limit(float64(r.Count)/r.Period.Seconds()), max(r.Burst, 1)
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	b := l.bucket(name, now)
	if wait := b.paused.Sub(now); wait > 0 {
		return wait, nil
	}
	if b.calls == nil {
		b.calls = rate.NewLimiter(limit, burst)
	}
	if b.calls.Limit() != limit {
		b.calls.SetLimitAt(now, limit)
	}
	if b.calls.Burst() != burst {
		b.calls.SetBurstAt(now, burst)
	}
	reserved := b.calls.ReserveN(now, 1)
	wait := reserved.DelayFrom(now)
	if wait > 0 {
		reserved.CancelAt(now)
	}
	return wait, nil
}

// Pause closes a bucket for d from now.
func (l *limiter) Pause(ctx context.Context, name string, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	b := l.bucket(name, now)
	if until := now.Add(d); until.After(b.paused) {
		b.paused = until
	}
	return nil
}

// bucket finds or makes a bucket; it is called with mu held.
func (l *limiter) bucket(name string, now time.Time) *bucket {
	if b := l.buckets[name]; b != nil {
		return b
	}
	if len(l.buckets) >= l.tidyAt {
		for name, b := range l.buckets {
			if b.idle(now) {
				delete(l.buckets, name)
			}
		}
		l.tidyAt = max(fewBuckets, 2*len(l.buckets))
	}
	b := &bucket{}
	l.buckets[name] = b
	return b
}

// idle reports whether a new bucket would behave the same.
func (b *bucket) idle(now time.Time) bool {
	return !b.paused.After(now) && (b.calls == nil || b.calls.TokensAt(now) >= float64(b.calls.Burst()))
}
