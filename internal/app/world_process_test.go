package app_test

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

// process is one program that runs. What it wrote is shown when the test fails.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{} // closed once it is gone
	err   error         // how it ended; to be read after ended
}

// launch starts a program of ours in a process group of its own, until end. A
// nil out is the log too.
func launch(name string, args, env []string, out io.Writer, log *logbook) (*process, error) {
	if out == nil {
		out = log
	}
	cmd := exec.Command(filepath.Join(programs, name), args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = env, out, log
	cmd.SysProcAttr = ownGroup()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p := &process{cmd: cmd, ended: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// end sends a signal to the whole group and waits until the process is gone.
func (p *process) end(sig syscall.Signal, within time.Duration) error {
	_ = syscall.Kill(-p.cmd.Process.Pid, sig) // already gone: nothing to end
	select {
	case <-p.ended:
		return nil
	case <-time.After(within):
		return fmt.Errorf("%s still runs %v after %v", p.cmd.Path, within, sig)
	}
}

// gone reports whether the process has ended.
func (p *process) gone() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// foreign is our environment without Roomkeeper's own variables.
func foreign() []string {
	var out []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "ROOMKEEPER_") {
			out = append(out, v)
		}
	}
	return out
}

// logbook keeps what a program wrote, over its restarts.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// newLogbook returns a logbook that is shown when the test fails.
func newLogbook(t *testing.T, name string) *logbook {
	l := &logbook{}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("log of the %s, its end:\n%s", name, l.tail(16<<10))
		}
	})
	return l
}

// Write implements io.Writer.
func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String is all that was written.
func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *logbook) tail(n int) string {
	text := l.String()
	return text[max(0, len(text)-n):]
}
