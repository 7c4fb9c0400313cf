package app_test

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// delivered is how a load went.
type delivered struct {
	took []time.Duration
	gone time.Duration
}

// load does n things, numbered from 1, by benchConnections callers.
func load(b *testing.B, n int, do func(i int) error) delivered {
	b.Helper()
	var (
		next    atomic.Int64
		workers sync.WaitGroup
		mu      sync.Mutex
		all     delivered
		failed  error
	)
	began := time.Now()
	for range benchConnections {
		workers.Go(func() {
			var mine []time.Duration
			var err error
			for i := next.Add(1); i <= int64(n) && err == nil; i = next.Add(1) {
				start := time.Now()
				err = do(int(i))
				mine = append(mine, time.Since(start))
			}
			mu.Lock()
			defer mu.Unlock()
			all.took, failed = append(all.took, mine...), errors.Join(failed, err)
		})
	}
	workers.Wait()
	all.gone = time.Since(began)
	if failed != nil {
		b.Fatal(failed)
	}
	return all
}

// add counts a further load of the same kind.
func (d *delivered) add(more delivered) {
	d.took, d.gone = append(d.took, more.took...), d.gone+more.gone
}

// rate is how many a second.
func (d delivered) rate() float64 { return float64(len(d.took)) / d.gone.Seconds() }

// report reports rate and p99 under a name.
func (d delivered) report(b *testing.B, name string) {
	b.Helper()
	b.ReportMetric(d.rate(), name+"/s")
	b.ReportMetric(millis(part(d.took, 0.99)), name+"-p99-ms")
}

// part is the time that a share of all is within; 0.5 is the median.
func part(took []time.Duration, share float64) time.Duration {
	sorted := slices.Sorted(slices.Values(took))
	return sorted[min(int(float64(len(sorted))*share), len(sorted)-1)]
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// reportTimes reports median and p99 of times under a name.
func reportTimes(b *testing.B, name string, took []time.Duration) {
	b.Helper()
	b.ReportMetric(millis(part(took, 0.5)), name+"-median-ms")
	b.ReportMetric(millis(part(took, 0.99)), name+"-p99-ms")
}

// linger lets a time pass, so that what is measured next meets an engine at
// rest, at no particular moment of its rest.
func linger(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	<-timer.C
}
