package connector

import (
	"context"
	"time"
)

type readSinceKey struct{}

// WithReadSince returns a context for the reading of a channel (Channels.Observe) in
// order to go on with a change: what an adapter read for a change that then had to wait
// will do, once, if that reading began at since or later. Without it a channel is always
// read anew.
func WithReadSince(ctx context.Context, since time.Time) context.Context {
	return context.WithValue(ctx, readSinceKey{}, since)
}

// ReadSince is since when a reading must have begun to do; may is false where only a new
// one does.
func ReadSince(ctx context.Context) (since time.Time, may bool) {
	since, may = ctx.Value(readSinceKey{}).(time.Time)
	return since, may
}
