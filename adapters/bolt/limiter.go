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

// limiter shares out rates within this process. Buckets that are full, not
// paused and not claimed are forgotten, so memory follows the buckets in use.
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
	// claims are when each priority's claim ends.
	claims [connector.Priorities]time.Time
}

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, buckets: map[string]*bucket{}, tidyAt: fewBuckets}
}

// Allow takes one call out of a bucket.
func (l *limiter) Allow(ctx context.Context, name string, r connector.Rate, p connector.Priority) (time.Duration, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if r.Count <= 0 || r.Period <= 0 {
		return 0, fmt.Errorf("%w: rate %d in %s", connector.ErrInvalid, r.Count, r.Period)
	}
	if p < 0 || p >= connector.Priorities {
		return 0, fmt.Errorf("%w: priority %d", connector.ErrInvalid, p)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	b := l.bucket(name, now)
	b.follow(r, now)
	reserved := b.calls.ReserveN(now, 1)
	interval := max(r.Period/time.Duration(r.Count), 1)
	wait := max(reserved.DelayFrom(now), b.paused.Sub(now), 0) + time.Duration(b.before(p, now))*interval
	if wait == 0 {
		b.claims[p] = time.Time{}
		return 0, nil
	}
	reserved.CancelAt(now)
	b.claims[p] = now.Add(wait + connector.ClaimGrace)
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

// follow makes the bucket fill at the rate of the latest call.
func (b *bucket) follow(r connector.Rate, now time.Time) {
	limit, burst := rate.Limit(float64(r.Count)/r.Period.Seconds()), max(r.Burst, 1)
	if b.calls == nil {
		b.calls = rate.NewLimiter(limit, burst)
	}
	if b.calls.Limit() != limit {
		b.calls.SetLimitAt(now, limit)
	}
	if b.calls.Burst() != burst {
		b.calls.SetBurstAt(now, burst)
	}
}

// before counts the priorities higher than p whose claims stand.
func (b *bucket) before(p connector.Priority, now time.Time) (n int) {
	for _, until := range b.claims[p+1:] {
		if until.After(now) {
			n++
		}
	}
	return n
}

// idle reports whether a new bucket would behave the same.
func (b *bucket) idle(now time.Time) bool {
	return !b.paused.After(now) && b.before(-1, now) == 0 &&
		(b.calls == nil || b.calls.TokensAt(now) >= float64(b.calls.Burst()))
}
