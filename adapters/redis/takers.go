package redis

import (
	"context"
	"slices"

	"roomkeeper/connector"
)

// taker is one call of Take. One that leaves while it is picked is sent a lease
// all the same, without a token when there is none.
type taker struct {
	lease chan connector.Lease
	left  bool
}

// wait registers a taker.
func (d *dispatcher) wait(ctx context.Context) (*taker, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case <-d.engine.closing:
		return nil, errClosed
	default:
	}
	w := &taker{lease: make(chan connector.Lease, 1)}
	d.mu.Lock()
	d.waiting = append(d.waiting, w)
	if len(d.shards) == 1 && !d.shards[0].reading {
		d.shards[0].stale = true // a look is one fetch, which it may get a job by
	}
	d.mu.Unlock()
	d.nudge()
	return w, nil
}

// leave takes a taker out again; false: it was picked, and gets a lease.
func (d *dispatcher) leave(w *taker) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.Index(d.waiting, w)
	if i < 0 {
		w.left = true
		return false
	}
	d.waiting = slices.Delete(d.waiting, i, i+1)
	return true
}

// pick takes up to n takers out of the line.
func (d *dispatcher) pick(n int) []*taker {
	d.mu.Lock()
	defer d.mu.Unlock()
	n = min(n, len(d.waiting))
	picked := slices.Clone(d.waiting[:n])
	d.waiting = slices.Delete(d.waiting, 0, n)
	return picked
}

// putBack returns takers for whom there was nothing to the head of the line.
func (d *dispatcher) putBack(takers []*taker) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var stay []*taker
	for _, w := range takers {
		if w.left {
			w.lease <- connector.Lease{}
			continue
		}
		stay = append(stay, w)
	}
	d.waiting = slices.Concat(stay, d.waiting)
}

// idle is how many takers wait.
func (d *dispatcher) idle() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.waiting)
}
