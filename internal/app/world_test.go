package app_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// programs is the folder of the two programs under test; TestMain sets it.
var programs string

// TestMain builds the connector and the sandbox; every test runs them as
// processes of their own.
func TestMain(m *testing.M) {
	code, err := withPrograms(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func withPrograms(run func() int) (code int, err error) {
	programs, err = os.MkdirTemp("", "roomkeeper-e2e-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(programs)) }()
	build := exec.Command("go", "build", "-o", programs+string(filepath.Separator), "./cmd/connector", "./sandbox/cmd/sandbox")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("build: %w\n%s", err, out)
	}
	return run(), nil
}

// world is a sandbox and a connector, each a process, and what joins them.
type world struct {
	*sandbox
	*service
}

// startWorld starts a world of that many people and accounts, with a fresh
// store, and waits until the connector is ready. env are more variables of the
// connector, "ROOMKEEPER_…=…"; they win over the usual ones.
func startWorld(t *testing.T, people, records int, env ...string) *world {
	t.Helper()
	addr := freeAddr(t)
	sb := startSandbox(t, people, records, "http://"+addr)
	w := &world{sandbox: sb, service: startConnector(t, sb, addr, t.TempDir(), env...)}
	w.waitReady(t)
	return w
}

// patience is how long a condition may take to come true.
const patience = 90 * time.Second

// eventually waits until check returns nil, and fails the test with its last
// error when it does not in time.
func eventually(t *testing.T, within time.Duration, what string, check func() error) {
	t.Helper()
	if err := await(within, check); err != nil {
		t.Fatalf("%s: not within %v: %v", what, within, err)
	}
}

// await is eventually for any goroutine: it returns the last error.
func await(within time.Duration, check func() error) error {
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

// freeAddr finds a loopback address below the range that systems give to
// outgoing connections, so that nobody takes it while its owner restarts.
func freeAddr(t *testing.T) string {
	t.Helper()
	for range 100 {
		addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(15000+rand.N(15000)))
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
