package bolt

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.etcd.io/bbolt"

	"roomkeeper/connector"
)

func openTest(t testing.TB, clock func() time.Time) *Engine {
	t.Helper()
	e, err := Open(filepath.Join(t.TempDir(), "roomkeeper.db"), Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return e
}

// together hands requests to the committer as one group.
func together(s *store, writes ...func(*batch) error) (errs []error) {
	var group []*request
	for _, write := range writes {
		group = append(group, &request{write: write, done: make(chan struct{})})
	}
	s.commit(group)
	for _, r := range group {
		<-r.done
		errs = append(errs, r.err)
	}
	return errs
}

func TestFailedWriteDoesNotSpoilTheOthers(t *testing.T) {
	s := openTest(t, nil).store
	refused := errors.New("refused")
	mark := func(name string) func(*batch) error {
		return func(b *batch) error { return put(b, bucketMarks, name, name) }
	}
	errs := together(s,
		mark("first"),
		func(*batch) error { return refused },
		func(b *batch) error { return errors.Join(mark("spoiled")(b), refused) },
		mark("middle"),
		func(b *batch) error {
			return errors.Join(mark("first")(b), put(b, bucketMarks, "first", "spoiled"), refused)
		},
		func(b *batch) error { return put(b, bucketMarks, "", "no key") },
		mark("last"))
	for i, want := range []error{nil, refused, refused, nil, refused, connector.ErrInvalid, nil} {
		if !errors.Is(errs[i], want) {
			t.Errorf("write %d: %v, want %v", i, errs[i], want)
		}
	}
	for name, want := range map[string]string{"first": "first", "middle": "middle", "last": "last", "spoiled": ""} {
		got, err := (marks{s}).Mark(t.Context(), name)
		if err != nil || got != want {
			t.Errorf("mark %s is %q (%v), want %q", name, got, err, want)
		}
	}
}

// An Accept that shares its transaction with a write that spoils it runs
// twice and counts once.
func TestAcceptBesideSpoiledWrite(t *testing.T) {
	s := openTest(t, nil).store
	var callers sync.WaitGroup
	queued := func(n int) {
		for len(s.requests) < n {
			runtime.Gosched()
		}
	}
	busy := make(chan struct{})
	release := make(chan struct{})
	callers.Go(func() {
		err := s.update(t.Context(), func(*batch) error {
			close(busy)
			<-release
			return nil
		})
		if err != nil {
			t.Errorf("the write before: %v", err)
		}
	})
	<-busy
	callers.Go(func() {
		fresh, err := inbox{s}.Accept(t.Context(), connector.Intake{ID: "e1", Group: "g1"})
		if err != nil || fresh != 1 {
			t.Errorf("%d were new, %v, want 1", fresh, err)
		}
	})
	queued(1)
	refused := errors.New("refused")
	callers.Go(func() {
		err := s.update(t.Context(), func(b *batch) error {
			return errors.Join(put(b, bucketMarks, "spoiled", "x"), refused)
		})
		if !errors.Is(err, refused) {
			t.Errorf("the spoiling write: %v", err)
		}
	})
	queued(2)
	close(release)
	callers.Wait()
}

// The end of a run and what is added around it meet in one transaction.
func TestQueueWithinOneTransaction(t *testing.T) {
	s := openTest(t, nil).store
	q := queue{s}
	key := connector.JobKey{Lane: connector.LaneGroup, Group: "g1"}
	add := func(tag string) func(*batch) error {
		return func(b *batch) error { return s.addJobs(b, []connector.Job{{Key: key, Tags: []string{tag}}}) }
	}
	take := func() connector.Lease {
		t.Helper()
		lease, err := q.Take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return lease
	}
	end := func(lease connector.Lease) func(*batch) error {
		return func(b *batch) error { return s.finish(b, lease, connector.RunEnd{Outcome: connector.RunDone}) }
	}
	check := func(errs []error, want ...error) {
		t.Helper()
		for i := range want {
			if !errors.Is(errs[i], want[i]) {
				t.Fatalf("write %d: %v, want %v", i, errs[i], want[i])
			}
		}
	}
	check(together(s, add("a"), add("b")), nil, nil)
	run := take()
	check(together(s, add("c"), end(run), add("d"), end(run)), nil, nil, nil, connector.ErrLeaseLost)
	run = take()
	if got := fmt.Sprint(run.Tags); got != "[c d]" {
		t.Fatalf("the run after has the tags %s, want [c d]", got)
	}
	check(together(s, end(run), add("e")), nil, nil)
	run = take()
	if got := fmt.Sprint(run.Tags); got != "[e]" {
		t.Fatalf("the next run has the tags %s, want [e]", got)
	}
	check(together(s, end(run)), nil)
	if d := s.jobs.depth(); d.Waiting+d.Running != 0 {
		t.Fatalf("left over: %+v", d)
	}
}

// A run that is chosen while an Add is being written is followed by another.
func TestTakeDuringAdd(t *testing.T) {
	s := openTest(t, nil).store
	q := queue{s}
	job := connector.Job{Key: connector.JobKey{Lane: connector.LaneGroup, Group: "g1"}}
	if err := q.Add(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	var run connector.Lease
	err := s.update(t.Context(), func(b *batch) (err error) {
		if err := s.addJobs(b, []connector.Job{job}); err != nil {
			return err
		}
		run, err = q.Take(t.Context())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Finish(t.Context(), run, connector.RunEnd{Outcome: connector.RunDone}); err != nil {
		t.Fatal(err)
	}
	if d := s.jobs.depth(); d.Waiting != 1 || d.Running != 0 {
		t.Fatalf("after the run: %+v, want one that waits", d)
	}
}

// When the end of a run cannot be written the run is repeated later.
func TestFinishWhileStoreIsAway(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s := openTest(t, func() time.Time { return now }).store
	q := queue{s}
	if err := q.Add(t.Context(), connector.Job{Key: connector.JobKey{Lane: connector.LaneGroup, Group: "g1"}}); err != nil {
		t.Fatal(err)
	}
	run, err := q.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := &request{
		write: func(*batch) error { return nil },
		away:  func() { s.jobs.release(run.Key, now.Add(awayDelay)) },
	}
	s.fail([]*request{r}, errors.New("no space left"))
	if !errors.Is(r.err, connector.ErrStoreAway) {
		t.Fatalf("answered %v", r.err)
	}
	if err := q.Finish(t.Context(), run, connector.RunEnd{Outcome: connector.RunDone}); !errors.Is(err, connector.ErrLeaseLost) {
		t.Fatalf("finish after release: %v", err)
	}
	if d := s.jobs.depth(); d.Waiting != 1 || !d.Oldest.IsZero() {
		t.Fatalf("released as %+v, want one that is delayed", d)
	}
	now = now.Add(awayDelay)
	if again, err := q.Take(t.Context()); err != nil || again.Attempt != run.Attempt {
		t.Fatalf("repeated as %+v, %v", again, err)
	}
}

// What a failed commit left in the file is not forgotten by the schedule.
func TestFailedCommitThatIsVisible(t *testing.T) {
	s := openTest(t, nil).store
	key := connector.JobKey{Lane: connector.LaneGroup, Group: "g1"}
	err := s.db.Update(func(tx *bbolt.Tx) error {
		b := &batch{tx: tx, keys: map[connector.JobKey]change{}}
		return s.addJobs(b, []connector.Job{{Key: key}})
	})
	if err != nil {
		t.Fatal(err)
	}
	s.fail(nil, errors.New("fsync failed"))
	run, err := (queue{s}).Take(t.Context())
	if err != nil || run.Key != key {
		t.Fatalf("took %+v, %v", run, err)
	}
}

// Take wakes up by itself when a delay is over, to the moment.
func TestTakeWakesWhenDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := openTest(t, time.Now)
		q := e.Ports().Queue
		begin := time.Now()
		for i := range 3 {
			job := connector.Job{
				Key:   connector.JobKey{Lane: connector.LaneGroup, Group: connector.GroupID(fmt.Sprint("g", i))},
				Delay: time.Duration(3-i) * time.Hour,
			}
			if err := q.Add(t.Context(), job); err != nil {
				t.Fatal(err)
			}
		}
		var takers sync.WaitGroup
		for range 3 {
			takers.Go(func() {
				lease, err := q.Take(t.Context())
				if err != nil {
					t.Errorf("take: %v", err)
				}
				want := map[connector.GroupID]time.Duration{"g0": 3 * time.Hour, "g1": 2 * time.Hour, "g2": time.Hour}[lease.Key.Group]
				if got := time.Since(begin); got != want {
					t.Errorf("%s was taken after %s, want %s", lease.Key.Group, got, want)
				}
			})
		}
		takers.Wait()
	})
}

func TestKeysAreDistinct(t *testing.T) {
	seen := map[string][]string{}
	for _, parts := range [][]string{
		{"a", "b"}, {"ab"}, {"a\x00\x01b"}, {"a\x00", "b"}, {"a", "\x00b"}, {"a", "b", ""}, {"", "a", "b"}, {"a\x00\xff", "b"},
	} {
		key := keyOf(parts...)
		if other, ok := seen[key]; ok {
			t.Errorf("%q and %q have the same key", parts, other)
		}
		seen[key] = parts
	}
}
