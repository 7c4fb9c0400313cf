package redistest

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// pieceSize is the most that is read at once.
	pieceSize = 32 << 10
	// inFlight is how many pieces one direction holds before it stops reading.
	inFlight = 4096
)

// pair is a connection through a proxy: its two halves.
type pair struct {
	near  *net.TCPConn
	lost  atomic.Bool   // what it carries is dropped
	ended chan struct{} // closed by abort

	mu  sync.Mutex
	far *net.TCPConn // nil until the target accepted
}

func newPair(near *net.TCPConn) *pair { return &pair{near: near, ended: make(chan struct{})} }

// join adds the target's half; false: the pair was aborted meanwhile.
func (c *pair) join(far *net.TCPConn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.far = far
	select {
	case <-c.ended:
		drop(far)
		return false
	default:
		return true
	}
}

// abort resets both halves; nothing is written after it.
func (c *pair) abort() {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.ended:
		return
	default:
		close(c.ended)
	}
	drop(c.near)
	if c.far != nil {
		drop(c.far)
	}
}

// drop closes a connection and drops what the system still has to send.
func drop(conn *net.TCPConn) {
	_ = conn.SetLinger(0)
	_ = conn.Close()
}

// swallow reads until the near half ends or the pair is aborted.
func (c *pair) swallow() {
	_, _ = io.Copy(io.Discard, c.near)
}

// carry copies both directions until both have ended, in order or not.
func (c *pair) carry(p *Proxy) {
	var both sync.WaitGroup
	both.Go(func() { c.pass(p, c.near, c.far) })
	both.Go(func() { c.pass(p, c.far, c.near) })
	both.Wait()
	if !c.lost.Load() {
		_, _ = c.near.Close(), c.far.Close() // in order: abort finds nothing left to reset
	}
}

// piece is what was read at once, or how the stream ended.
type piece struct {
	due  time.Time
	data []byte
	err  error // io.EOF is an end in order
}

// pass copies one direction: one goroutine reads and dates, one waits and
// writes, so that a delay costs no bandwidth.
func (c *pair) pass(p *Proxy, from, to *net.TCPConn) {
	queue := make(chan piece, inFlight)
	var reader sync.WaitGroup
	defer reader.Wait()
	reader.Go(func() {
		defer close(queue)
		c.read(p, from, queue)
	})
	deaf := false // to takes nothing more
	for next := range queue {
		if !c.until(next.due) {
			continue
		}
		switch {
		case deaf || c.lost.Load():
		case next.err == nil:
			_, err := to.Write(next.data)
			deaf = err != nil // what it sent before is still on its way
		case errors.Is(next.err, io.EOF):
			_ = to.CloseWrite()
		default:
			c.abort()
		}
	}
}

// read queues what from sends, to its end.
func (c *pair) read(p *Proxy, from *net.TCPConn, queue chan<- piece) {
	buf := make([]byte, pieceSize)
	for {
		n, err := from.Read(buf)
		due := time.Now().Add(time.Duration(p.delay.Load()))
		if n > 0 && !c.push(queue, piece{due: due, data: bytes.Clone(buf[:n])}) {
			return
		}
		if err != nil {
			c.push(queue, piece{due: due.Add(time.Duration(p.linger.Load())), err: err})
			return
		}
	}
}

func (c *pair) push(queue chan<- piece, next piece) bool {
	select {
	case queue <- next:
		return true
	case <-c.ended:
		return false
	}
}

// until waits for a moment; false: the pair was aborted first.
func (c *pair) until(due time.Time) bool {
	wait := time.NewTimer(time.Until(due))
	defer wait.Stop()
	select {
	case <-c.ended:
		return false
	case <-wait.C:
		return true
	}
}
