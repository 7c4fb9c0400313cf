package world

import (
	"context"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// Cutter hands TCP connections on and cuts some of them, in the middle of
// whatever they carry.
type Cutter struct {
	URL    string
	target string
	share  float64 // of the pieces of traffic at which a connection ends
	Calm   atomic.Bool
	Cuts   atomic.Int64

	mu   sync.Mutex
	rand *rand.Rand
	open map[net.Conn]bool
	all  sync.WaitGroup
}

// StartCutter listens on loopback for target, host:port.
func StartCutter(t testing.TB, target string, share float64, seed uint64) *Cutter {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &Cutter{
		URL: "http://" + l.Addr().String(), target: target, share: share,
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

func (c *Cutter) accept(ctx context.Context, l net.Listener) {
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
func (c *Cutter) pass(from, to net.Conn) {
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
func (c *Cutter) strike(n int) (part int, cut bool) {
	if n == 0 || c.Calm.Load() {
		return 0, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rand.Float64() >= c.share {
		return 0, false
	}
	c.Cuts.Add(1)
	return n * c.rand.IntN(3) / 2, true
}

func (c *Cutter) keep(conns ...net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range conns {
		c.open[conn] = true
	}
}

func (c *Cutter) drop(conns ...net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range conns {
		_ = conn.Close()
		delete(c.open, conn)
	}
}

func (c *Cutter) closeAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for conn := range c.open {
		_ = conn.Close()
	}
}
