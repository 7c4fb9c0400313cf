package redistest

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	// endLimit is how long a process may take to end after a signal.
	endLimit = 20 * time.Second
	// signalPause is between two signals.
	signalPause = 300 * time.Millisecond
)

// process is one Redis that runs.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{} // closed once it is gone, its children too
}

// launch starts Redis in a process group of its own, until end.
func launch(log *logbook, args ...string) (*process, error) {
	cmd := exec.CommandContext(context.Background(), program, args...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = ownGroup()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	p := &process{cmd: cmd, ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		_ = cmd.Wait() // how it ended is in the log
	}()
	return p, nil
}

// end sends a signal to the whole group until the process is gone: a Redis that
// is about to write its first append-only file forgets that it was told to end.
func (p *process) end(sig syscall.Signal) error {
	deadline := time.NewTimer(endLimit)
	defer deadline.Stop()
	again := time.NewTicker(signalPause)
	defer again.Stop()
	for !p.gone() { // then its number may be another's
		_ = syscall.Kill(-p.cmd.Process.Pid, sig) // just gone: nothing to end
		select {
		case <-p.ended:
		case <-again.C:
		case <-deadline.C:
			return fmt.Errorf("still runs %v after %v", endLimit, sig)
		}
	}
	return nil
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

// logbook keeps what a server wrote, over its restarts.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// shownLog is how much of a log is shown.
const shownLog = 4 << 10

// newLogbook returns a logbook whose end is shown when the test fails.
func newLogbook(tb testing.TB, name func() string) *logbook {
	l := &logbook{}
	tb.Cleanup(func() {
		if tb.Failed() {
			tb.Logf("log of %s, its end:\n%s", name(), l.tail())
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

func (l *logbook) tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := l.text.String()
	return text[max(0, len(text)-shownLog):]
}
