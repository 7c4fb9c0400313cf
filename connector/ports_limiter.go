package connector

import (
	"context"
	"time"
)

// Limiter shares out a platform's rates. It never sleeps: it says how long to wait.
type Limiter interface {
	// Allow takes one call out of a bucket, or says how long until there may
	// be one and takes nothing.
	Allow(ctx context.Context, bucket string, rate Rate) (wait time.Duration, err error)
	// Pause closes a bucket; a longer pause that is on stays.
	Pause(ctx context.Context, bucket string, d time.Duration) error
}

// Rate is Count calls in Period, at most Burst of them at once.
type Rate struct {
	Count  int
	Period time.Duration
	Burst  int
}
