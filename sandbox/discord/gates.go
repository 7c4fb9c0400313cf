package discord

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
	Method  string            `json:"method"`  // a pattern as in Fault
	Match   map[string]string `json:"match"`   // as in Fault
	When    string            `json:"when"`    // Before ("" too) or After executing it
	Seconds float64           `json:"seconds"` // longest hold of a call; 0: until released
	Times   int               `json:"times"`   // calls to hold (0 means 1); -1: all until released
	Late    bool              `json:"late"`    // a call held before is executed even when its client is gone meanwhile
	Held    int               `json:"held"`    // calls held so far

	open chan struct{}
}

type gateBox struct {
	mu    sync.Mutex
	next  int
	gates []*Gate
}

func newGateBox() *gateBox { return &gateBox{} }

// AddGate puts a gate in and returns its id.
func (g *Guild) AddGate(put Gate) (int, error) {
	if put.When == "" {
		put.When = Before
	}
	if put.Times == 0 {
		put.Times = 1
	}
	if put.Method == "" || (put.When != Before && put.When != After) {
		return 0, fmt.Errorf("bad gate: method %q, when %q", put.Method, put.When)
	}
	g.gates.mu.Lock()
	defer g.gates.mu.Unlock()
	g.gates.next++
	put.ID, put.Held, put.open = g.gates.next, 0, make(chan struct{})
	g.gates.gates = append(g.gates.gates, &put)
	return put.ID, nil
}

// Gates lists the gates that are closed.
func (g *Guild) Gates() []Gate {
	g.gates.mu.Lock()
	defer g.gates.mu.Unlock()
	list := []Gate{}
	for _, closed := range g.gates.gates {
		list = append(list, *closed)
	}
	return list
}

// ReleaseGate removes a gate, or all with id 0; the calls that it holds go on.
func (g *Guild) ReleaseGate(id int) { g.gates.release(id) }

func (b *gateBox) releaseAll() { b.release(0) }

func (b *gateBox) release(id int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.gates = slices.DeleteFunc(b.gates, func(g *Gate) bool {
		if id != 0 && g.ID != id {
			return false
		}
		close(g.open)
		return true
	})
}

// hold waits at the first gate that concerns a call. False: the client went away and the call is not to run.
func (b *gateBox) hold(ctx context.Context, when, method string, args arguments) bool {
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
func (b *gateBox) enter(when, method string, args arguments) *Gate {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, g := range b.gates {
		concerned := Fault{Method: g.Method, Match: g.Match}.matches(method, args)
		if g.When == when && concerned && (g.Times < 0 || g.Held < g.Times) {
			g.Held++
			return g
		}
	}
	return nil
}
