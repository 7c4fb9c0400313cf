package redistest

import (
	"errors"
	"testing"
	"time"
)

const (
	// patience is how long a condition may take to come true on a busy machine.
	patience = 60 * time.Second
	// pause is between two looks at a condition.
	pause = 20 * time.Millisecond
)

// errGone ends every wait for a process: it has ended.
var errGone = errors.New("the process ended")

// eventually waits until check returns nil, and ends the test with its last
// error when it does not in time.
func eventually(tb testing.TB, what string, check func() error) {
	tb.Helper()
	if err := await(check); err != nil {
		tb.Fatalf("redistest: %s: %v", what, err)
	}
}

// await waits until check returns nil. It returns the last error when it is
// errGone or patience is over.
func await(check func() error) error {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		err := check()
		if err == nil || errors.Is(err, errGone) {
			return err
		}
		select {
		case <-deadline.C:
			return err
		case <-tick.C:
		}
	}
}
