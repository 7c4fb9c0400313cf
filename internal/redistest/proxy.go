package redistest

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Proxy hands TCP connections on to a target and harms them on demand. Its
// methods may be called by any goroutine while traffic flows.
//
// It is not toxiproxy because v2.5.0 locks up for good when a toxic is changed
// while a connection ends (Shopify/toxiproxy#558), and because it delivers
// what was in flight when a host dies.
type Proxy struct {
	tb     testing.TB
	addr   string
	target string
	delay  atomic.Int64 // a [time.Duration] in each direction
	linger atomic.Int64 // a [time.Duration] by which the end of a stream comes later
	dials  context.Context
	all    sync.WaitGroup

	mu       sync.Mutex
	fault    fault
	listener net.Listener // nil while it is cut
	pairs    map[*pair]bool
}

// fault is what happens to connections.
type fault int

const (
	healthy  fault = iota
	resets         // they are reset
	halfOpen       // they stay, and carry nothing
	cut            // they are reset, and new ones refused
	closed         // the same, for good
)

// StartProxy listens on loopback for target, host:port, which need not be there
// yet.
func StartProxy(tb testing.TB, target string) *Proxy {
	tb.Helper()
	dials, cancel := context.WithCancel(context.Background())
	p := &Proxy{tb: tb, target: target, dials: dials, pairs: map[*pair]bool{}}
	for range 3 {
		p.addr = freeAddr(tb)
		l, err := listen(p.addr)
		if err != nil {
			continue // somebody was faster
		}
		p.serve(l)
		tb.Cleanup(func() {
			cancel()
			p.harm(closed)
			p.all.Wait()
		})
		return p
	}
	cancel()
	tb.Fatal("redistest: no free port for a proxy")
	return nil
}

// StartLink is StartProxy with a delay from the start, in each direction: a
// distance. [Proxy.Cut] and [Proxy.Restore] break and mend it.
func StartLink(tb testing.TB, target string, delay time.Duration) *Proxy {
	tb.Helper()
	p := StartProxy(tb, target)
	p.Latency(delay)
	return p
}

// Addr is the host:port that stands for the target.
func (p *Proxy) Addr() string { return p.addr }

// Latency delays what is sent from now on, in each direction; a round trip
// takes twice that. It costs no bandwidth. 0 ends it.
func (p *Proxy) Latency(d time.Duration) { p.delay.Store(int64(d)) }

// SlowClose delays the end of a stream, and not what comes before it, by that
// much more. 0 ends it.
func (p *Proxy) SlowClose(d time.Duration) { p.linger.Store(int64(d)) }

// Reset resets all connections, both ends, and new ones as soon as they are
// accepted, until Restore or Clear.
func (p *Proxy) Reset() { p.harm(resets) }

// HalfOpen lets connections be, accepts new ones, and drops all that is sent,
// until Restore or Clear. Nobody is told.
func (p *Proxy) HalfOpen() { p.harm(halfOpen) }

// Cut drops everything in flight, at once, resets all connections and refuses
// new ones, until Restore or Clear. Once it returns nothing more arrives: the
// target's host is dead.
func (p *Proxy) Cut() { p.harm(cut) }

// Restore ends Reset, HalfOpen and Cut. Connections that lost something are
// reset.
func (p *Proxy) Restore() { p.harm(healthy) }

// Clear is Restore, and the end of Latency and SlowClose.
func (p *Proxy) Clear() {
	p.Latency(0)
	p.SlowClose(0)
	p.Restore()
}
