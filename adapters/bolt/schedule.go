package bolt

import (
	"container/heap"
	"context"
	"crypto/rand"
	"slices"
	"strconv"
	"sync"
	"time"

	"roomkeeper/connector"
)

// schedule decides in memory which entry of the queue runs next. The committer
// changes it after each commit; takers lease from it without writing.
type schedule struct {
	now func() time.Time

	mu    sync.Mutex
	items map[connector.JobKey]*item
	// delayed is ordered by due time, ready by urgency and then due time.
	delayed, ready queueHeap
	// changed is closed, and replaced, when an entry may have become due.
	changed chan struct{}
	closed  bool
	// opening tells the leases of this process from those of an earlier one.
	opening string
	leases  uint64
}

// item is an entry in memory: in one of the heaps, or running.
type item struct {
	entry
	in    *queueHeap
	place int
	// lease is nil unless a run is on; ran is the entry's version when it began.
	lease *connector.Lease
	ran   uint64
}

// change is what a commit means for one key; a nil entry is gone.
type change struct {
	entry *entry
	// ended: the run that was on is over.
	ended bool
}

func newSchedule(now func() time.Time) *schedule {
	return &schedule{
		now:     now,
		items:   map[connector.JobKey]*item{},
		delayed: queueHeap{less: byDue},
		ready:   queueHeap{less: byUrgency},
		changed: make(chan struct{}),
		opening: rand.Text(),
	}
}

// apply takes over what was committed, as one step.
func (s *schedule) apply(changes map[connector.JobKey]change) {
	if len(changes) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, c := range changes {
		it := s.items[key]
		if it == nil {
			it = &item{}
			s.items[key] = it
		}
		if c.ended {
			it.lease = nil
		}
		s.withdraw(it)
		if c.entry == nil {
			delete(s.items, key)
			continue
		}
		it.entry = *c.entry
		if it.lease == nil {
			s.push(it, &s.delayed)
		}
	}
	s.wake()
}

// adopt takes over what the file shows, except for the keys that are running:
// the end of a run reads the file anyway.
func (s *schedule) adopt(entries []entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range entries {
		it := s.items[e.Key]
		if it == nil {
			it = &item{}
			s.items[e.Key] = it
		}
		if it.lease != nil || it.Version == e.Version {
			continue
		}
		s.withdraw(it)
		it.entry = e
		s.push(it, &s.delayed)
	}
	s.wake()
}

// running returns the lease of a key and the version of the entry that it runs.
func (s *schedule) running(key connector.JobKey) (lease connector.Lease, ran uint64, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := s.items[key]
	if it == nil || it.lease == nil {
		return connector.Lease{}, 0, false
	}
	return *it.lease, it.ran, true
}

// release ends a run whose end could not be stored; it runs again at due.
func (s *schedule) release(key connector.JobKey, due time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := s.items[key]
	if it == nil || it.lease == nil {
		return
	}
	it.lease = nil
	it.Due, it.Backoff = due, true
	s.push(it, &s.delayed)
	s.wake()
}

// take blocks until an entry is due and leases it.
func (s *schedule) take(ctx context.Context) (connector.Lease, error) {
	for {
		if err := ctx.Err(); err != nil {
			return connector.Lease{}, err
		}
		lease, wait, changed, err := s.tryTake()
		if err != nil || lease.Token != "" {
			return lease, err
		}
		if err := await(ctx, wait, changed); err != nil {
			return connector.Lease{}, err
		}
	}
}

// await returns when wait is over (0: never), changed is closed, or ctx ends.
func await(ctx context.Context, wait time.Duration, changed <-chan struct{}) error {
	var due <-chan time.Time
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-changed:
	case <-due:
	}
	return nil
}

// tryTake leases the first due entry; without one it returns how long until
// there is one (0: none waits) and what tells of a change before that.
func (s *schedule) tryTake() (lease connector.Lease, wait time.Duration, changed <-chan struct{}, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return lease, 0, nil, errClosed
	}
	now := s.now()
	s.promote(now)
	if s.ready.Len() == 0 {
		if s.delayed.Len() > 0 {
			wait = max(s.delayed.items[0].Due.Sub(now), 1)
		}
		return lease, wait, s.changed, nil
	}
	it := s.ready.items[0]
	s.withdraw(it)
	s.leases++
	it.ran = it.Version
	it.lease = &connector.Lease{
		Key: it.Key, Attempt: it.Attempt + 1, Urgent: it.Urgent, Tags: slices.Clone(it.Tags),
		Token: s.opening + "-" + strconv.FormatUint(s.leases, 10),
	}
	return *it.lease, 0, nil, nil
}

// depth reports what waits.
func (s *schedule) depth() connector.QueueDepth {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.promote(s.now())
	waiting := s.ready.Len() + s.delayed.Len()
	d := connector.QueueDepth{Waiting: waiting, Running: len(s.items) - waiting}
	for _, it := range s.ready.items {
		if d.Oldest.IsZero() || it.Due.Before(d.Oldest) {
			d.Oldest = it.Due
		}
	}
	return d
}

// close ends every take, now and later.
func (s *schedule) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.wake()
}

// The rest is called with mu held.

// promote moves what has become due to the ready ones.
func (s *schedule) promote(now time.Time) {
	for s.delayed.Len() > 0 && !s.delayed.items[0].Due.After(now) {
		it := s.delayed.items[0]
		s.withdraw(it)
		s.push(it, &s.ready)
	}
}

func (s *schedule) push(it *item, to *queueHeap) {
	it.in = to
	heap.Push(to, it)
}

func (s *schedule) withdraw(it *item) {
	if it.in == nil {
		return
	}
	heap.Remove(it.in, it.place)
	it.in = nil
}

func (s *schedule) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}
