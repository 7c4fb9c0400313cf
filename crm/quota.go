package crm

import (
	"context"
	"fmt"
	"sync"
	"time"

	"roomkeeper/connector"
)

// Quota keeps the calls to one CRM within what it allows: so many at once, and
// none before a wait that the CRM asked for is over. It is safe for concurrent
// use.
type Quota struct {
	slots chan struct{}
	clock func() time.Time

	mu     sync.Mutex
	closed time.Time
}

// NewQuota allows atOnce calls at once; less than 1 counts as 1. A nil clock
// is time.Now.
func NewQuota(atOnce int, clock func() time.Time) *Quota {
	if clock == nil {
		clock = time.Now
	}
	return &Quota{slots: make(chan struct{}, max(atOnce, 1)), clock: clock}
}

// Enter waits for a free place and takes it; leave gives it back and must be
// called once. It fails with ctx's error, or with a *connector.WaitError while
// the CRM is paused.
func (q *Quota) Enter(ctx context.Context) (leave func(), err error) {
	if err := q.open(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("waiting for a free place: %w", err)
	}
	select {
	case q.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for a free place: %w", ctx.Err())
	}
	if err := q.open(); err != nil { // closed while this call waited
		<-q.slots
		return nil, err
	}
	return func() { <-q.slots }, nil
}

// Pause lets no call in for d; a longer pause that is on stays.
func (q *Quota) Pause(d time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if until := q.clock().Add(d); until.After(q.closed) {
		q.closed = until
	}
}

func (q *Quota) open() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if left := q.closed.Sub(q.clock()); left > 0 {
		return &connector.WaitError{After: left, What: "crm"}
	}
	return nil
}
