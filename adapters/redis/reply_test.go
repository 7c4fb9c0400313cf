package redis_test

import (
	"context"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"roomkeeper/adapters/redis"
	"roomkeeper/connector"
)

// A step whose reply is lost was carried out once, or its caller gets an error.
func TestLostReply(t *testing.T) {
	var lose atomic.Pointer[string]
	ports := start(t, redis.Options{
		Addrs: []string{startServer(t).Addr()},
		Dialer: func(ctx context.Context, network, addr string) (net.Conn, error) {
			return dialLossy(ctx, network, addr, &lose)
		},
	}).Ports()
	ctx := t.Context()
	_, err := ports.Inbox.Accept(ctx, connector.Intake{Group: "g1", Open: &connector.Group{ID: "g1", State: connector.GroupCreating}})
	ok(t, err)
	next := func(text string) { lose.Store(&text) }

	next("a tick")
	if given, err := ports.Claims.Claim(ctx, "a tick", time.Hour); err == nil && !given {
		t.Error("a claim was given to nobody")
	}
	next(`"done":1`)
	sweep, err := ports.Sweeps.UpdateSweep(ctx, "s1", func(s *connector.Sweep) { s.Done++ })
	if err == nil && sweep.Done != 1 {
		t.Errorf("one run was counted as %d", sweep.Done)
	}
	next("a notice")
	_, err = ports.Inbox.Accept(ctx, connector.Intake{Group: "g1", Notice: &connector.Notice{Event: connector.NoticeEvent{ID: "a notice"}}})
	notices, errRead := ports.Outbox.Notices(ctx, "g1", 0)
	ok(t, errRead)
	if err == nil && len(notices) != 1 {
		t.Errorf("one notice is stored as %d", len(notices))
	}
}

// lossyConn loses the reply to what holds a text, once.
type lossyConn struct {
	net.Conn
	next *atomic.Pointer[string]
	loss atomic.Bool
}

func dialLossy(ctx context.Context, network, addr string, next *atomic.Pointer[string]) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
	return &lossyConn{Conn: conn, next: next}, err
}

func (c *lossyConn) Write(p []byte) (int, error) {
	if text := c.next.Load(); text != nil && strings.Contains(string(p), *text) && c.next.CompareAndSwap(text, nil) {
		c.loss.Store(true)
	}
	return c.Conn.Write(p)
}

func (c *lossyConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err == nil && c.loss.Load() {
		return 0, io.EOF
	}
	return n, err
}
