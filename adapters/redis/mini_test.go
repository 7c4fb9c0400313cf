package redis_test

import (
	"context"
	"net"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/alicebob/miniredis/v2"
	"pgregory.net/rapid"

	"roomkeeper/adapters/redis"
	"roomkeeper/connector/connectortest"
)

// In a bubble of virtual time, over connections in memory: no port, no clock
// and no other process takes part.
func TestConformanceMiniredis(t *testing.T) {
	connectortest.EngineSuiteWithin(t, synctest.Test, openMini)
}

func TestConformanceMiniredisMachine(t *testing.T) {
	connectortest.EngineMachineWithin(t, rapid.SyncTest, openMini)
}

func openMini(t *testing.T) connectortest.Reopenable {
	t.Helper()
	server := miniredis.NewMiniRedis()
	// Never listens: it is reached by Dial alone.
	engine := openOn(redis.Options{
		Addrs: []string{"127.0.0.1:1"}, AllowVolatile: true,
		Dialer: func(context.Context, string, string) (net.Conn, error) { return buffered(server.Dial()) },
	})(t)
	engine.End = server.Close
	t.Cleanup(server.Close)
	return engine
}

// bufferedConn is a connection whose Write never waits for the reader, as a
// socket's does not: a pipe in memory would block both sides of a pipeline.
type bufferedConn struct {
	net.Conn
	mu     sync.Mutex
	more   *sync.Cond
	queued []byte
	closed bool
}

func buffered(conn net.Conn, err error) (net.Conn, error) {
	if err != nil {
		return nil, err
	}
	c := &bufferedConn{Conn: conn}
	c.more = sync.NewCond(&c.mu)
	go c.pump()
	return c, nil
}

func (c *bufferedConn) pump() {
	for {
		c.mu.Lock()
		for len(c.queued) == 0 && !c.closed {
			c.more.Wait()
		}
		piece := c.queued
		c.queued = nil
		c.mu.Unlock()
		if len(piece) == 0 {
			return
		}
		if _, err := c.Conn.Write(piece); err != nil {
			return
		}
	}
}

func (c *bufferedConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return 0, net.ErrClosed
	}
	c.queued = append(c.queued, p...)
	c.more.Signal()
	return len(p), nil
}

func (c *bufferedConn) Close() error {
	c.mu.Lock()
	c.closed = true
	c.more.Signal()
	c.mu.Unlock()
	return c.Conn.Close()
}
