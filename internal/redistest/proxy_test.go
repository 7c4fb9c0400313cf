package redistest_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"roomkeeper/internal/redistest"
)

// dial opens a plain connection, whose reads and writes end in time.
func dial(t *testing.T, addr string) *net.TCPConn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	must(t, conn.SetDeadline(time.Now().Add(30*time.Second)))
	return conn.(*net.TCPConn)
}

// ping sends PINGs, each for itself, and then reads the answers.
func ping(t *testing.T, conn net.Conn, n int) {
	t.Helper()
	for range n {
		_, err := conn.Write([]byte("PING\r\n"))
		must(t, err)
	}
	got := make([]byte, n*len("+PONG\r\n"))
	_, err := io.ReadFull(conn, got)
	must(t, err)
	if string(got) != strings.Repeat("+PONG\r\n", n) {
		t.Fatalf("%q", got)
	}
}

func TestRedisProxyLatency(t *testing.T) {
	t.Parallel()
	p := redistest.StartProxy(t, redistest.Start(t, redistest.Options{}).Addr())
	conn := dial(t, p.Addr())
	ping(t, conn, 1)
	p.Latency(100 * time.Millisecond)
	begin := time.Now()
	ping(t, conn, 40) // one after the other they would take 8 s
	if took := time.Since(begin); took < 200*time.Millisecond || took > 4*time.Second {
		t.Errorf("40 PINGs at once took %v", took)
	}
	p.Clear()
	eventually(t, "no latency", func() error {
		begin := time.Now()
		ping(t, conn, 1)
		if took := time.Since(begin); took >= 200*time.Millisecond {
			return fmt.Errorf("a PING took %v", took)
		}
		return nil
	})
}

func TestRedisProxyReset(t *testing.T) {
	t.Parallel()
	p := redistest.StartProxy(t, redistest.Start(t, redistest.Options{}).Addr())
	old := dial(t, p.Addr())
	ping(t, old, 1)
	p.Reset()
	wantReset(t, old)
	// A new one may be reset before its own side knows that it was accepted.
	fresh, err := net.Dial("tcp", p.Addr())
	if err == nil {
		defer func() { _ = fresh.Close() }()
		wantReset(t, fresh)
	} else if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("%v, want a reset", err)
	}
	p.Clear()
	ping(t, dial(t, p.Addr()), 1)
}

func wantReset(t *testing.T, conn net.Conn) {
	t.Helper()
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("%v, want a reset", err)
	}
}

func TestRedisProxyHalfOpen(t *testing.T) {
	t.Parallel()
	p := redistest.StartProxy(t, redistest.Start(t, redistest.Options{}).Addr())
	old := dial(t, p.Addr())
	ping(t, old, 1)
	p.HalfOpen()
	fresh := dial(t, p.Addr())
	for _, conn := range []net.Conn{old, fresh} {
		_, err := conn.Write([]byte("PING\r\n"))
		must(t, err)
		must(t, conn.SetReadDeadline(time.Now().Add(100*time.Millisecond)))
		if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%v, want silence", err)
		}
		must(t, conn.SetReadDeadline(time.Now().Add(30*time.Second)))
	}
	p.Clear() // they lost a PING, so they cannot go on
	wantReset(t, old)
	wantReset(t, fresh)
	ping(t, dial(t, p.Addr()), 1)
}

func TestRedisProxyCut(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Options{})
	p := redistest.StartLink(t, s.Addr(), 50*time.Millisecond)
	conn := dial(t, p.Addr())
	ping(t, conn, 1)
	p.Latency(10 * time.Second)
	_, err := conn.Write([]byte("SET k v\r\n"))
	must(t, err)
	p.Cut()
	wantReset(t, conn)
	if _, err := net.Dial("tcp", p.Addr()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("%v, want a refusal", err)
	}
	p.Latency(50 * time.Millisecond)
	p.Restore()
	begin := time.Now()
	ping(t, dial(t, p.Addr()), 1)
	if took := time.Since(begin); took < 100*time.Millisecond {
		t.Errorf("a restored link answers in %v", took)
	}
	want(t, s.Client(), "k", "")
}

func TestRedisProxySlowClose(t *testing.T) {
	t.Parallel()
	p := redistest.StartProxy(t, redistest.Start(t, redistest.Options{}).Addr())
	p.SlowClose(200 * time.Millisecond)
	conn := dial(t, p.Addr())
	begin := time.Now()
	_, err := conn.Write([]byte("QUIT\r\n"))
	must(t, err)
	got, err := io.ReadAll(conn)
	must(t, err)
	if took := time.Since(begin); string(got) != "+OK\r\n" || took < 200*time.Millisecond {
		t.Errorf("%q and the end after %v", got, took)
	}
}
