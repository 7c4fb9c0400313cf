package world

import (
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
	"time"
)

// World is a sandbox and a connector, each a process, and what joins them.
type World struct {
	*Sandbox
	*Service
}

// Start starts a world of that many people and accounts, with a fresh
// store, and waits until the connector is ready. env are more variables of the
// connector, "ROOMKEEPER_…=…"; they win over the usual ones.
func Start(t testing.TB, p Platform, people, records int, env ...string) *World {
	t.Helper()
	addr := FreeAddr(t)
	sb := StartSandbox(t, p, people, records, "http://"+addr)
	w := &World{Sandbox: sb, Service: StartConnector(t, sb, addr, t.TempDir(), env...)}
	w.WaitReady(t)
	return w
}

// Patience is how long a condition may take to come true.
const Patience = 90 * time.Second

// Eventually waits until check returns nil, and fails the test with its last
// error when it does not in time.
func Eventually(t testing.TB, within time.Duration, what string, check func() error) {
	t.Helper()
	if err := Await(within, check); err != nil {
		t.Fatalf("%s: not within %v: %v", what, within, err)
	}
}

// Await is eventually for any goroutine: it returns the last error.
func Await(within time.Duration, check func() error) error {
	deadline := time.NewTimer(within)
	defer deadline.Stop()
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	for {
		err := check()
		if err == nil {
			return nil
		}
		select {
		case <-deadline.C:
			return err
		case <-tick.C:
		}
	}
}

// FreeAddr finds a loopback address below the range that systems give to
// outgoing connections, so that nobody takes it while its owner restarts. Until
// the test ends the same port of UDP is taken, which tells other tests, of other
// processes too, that the address is somebody's.
func FreeAddr(t testing.TB) string {
	t.Helper()
	for range 100 {
		addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(15000+rand.N(15000)))
		reserved, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", addr)
		if err != nil {
			continue
		}
		t.Cleanup(func() { _ = reserved.Close() })
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", addr)
		if err != nil {
			continue
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		return addr
	}
	t.Fatal("no free port")
	return ""
}
