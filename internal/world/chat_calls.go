package world

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Moments at which a call is spoilt or held: before it is executed, when half
// of it was, after it.
const (
	Before = "before"
	During = "during"
	After  = "after"
)

// PhaseAnswered is the phase of a call whose answer was sent.
const PhaseAnswered = "answered"

// What a fault does.
const (
	FaultCut    = "cut"    // no answer, or half of one
	FaultDelay  = "delay"  // Seconds pass
	FaultHang   = "hang"   // no answer until the client gives up
	FaultStatus = "status" // an HTTP Status; 429 with RetryAfter is a rate limit
)

// Fault spoils calls.
type Fault struct {
	Verb Verb
	// When is a moment; "" is Before. Kind is one of the Fault… kinds.
	When, Kind string
	// Status and RetryAfter, in seconds, are of FaultStatus.
	Status, RetryAfter int
	Seconds            float64
	// Times is how often it strikes, 0 means 1, -1 until it is removed.
	Times int
	// Probability is that of striking a call; 0 means 1.
	Probability float64
	// Struck is how often it has struck.
	Struck int
}

// Gate holds calls before or after they are executed.
type Gate struct {
	Verb Verb
	When string
	// Times is how many calls it holds, 0 means 1, -1 all until it is released.
	Times int
	// Late: a call that is held before is executed although its sender is dead.
	Late bool
}

// Call is one request of the connector's.
type Call struct {
	Method string
	Args   map[string]string
	// Executed: it was carried out, whatever became of its answer.
	Executed bool
	// Answered: an answer was written, perhaps a broken one.
	Answered bool
	// Fault is the kind of the fault that spoilt it.
	Fault string
}

// Count is how far calls came.
type Count struct{ Arrived, Executed, Answered, Gone, Limited int }

// wire is a fault or gate as control APIs speak of it.
type wire struct {
	ID          int               `json:"id,omitzero"`
	Method      string            `json:"method"`
	Match       map[string]string `json:"match,omitempty"`
	When        string            `json:"when,omitempty"`
	Kind        string            `json:"kind,omitempty"`
	Status      int               `json:"status,omitzero"`
	RetryAfter  int               `json:"retry_after,omitzero"`
	Seconds     float64           `json:"seconds,omitzero"`
	Times       int               `json:"times,omitzero"`
	Probability float64           `json:"probability,omitzero"`
	Late        bool              `json:"late,omitzero"`
	Held        int               `json:"held,omitzero"`
	Struck      int               `json:"struck,omitzero"`
}

// put puts a fault or gate in and returns its id.
func (c Chat) put(t testing.TB, path string, v Verb, w wire) int {
	t.Helper()
	p := c.pattern(v)
	if p.Method == "" {
		t.Fatalf("%s does not have %q", c.Name, v)
	}
	w.Method, w.Match = p.Method, p.Match
	var made struct{ ID int }
	c.Must(t, "POST", path, w, &made)
	return made.ID
}

// Spoil puts a fault in.
func (c Chat) Spoil(t testing.TB, f Fault) {
	t.Helper()
	c.put(t, "/faults", f.Verb, wire{
		When: f.When, Kind: f.Kind, Status: f.Status, RetryAfter: f.RetryAfter, Seconds: f.Seconds, Times: f.Times, Probability: f.Probability,
	})
}

// Slow makes calls take some time, so that more of them are under way when
// something dies.
func (c Chat) Slow(t testing.TB) {
	t.Helper()
	c.Spoil(t, Fault{Verb: Any, When: Before, Kind: FaultDelay, Seconds: 0.03, Times: -1, Probability: 0.5})
	c.Spoil(t, Fault{Verb: Any, When: After, Kind: FaultDelay, Seconds: 0.06, Times: -1})
}

// AllStruck fails the test for every fault that is left and never struck.
func (c Chat) AllStruck(t testing.TB) {
	t.Helper()
	var list []wire
	c.Must(t, "GET", "/faults", nil, &list)
	for _, f := range list {
		if f.Struck == 0 {
			t.Errorf("a fault that did not strike: %+v", f)
		}
	}
}

// ClearFaults removes all faults.
func (c Chat) ClearFaults(t testing.TB) {
	t.Helper()
	c.Must(t, "DELETE", "/faults", nil, nil)
}

// Hold puts a gate in and returns its id.
func (c Chat) Hold(t testing.TB, g Gate) int {
	t.Helper()
	return c.put(t, "/gates", g.Verb, wire{When: g.When, Times: g.Times, Late: g.Late})
}

// Held waits until a gate holds n calls.
func (c Chat) Held(t testing.TB, id, n int) {
	t.Helper()
	Eventually(t, Patience, fmt.Sprintf("gate %d holds %d", id, n), func() error {
		var gates []wire
		if _, err := c.Do(t.Context(), "GET", "/gates", nil, &gates); err != nil {
			return err
		}
		for _, g := range gates {
			if g.ID == id && g.Held >= n {
				return nil
			}
		}
		return fmt.Errorf("it does not: %+v", gates)
	})
}

// Release opens a gate, or all with id 0.
func (c Chat) Release(t testing.TB, id int) {
	t.Helper()
	c.Must(t, "DELETE", "/gates/"+strconv.Itoa(id), nil, nil)
}

// Answered returns once n calls that do one thing, since the start, were
// answered. The sandbox waits for calls of one method; those that do something
// else are waited out.
func (c Chat) Answered(t testing.TB, v Verb, n int) {
	t.Helper()
	p := c.pattern(v)
	for others := 0; ; {
		q := url.Values{"method": {p.Method}, "phase": {PhaseAnswered}, "n": {strconv.Itoa(n + others)}, "timeout": {"25"}}
		c.Must(t, "GET", "/wait?"+q.Encode(), nil, nil)
		have := slices.DeleteFunc(c.Calls(t, v), func(call Call) bool { return !call.Answered })
		if len(p.Match) == 0 || len(have) >= n {
			return
		}
		others++
	}
}

// Counts are how often each method was called, since the start.
func (c Chat) Counts(t testing.TB) map[string]Count {
	t.Helper()
	var counts map[string]Count
	c.Must(t, "GET", "/counts", nil, &counts)
	return counts
}

// Calls are the calls so far that do one thing.
func (c Chat) Calls(t testing.TB, v Verb) (list []Call) {
	t.Helper()
	p := c.pattern(v)
	for _, raw := range c.log(t, strings.TrimPrefix(p.Method, "*")) {
		call, err := c.ReadCall(raw)
		if err != nil {
			t.Fatalf("log of %s: %v", c.Name, err)
		}
		if p.fits(call) {
			list = append(list, call)
		}
	}
	return list
}
