// Package inbound holds what the chat adapters share about what a platform sends:
// work that goes on after a request was answered, and the age of a signature.
package inbound

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Desk runs what goes on in the background: so much at once, each for so long.
type Desk struct {
	limit time.Duration
	log   *slog.Logger
	life  context.Context
	end   context.CancelFunc
	slots chan struct{}

	mu     sync.Mutex // guards closed against work.Add after work.Wait
	closed bool
	work   sync.WaitGroup
}

// NewDesk returns a Desk for at most atOnce pieces of work, each of which is
// cancelled after limit; Close ends it.
func NewDesk(atOnce int, limit time.Duration, log *slog.Logger) *Desk {
	life, end := context.WithCancel(context.Background())
	return &Desk{limit: limit, log: log, life: life, end: end, slots: make(chan struct{}, atOnce)}
}

// Start runs do in the background. It reports false, and runs nothing, when
// too much is under way or the Desk is closed.
func (d *Desk) Start(do func(context.Context)) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return false
	}
	select {
	case d.slots <- struct{}{}:
	default:
		return false
	}
	d.work.Go(func() {
		defer func() { <-d.slots }()
		ctx, cancel := context.WithTimeout(d.life, d.limit)
		defer cancel()
		do(ctx)
	})
	return true
}

// Close takes no more work and waits for what is under way. When ctx ends first,
// the rest is cancelled and ctx's error returned.
func (d *Desk) Close(ctx context.Context) error {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	defer d.end()
	return Wait(ctx, &d.work)
}

// Wait waits for work that is under way, or for ctx's error.
func Wait(ctx context.Context, work *sync.WaitGroup) error {
	idle := make(chan struct{})
	go func() {
		work.Wait()
		close(idle)
	}()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Guarded runs do and turns a panic into the answer broken, so that one command
// cannot take the service down.
func Guarded[A any](ctx context.Context, d *Desk, broken A, do func(context.Context) A) (answer A) {
	defer func() {
		if p := recover(); p != nil {
			d.log.ErrorContext(ctx, "panic in a command", "panic", p)
			answer = broken
		}
	}()
	return do(ctx)
}
