package app

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"roomkeeper/connector"
)

// handing is a Queue that hands out leases and notes how they were finished.
type handing struct {
	connector.Queue
	leases chan connector.Lease

	mu       sync.Mutex
	err      error
	finished []connector.RunEnd
}

func (q *handing) Take(ctx context.Context) (connector.Lease, error) {
	select {
	case lease := <-q.leases:
		return lease, nil
	case <-ctx.Done():
		return connector.Lease{}, ctx.Err()
	}
}

func (q *handing) Finish(ctx context.Context, _ connector.Lease, end connector.RunEnd) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.finished = append(q.finished, end)
	return errors.Join(ctx.Err(), q.err)
}

// ran is a lane whose runs are a function.
type ran func(ctx context.Context) connector.RunEnd

func (f ran) Run(ctx context.Context, _ connector.Lease) connector.RunEnd { return f(ctx) }

// working starts workers whose runs are lane; stop ends them. The log and the
// told tags may be read after that.
func working(t *testing.T, lane ran) (q *handing, told, logged *bytes.Buffer, stop func()) {
	t.Helper()
	q, told, logged = &handing{leases: make(chan connector.Lease)}, &bytes.Buffer{}, &bytes.Buffer{}
	w := workers{
		queue: q, lanes: map[connector.Lane]runner{connector.LaneGroup: lane},
		told: func(_ context.Context, tags []string, _ bool) { told.WriteString(strings.Join(tags, " ")) },
		log:  slog.New(slog.NewTextHandler(logged, nil)),
	}
	w.start(t.Context())
	return q, told, logged, func() {
		t.Helper()
		if err := w.stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func leaseOf(urgent bool, lost <-chan struct{}) connector.Lease {
	return connector.Lease{
		Key: connector.JobKey{Lane: connector.LaneGroup, Group: "g"}, Attempt: 1, Urgent: urgent, Tags: []string{"s1"}, Token: "t", Lost: lost,
	}
}

// A run whose lease is lost is stopped and finished. Its Sweeps are told by
// whoever runs the key instead.
func TestLostLeaseStopsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var cause error
		q, told, logged, stop := working(t, func(ctx context.Context) connector.RunEnd {
			<-ctx.Done()
			cause = context.Cause(ctx)
			return connector.RunEnd{Outcome: connector.RunRetry, Told: true}
		})
		q.err = connector.ErrLeaseLost
		lost := make(chan struct{})
		q.leases <- leaseOf(false, lost)
		synctest.Wait()
		if len(q.finished) > 0 {
			t.Fatal("the run ended while it had its lease")
		}
		close(lost)
		synctest.Wait()
		stop()
		if !errors.Is(cause, connector.ErrLeaseLost) {
			t.Errorf("the run ended with %v", cause)
		}
		if len(q.finished) != 1 || told.Len() > 0 {
			t.Errorf("finished %+v, told %q", q.finished, told)
		}
		if strings.Contains(logged.String(), "ERROR") || strings.Contains(logged.String(), "WARN") {
			t.Errorf("logged %s", logged)
		}
	})
}

// A lease that is lost at the very end counts as lost, whatever the run did.
func TestLeaseLostAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lost := make(chan struct{})
		q, told, _, stop := working(t, func(context.Context) connector.RunEnd {
			close(lost)
			return connector.RunEnd{Outcome: connector.RunDone, Told: true}
		})
		q.leases <- leaseOf(false, lost)
		synctest.Wait()
		stop()
		if len(q.finished) != 1 || told.Len() > 0 {
			t.Errorf("finished %+v, told %q", q.finished, told)
		}
	})
}

// A lease that is kept, or cannot be lost, leaves the run alone; nothing of it
// is left running.
func TestKeptLease(t *testing.T) {
	for name, lost := range map[string]chan struct{}{"kept": make(chan struct{}), "cannot be lost": nil} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var urgent []bool
				q, told, _, stop := working(t, func(ctx context.Context) connector.RunEnd {
					urgent = append(urgent, connector.Urgent(ctx))
					return connector.RunEnd{Outcome: connector.RunDone, Told: ctx.Err() == nil}
				})
				q.leases <- leaseOf(true, lost)
				synctest.Wait()
				q.leases <- leaseOf(false, lost)
				synctest.Wait()
				stop()
				if len(q.finished) != 2 || told.String() != "s1s1" {
					t.Errorf("finished %+v, told %q", q.finished, told)
				}
				if len(urgent) != 2 || !urgent[0] || urgent[1] {
					t.Errorf("urgent %v, want that of the lease", urgent)
				}
			})
		})
	}
}
