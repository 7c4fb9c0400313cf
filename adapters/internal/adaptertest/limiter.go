// Package adaptertest has what the tests of the chat adapters share.
package adaptertest

import (
	"context"
	"sync"
	"time"

	"roomkeeper/connector"
)

// Limiter lets everything through but what a test closes, and notes by bucket what
// was asked of it. Make it with NewLimiter.
type Limiter struct {
	mu         sync.Mutex
	Rates      map[string]connector.Rate
	Priorities map[string]connector.Priority
	Pauses     map[string]time.Duration
	// Closed is how long a bucket has to be waited for.
	Closed map[string]time.Duration
	// Failure is what Allow fails with; nil: it does not.
	Failure error
}

// NewLimiter makes a Limiter.
func NewLimiter() *Limiter {
	return &Limiter{
		Rates: map[string]connector.Rate{}, Priorities: map[string]connector.Priority{},
		Pauses: map[string]time.Duration{}, Closed: map[string]time.Duration{},
	}
}

// Allow implements connector.Limiter.
func (l *Limiter) Allow(_ context.Context, bucket string, rate connector.Rate, p connector.Priority) (time.Duration, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Rates[bucket], l.Priorities[bucket] = rate, p
	return l.Closed[bucket], l.Failure
}

// Pause implements connector.Limiter.
func (l *Limiter) Pause(_ context.Context, bucket string, d time.Duration) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Pauses[bucket] = d
	return nil
}
