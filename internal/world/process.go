package world

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Process is one program that runs. What it wrote is shown when the test fails.
type Process struct {
	Cmd   *exec.Cmd
	Ended chan struct{} // closed once it is gone
	err   error         // how it ended; to be read after ended
}

// Launch starts a program of ours in a process group of its own, until end. A
// nil out is the log too.
func Launch(name string, args, env []string, out io.Writer, log *Logbook) (*Process, error) {
	if out == nil {
		out = log
	}
	cmd := exec.Command(filepath.Join(os.Getenv(programsAt), name), args...) //nolint:noctx // our own program; End ends it
	cmd.Env, cmd.Stdout, cmd.Stderr = env, out, log
	cmd.SysProcAttr = ownGroup()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p := &Process{Cmd: cmd, Ended: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.Ended)
	}()
	return p, nil
}

// End sends a signal to the whole group and waits until the process is gone.
func (p *Process) End(sig syscall.Signal, within time.Duration) error {
	_ = syscall.Kill(-p.Cmd.Process.Pid, sig) // already gone: nothing to end
	select {
	case <-p.Ended:
		return nil
	case <-time.After(within):
		return fmt.Errorf("%s still runs %v after %v", p.Cmd.Path, within, sig)
	}
}

// Gone reports whether the process has ended.
func (p *Process) Gone() bool {
	select {
	case <-p.Ended:
		return true
	default:
		return false
	}
}

// Foreign is our environment without Roomkeeper's own variables.
func Foreign() []string {
	var out []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "ROOMKEEPER_") {
			out = append(out, v)
		}
	}
	return out
}

// Logbook keeps what a program wrote, over its restarts.
type Logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// newLogbook returns a logbook that is shown when the test fails.
func newLogbook(t testing.TB, name string) *Logbook {
	l := &Logbook{}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("log of the %s, its end:\n%s", name, l.Tail(16<<10))
		}
	})
	return l
}

// Write implements io.Writer.
func (l *Logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String is all that was written.
func (l *Logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Tail is the last n bytes of what was written, or all of it.
func (l *Logbook) Tail(n int) string {
	text := l.String()
	return text[max(0, len(text)-n):]
}
