package outbound

import (
	"context"
	"errors"
	"net"
	"net/http/httptrace"
	"sync/atomic"
)

// Delivery tells whether one request can have reached the other side. The zero
// value is ready.
type Delivery struct{ asked, got atomic.Bool }

// Watch returns a context for the request.
func (d *Delivery) Watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { d.asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { d.got.Store(true) },
	})
}

// Never reports that no connection was established, so nothing was sent; err
// is what the request ended with.
func (d *Delivery) Never(err error) bool {
	if d.asked.Load() && !d.got.Load() {
		return true
	}
	var dial *net.OpError
	return errors.As(err, &dial) && dial.Op == "dial"
}
