package app_test

import (
	"context"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// cutter hands TCP connections on and cuts some of them, in the middle of
// whatever they carry.
type cutter struct {
	url    string
	target string
	share  float64 // of the pieces of traffic at which a connection ends
	calm   atomic.Bool
	cuts   atomic.Int64

	mu   sync.Mutex
	rand *rand.Rand
	open map[net.Conn]bool
	all  sync.WaitGroup
}

// startCutter listens on loopback for target, host:port.
func startCutter(t *testing.T, target string, share float64, seed uint64) *cutter {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{
		url: "http://" + l.Addr().String(), target: target, share: share,
		rand: rand.New(rand.NewPCG(seed, 1)), open: map[net.Conn]bool{},
	}
	ctx, cancel := context.WithCancel(context.Background())
	c.all.Go(func() { c.accept(ctx, l) })
	t.Cleanup(func() {
		cancel()
		_ = l.Close()
		c.closeAll()
		c.all.Wait()
	})
	return c
}

func (c *cutter) accept(ctx context.Context, l net.Listener) {
	for {
		near, err := l.Accept()
		if err != nil {
			return
		}
		far, err := (&net.Dialer{}).DialContext(ctx, "tcp", c.target)
		if err != nil {
			_ = near.Close() // nobody there: the other side sees a cut
			continue
		}
		c.keep(near, far)
		if ctx.Err() != nil {
			c.closeAll()
		}
		c.all.Go(func() { c.pass(near, far) })
		c.all.Go(func() { c.pass(far, near) })
	}
}

// pass copies one direction, piece by piece; both connections end with it.
func (c *cutter) pass(from, to net.Conn) {
	defer c.drop(from, to)
	piece := make([]byte, 16<<10)
	for {
		n, err := from.Read(piece)
		if part, cut := c.strike(n); cut {
			_, _ = to.Write(piece[:part])
			return
		}
		if _, writeErr := to.Write(piece[:n]); err != nil || writeErr != nil {
			return
		}
	}
}

// strike says whether to cut at a piece, and how much of it still passes:
// nothing, half, or all of it.
func (c *cutter) strike(n int) (part int, cut bool) {
	if n == 0 || c.calm.Load() {
		return 0, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rand.Float64() >= c.share {
		return 0, false
	}
	c.cuts.Add(1)
	return n * c.rand.IntN(3) / 2, true
}

func (c *cutter) keep(conns ...net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range conns {
		c.open[conn] = true
	}
}

func (c *cutter) drop(conns ...net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range conns {
		_ = conn.Close()
		delete(c.open, conn)
	}
}

func (c *cutter) closeAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for conn := range c.open {
		_ = conn.Close()
	}
}
