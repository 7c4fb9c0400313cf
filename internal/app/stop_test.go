package app

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/robfig/cron/v3"
)

// closes is a store of which only Close is called.
type closes struct{ engine }

func (closes) Close() error { return nil }

// busy is a platform whose commands take longer than a stop.
type busy struct{ inbound }

func (busy) Close(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// wired is a listener in memory; each connection is one end of a pipe.
type wired struct {
	net.Listener
	conns chan net.Conn
	gone  chan struct{}
}

func newWired() *wired { return &wired{conns: make(chan net.Conn), gone: make(chan struct{})} }

func (w *wired) Accept() (net.Conn, error) {
	select {
	case c := <-w.conns:
		return c, nil
	case <-w.gone:
		return nil, net.ErrClosed
	}
}

func (w *wired) Close() error {
	close(w.gone)
	return nil
}

func (w *wired) dial() net.Conn {
	here, there := net.Pipe()
	w.conns <- there
	return here
}

// stopping is a service with one listener and without anything behind it.
func stopping(handler http.Handler, log io.Writer) (*App, *wired) {
	a := &App{store: closes{}, log: slog.New(slog.NewTextHandler(log, nil)), fatal: make(chan error, 1)}
	a.life, a.end = context.WithCancel(context.Background())
	a.services.resync = &resync{cron: cron.New(), cancel: func() {}}
	a.services.workers = &workers{taking: func() {}}
	l := newWired()
	a.run(l, handler)
	return a, l
}

// Whoever sends a body byte by byte, or asks for what takes minutes, keeps no
// service from stopping, and makes no failure of the stop.
func TestStopCutsWhoIsSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cut, log := make(chan error, 1), &strings.Builder{}
		a, l := stopping(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, err := io.ReadAll(r.Body)
			cut <- err
		}), log)
		conn := l.dial()
		if _, err := io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"); err != nil {
			t.Fatal(err)
		}
		go func() { _, _ = io.Copy(io.Discard, conn) }() // until it is cut
		began := time.Now()
		if err := a.Stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
		if took := time.Since(began); took > drainWithin {
			t.Errorf("stopped after %v, want %v", took, drainWithin)
		}
		if err := <-cut; err == nil {
			t.Error("the request was taken for whole")
		}
		if !strings.Contains(log.String(), "cut off") {
			t.Errorf("log %q", log)
		}
	})
}

// So does a command that is still under way: whoever asks for a stop gets it.
func TestStopCutsCommands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _ := stopping(http.NotFoundHandler(), io.Discard)
		a.inbound = []inbound{busy{}}
		began := time.Now()
		if err := a.Stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
		if took := time.Since(began); took > stopWithin {
			t.Errorf("stopped after %v, want %v", took, stopWithin)
		}
	})
}
