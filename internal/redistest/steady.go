package redistest

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// steadyTries is how often a try is made on a machine that stands still again and again.
	steadyTries = 10
	// stoodStill is a pause of the machine that may spoil a try.
	stoodStill = 50 * time.Millisecond
	// probeRest is between two looks at whether it does.
	probeRest = 5 * time.Millisecond
)

// Steady makes a try that asks something of real time, which only a machine that keeps
// up can give: one that fails while the machine stood still is made again. Any other
// failure ends the test, and so do too many in a row.
func Steady(tb testing.TB, try func() error) {
	tb.Helper()
	probe := Start(tb, Options{}).Client()
	var err error
	for range steadyTries {
		var pause time.Duration
		pause, err = watched(probe, try)
		switch {
		case err == nil:
			return
		case pause < stoodStill:
			tb.Fatal(err)
		}
		tb.Logf("spoilt by a pause of %v: %v", pause.Round(time.Millisecond), err)
	}
	tb.Fatalf("%d times: %v", steadyTries, err)
}

// watched makes a try and tells the longest pause meanwhile; a try may end the test.
func watched(probe *redis.Client, try func() error) (pause time.Duration, err error) {
	stop := watchPauses(probe)
	defer func() { pause = stop() }()
	return 0, try()
}

// watchPauses looks for pauses until stop, which returns the longest: of this process,
// or of the one that probe asks.
func watchPauses(probe *redis.Client) (stop func() time.Duration) {
	stopped, longest := make(chan struct{}), make(chan time.Duration)
	go func() {
		pause := time.Duration(0)
		tick := time.NewTimer(0)
		defer tick.Stop()
		for {
			select {
			case <-stopped:
				longest <- pause
				return
			case <-tick.C:
			}
			began := time.Now()
			tick.Reset(probeRest)
			_ = probe.Ping(context.Background()).Err() // how long it takes is what counts
			<-tick.C
			pause = max(pause, time.Since(began)-probeRest)
			tick.Reset(0)
		}
	}()
	return func() time.Duration {
		close(stopped)
		return <-longest
	}
}
