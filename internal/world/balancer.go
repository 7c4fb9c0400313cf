package world

import (
	"context"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// Balancer hands each TCP connection to one of several targets in turn, to the
// next one when nobody listens, as what stands before replicas does.
type Balancer struct {
	url     string
	targets []string
	next    atomic.Int64

	mu   sync.Mutex
	open map[net.Conn]bool
	all  sync.WaitGroup
}

// startBalancer listens on addr.
func startBalancer(t testing.TB, addr string, targets []string) *Balancer {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	b := &Balancer{url: "http://" + addr, targets: targets, open: map[net.Conn]bool{}}
	ctx, cancel := context.WithCancel(context.Background())
	b.all.Go(func() { b.accept(ctx, l) })
	t.Cleanup(func() {
		cancel()
		_ = l.Close()
		b.closeAll()
		b.all.Wait()
	})
	return b
}

func (b *Balancer) accept(ctx context.Context, l net.Listener) {
	for {
		near, err := l.Accept()
		if err != nil {
			return
		}
		far := b.dial(ctx)
		if far == nil {
			_ = near.Close()
			continue
		}
		b.mu.Lock()
		b.open[near], b.open[far] = true, true
		b.mu.Unlock()
		if ctx.Err() != nil {
			b.closeAll()
		}
		b.all.Go(func() { b.pass(near, far) })
		b.all.Go(func() { b.pass(far, near) })
	}
}

// dial reaches the next target that listens; nil: none does.
func (b *Balancer) dial(ctx context.Context) net.Conn {
	first := int(b.next.Add(1))
	for i := range b.targets {
		far, err := (&net.Dialer{}).DialContext(ctx, "tcp", b.targets[(first+i)%len(b.targets)])
		if err == nil {
			return far
		}
	}
	return nil
}

// pass copies one direction; both connections end with it.
func (b *Balancer) pass(from, to net.Conn) {
	_, _ = io.Copy(to, from)
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, conn := range []net.Conn{from, to} {
		_ = conn.Close()
		delete(b.open, conn)
	}
}

func (b *Balancer) closeAll() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for conn := range b.open {
		_ = conn.Close()
	}
}
