package stage

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"sync"
	"time"
)

// Trace is how far one call came. The log of calls fills it in, Method and Time aside.
type Trace struct {
	Seq      int       `json:"seq"` // 1, 2, 3, … in order of arrival
	Time     time.Time `json:"time"`
	Method   string    `json:"method"`
	Executed bool      `json:"executed"` // the method ran, whatever became of its answer
	Answered bool      `json:"answered"` // an answer was written, perhaps a broken one
	Status   int       `json:"status"`   // HTTP status; 0: none sent
	OK       bool      `json:"ok"`
	Fault    string    `json:"fault,omitempty"` // kind of the fault that was put in
}

// Count is how far the calls of a method came.
type Count struct {
	Arrived  int `json:"arrived"`
	Executed int `json:"executed"`
	Answered int `json:"answered"`
	Gone     int `json:"gone"`    // dropped: the client went away while a gate held the call before its execution
	Limited  int `json:"limited"` // answered with HTTP 429
}

// Phases of a call that Wait waits for.
const (
	PhaseArrived  = "arrived"
	PhaseExecuted = "executed"
	PhaseAnswered = "answered"
	PhaseGone     = "gone" // see Count.Gone
)

// calls is the log of calls of one stage; E is an entry, trace finds the Trace in it.
type calls[E any] struct {
	kept  int // how many entries are held; older ones are forgotten
	trace func(*E) *Trace

	mu      sync.Mutex
	seq     int
	entries []*E
	counts  map[string]Count
	changed Signal
}

// arrive puts a call into the log. The returned entry is changed only by the log.
func (l *calls[E]) arrive(e E) *E {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq++
	t := l.trace(&e)
	t.Seq = l.seq
	if len(l.entries) >= l.kept {
		l.entries = append([]*E(nil), l.entries[l.kept/10:]...)
	}
	l.entries = append(l.entries, &e)
	l.count(t.Method, func(n *Count) { n.Arrived++ })
	return &e
}

// note changes an entry, and the count of its method.
func (l *calls[E]) note(e *E, change func(*Trace), count func(*Count)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.trace(e)
	change(t)
	l.count(t.Method, count)
}

func (l *calls[E]) count(method string, change func(*Count)) {
	c := l.counts[method]
	change(&c)
	l.counts[method] = c
	l.changed.Touch()
}

// answered logs an answer; fill adds what only the platform's entry has.
func (l *calls[E]) answered(e *E, status int, ok bool, fill func(*E)) {
	l.note(e, func(t *Trace) {
		t.Answered, t.Status, t.OK = true, status, ok
		fill(e)
	}, func(n *Count) {
		n.Answered++
		if status == http.StatusTooManyRequests {
			n.Limited++
		}
	})
}

// Calls returns the calls after the one numbered since, of one method or ("") of all. What is in them is not to be
// changed.
func (l *calls[E]) Calls(since int, method string) []E {
	l.mu.Lock()
	defer l.mu.Unlock()
	found := []E{}
	for _, e := range l.entries {
		if t := l.trace(e); t.Seq > since && (method == "" || t.Method == method) {
			found = append(found, *e)
		}
	}
	return found
}

// Counts returns how often each method was called since the start or ResetCounts.
func (l *calls[E]) Counts() map[string]Count {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.counts)
}

// ResetCounts sets all counts to zero. The log of calls stays.
func (l *calls[E]) ResetCounts() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts = map[string]Count{}
}

// Wait returns once n calls of a method (since the start or ResetCounts) have reached a phase, or with ctx's error.
func (l *calls[E]) Wait(ctx context.Context, method, phase string, n int) error {
	for {
		l.mu.Lock()
		count, changed := l.counts[method], l.changed.Changed()
		l.mu.Unlock()
		reached := map[string]int{PhaseArrived: count.Arrived, PhaseExecuted: count.Executed, PhaseAnswered: count.Answered, PhaseGone: count.Gone}
		have, known := reached[phase]
		if !known {
			return fmt.Errorf("unknown phase %q", phase)
		}
		if have >= n {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%d of %d calls of %s %s: %w", have, n, method, phase, ctx.Err())
		}
	}
}
