package stage

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Gate holds calls of a method until it is released or its time is over. While a call is held the client has
// no answer, and Wait tells that the call has arrived (Before) or was executed (After). A client that goes away
// while its call is held before takes the call along (PhaseGone tells), unless the gate is Late.
type Gate struct {
	ID      int               `json:"id"`      // given by AddGate
	Method  string            `json:"method"`  // as in Fault
	Match   map[string]string `json:"match"`   // as in Fault
	When    string            `json:"when"`    // Before ("" too) or After executing it
	Seconds float64           `json:"seconds"` // longest hold of a call; 0: until released
	Times   int               `json:"times"`   // calls to hold (0 means 1); -1: all until released
	Late    bool              `json:"late"`    // a call held before is executed even when its client is gone meanwhile
	Held    int               `json:"held"`    // calls held so far

	open chan struct{}
}

// gates are those of one stage.
type gates struct {
	mu   sync.Mutex
	next int
	list []*Gate
}

// AddGate puts a gate in and returns its id.
func (b *gates) AddGate(g Gate) (int, error) {
	if g.When == "" {
		g.When = Before
	}
	if g.Times == 0 {
		g.Times = 1
	}
	if g.Method == "" || (g.When != Before && g.When != After) {
		return 0, fmt.Errorf("bad gate: method %q, when %q", g.Method, g.When)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next++
	g.ID, g.Held, g.open = b.next, 0, make(chan struct{})
	b.list = append(b.list, &g)
	return g.ID, nil
}

// Gates lists the gates that are closed.
func (b *gates) Gates() []Gate {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := []Gate{}
	for _, g := range b.list {
		list = append(list, *g)
	}
	return list
}

// ReleaseGate removes a gate, or all with id 0; the calls that it holds go on.
func (b *gates) ReleaseGate(id int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.list = slices.DeleteFunc(b.list, func(g *Gate) bool {
		if id != 0 && g.ID != id {
			return false
		}
		close(g.open)
		return true
	})
}

// hold waits at the first gate that concerns a call. False: the client went away and the call is not to run.
func (b *gates) hold(ctx context.Context, when, method string, args map[string]string) bool {
	g := b.enter(when, method, args)
	if g == nil {
		return true
	}
	var over <-chan time.Time
	if g.Seconds > 0 {
		timer := time.NewTimer(time.Duration(g.Seconds * float64(time.Second)))
		defer timer.Stop()
		over = timer.C
	}
	gone := ctx.Done()
	if g.Late || when == After {
		gone = nil
	}
	select {
	case <-g.open:
	case <-over:
	case <-gone:
		return false
	}
	return true
}

// enter counts a call at its gate. A gate that has held its number of calls stays listed until it is released.
func (b *gates) enter(when, method string, args map[string]string) *Gate {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, g := range b.list {
		if g.When == when && concerns(g.Method, g.Match, method, args) && (g.Times < 0 || g.Held < g.Times) {
			g.Held++
			return g
		}
	}
	return nil
}
