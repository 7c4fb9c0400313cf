package reconcile

import (
	"context"
	"errors"
	"sync"
	"time"

	"roomkeeper/connector"
)

// gates let creations wait without a look at the CRM. When many channels are to
// be made, each but a few of them is only told to wait; who was told so a moment
// ago speaks for the others, who would read their Records again for nothing.
// Those that a person waits for have a gate of their own, as they have a claim of
// their own on the rate. The zero value is ready.
type gates struct {
	mu     sync.Mutex
	closed map[gateKey]*gate
}

// gate is one that was closed: until when, for how long, and how many were told
// to wait since.
type gate struct {
	until time.Time
	wait  time.Duration
	line  int
}

const (
	// atOnce is how many of those who wait come back together; the next ones come a
	// wait later, or a longestTurn. It is more than any platform lets through in an
	// ordinary wait, so nobody comes late.
	atOnce = 64
	// longestTurn is for a wait that is none for a rate, after which the platform
	// lets through as many as ever.
	longestTurn = 15 * time.Second
)

type gateKey struct {
	platform connector.PlatformID
	urgent   bool
}

// pass returns a *connector.WaitError while the gate is closed.
func (g *gates) pass(ctx context.Context, platform connector.PlatformID, now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	gate := g.closed[gateKey{platform, connector.Urgent(ctx)}]
	if gate == nil || !gate.until.After(now) {
		return nil
	}
	turn := time.Duration(gate.line / atOnce)
	gate.line++
	return &connector.WaitError{After: gate.until.Sub(now) + turn*min(gate.wait, longestTurn), What: "creations on " + string(platform)}
}

// note closes the gate when err says that a creation must wait, and returns err.
func (g *gates) note(ctx context.Context, platform connector.PlatformID, now time.Time, err error) error {
	var wait *connector.WaitError
	if !errors.As(err, &wait) {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed == nil {
		g.closed = map[gateKey]*gate{}
	}
	key := gateKey{platform, connector.Urgent(ctx)}
	if until, known := now.Add(wait.After), g.closed[key]; known == nil || until.After(known.until) {
		g.closed[key] = &gate{until: until, wait: wait.After}
	}
	return err
}
