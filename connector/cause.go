package connector

import "context"

// Cause says on whose account a call is made: for a platform's own audit log.
type Cause struct {
	Record RecordKey
	// Why is a few words of ours, never CRM text.
	Why string
}

// String names the Record and the reason; "" for none.
func (c Cause) String() string {
	if c == (Cause{}) {
		return ""
	}
	if c.Why == "" {
		return c.Record.String()
	}
	return c.Record.String() + ": " + c.Why
}

type causeKey struct{}

// WithCause returns a context for calls that are made on this account.
func WithCause(ctx context.Context, c Cause) context.Context {
	return context.WithValue(ctx, causeKey{}, c)
}

// CauseOf returns on whose account calls with ctx are made; the zero Cause when
// nobody said.
func CauseOf(ctx context.Context) Cause {
	c, _ := ctx.Value(causeKey{}).(Cause)
	return c
}
