package connectortest

import (
	"context"
	"slices"
	"sync"
)

// MemoryFault is how a call of a fake fails.
type MemoryFault struct {
	// Err is what the call returns.
	Err error
	// Done: the call has its effect all the same and only its answer is lost.
	Done bool
}

// MemoryCalls is the log of a fake's calls, and the faults that wait for
// them. It is safe for concurrent use.
type MemoryCalls struct {
	// Each is asked at every call that Spoil does not fail how it fails, if at all;
	// nil: it does not. Set it before use. It must not call the fake.
	Each func(call string) (fault MemoryFault, fails bool)

	mu     sync.Mutex
	log    []string
	faults map[string][]memoryPlan
}

// memoryPlan is a fault that waits until skip calls have worked.
type memoryPlan struct {
	skip  int
	fault MemoryFault
}

// Spoil makes one call fail, after skip calls of the same name that work.
func (c *MemoryCalls) Spoil(call string, skip int, fault MemoryFault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.faults == nil {
		c.faults = map[string][]memoryPlan{}
	}
	c.faults[call] = append(c.faults[call], memoryPlan{skip, fault})
}

// Heal forgets the faults that have not happened.
func (c *MemoryCalls) Heal() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = nil
}

// Counts is how often each call was made since the last Reset, failed ones
// included.
func (c *MemoryCalls) Counts() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	counts := map[string]int{}
	for _, call := range c.log {
		counts[call]++
	}
	return counts
}

// Log lists the calls since the last Reset, oldest first.
func (c *MemoryCalls) Log() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.log)
}

// Reset forgets the log.
func (c *MemoryCalls) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log = nil
}

// do makes a call: it is logged, spoilt if a fault is due, and else has its effect.
func (c *MemoryCalls) do(ctx context.Context, call string, effect func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	fault, spoilt := c.take(call)
	if c.Each != nil && !spoilt {
		fault, spoilt = c.Each(call)
	}
	if spoilt && !fault.Done {
		return fault.Err
	}
	if err := effect(); err != nil || !spoilt {
		return err
	}
	return fault.Err
}

func (c *MemoryCalls) take(call string) (MemoryFault, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log = append(c.log, call)
	plans := c.faults[call]
	for i := range plans {
		if plans[i].skip == 0 {
			fault := plans[i].fault
			c.faults[call] = slices.Delete(plans, i, i+1)
			return fault, true
		}
		plans[i].skip--
	}
	return MemoryFault{}, false
}
