package redis

import (
	"context"
	"math"
	"sync"
	"time"

	"roomkeeper/connector"
)

// restFor is how long the dispatcher goes without looking at the shards while
// takers wait. It bounds how late an expired lease is noticed, and another
// replica's delayed job.
const restFor = 500 * time.Millisecond

// dispatcher fetches jobs for those who wait in Take, urgent ones first, then
// in the order in which they became due, over all shards. It fetches no more
// than there are takers, so that no job lies here while another replica is idle.
type dispatcher struct {
	engine *Engine

	mu      sync.Mutex
	waiting []*taker
	// held are the leases of this replica, by token.
	held map[string]*held
	// shards is nil until start.
	shards []*shard

	// nudged says that somebody waits, or that a job may have become due.
	nudged chan struct{}
	ending context.Context
	end    context.CancelFunc
	loops  sync.WaitGroup
}

func newDispatcher(e *Engine) *dispatcher {
	d := &dispatcher{engine: e, held: map[string]*held{}, nudged: make(chan struct{}, 1)}
	d.ending, d.end = context.WithCancel(context.Background())
	return d
}

// start begins to dispatch over the shards of a layout.
func (d *dispatcher) start(l *layout) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range l.shards {
		d.shards = append(d.shards, &shard{place: p, stale: true})
	}
	d.loops.Go(d.dispatch)
	d.loops.Go(d.keepBeating)
}

// stop ends the loops and hands back what is leased.
func (d *dispatcher) stop() {
	d.end()
	d.loops.Wait()
	d.mu.Lock()
	var leased []connector.Lease
	for _, h := range d.held {
		leased = append(leased, h.Lease)
	}
	shards := d.shards
	d.mu.Unlock()
	// All at once: a server that is away must not keep whoever ends the service.
	ctx, cancel := context.WithTimeout(context.Background(), giveBackWithin)
	defer cancel()
	var back sync.WaitGroup
	for _, lease := range leased {
		back.Go(func() { d.engine.giveBack(ctx, lease) })
	}
	back.Wait()
	for _, s := range shards {
		back.Go(func() { d.retire(ctx, s) })
	}
	back.Wait()
}

// retire lets entries that were not begun wait again, and takes this replica
// out of the consumers of a shard.
func (d *dispatcher) retire(ctx context.Context, s *shard) {
	if len(s.given) > 0 {
		if _, err := d.take(ctx, s, 0); err != nil {
			return // they wait until the lease is over
		}
	}
	if err := d.engine.tidy(ctx, s.place, d.engine.consumer, consumerIdle); err != nil {
		return // the next Prune does it
	}
}

func (d *dispatcher) nudge() {
	select {
	case d.nudged <- struct{}{}:
	default:
	}
}

// changed says that jobs were queued at a place; later, that one of them is due
// in a while. The others reach whoever waits by a blocking read, here too if one
// is on.
func (d *dispatcher) changed(p place, later bool) {
	d.mu.Lock()
	for _, s := range d.shards {
		if s.place == p && (later || !s.reading) {
			s.stale = true
		}
	}
	d.mu.Unlock()
	if later {
		d.nudge()
	}
}

// dispatch serves takers until the engine is closed.
func (d *dispatcher) dispatch() {
	for d.ending.Err() == nil {
		if d.round() == 0 {
			d.rest()
		}
	}
}

// round serves those who wait, as long as there are jobs.
func (d *dispatcher) round() (served int) {
	if d.idle() == 0 {
		d.lookAt(func(s *shard) bool { return len(s.given) > 0 }) // another replica may be idle
		return 0
	}
	for d.ending.Err() == nil { // at the end no look brings anything
		if len(d.shards) > 1 {
			// Before each job: what was queued before a taker came ranks for it.
			d.lookAt(d.needsLook)
		}
		s := d.best()
		if s == nil {
			return served
		}
		n := 1
		if len(d.shards) == 1 {
			n = math.MaxInt
		}
		takers := d.pick(n)
		if len(takers) == 0 {
			return served
		}
		leases := d.look(s, len(takers))
		d.putBack(takers[len(leases):])
		for i, lease := range leases {
			takers[i].lease <- lease
		}
		served += len(leases)
	}
	return served
}

// best is the shard whose next job is the first of all; nil: there is none.
func (d *dispatcher) best() (best *shard) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range d.shards {
		if s.isBroken() {
			continue
		}
		if len(d.shards) == 1 {
			if s.stale || len(s.given) > 0 || d.isDue(s) {
				return s
			}
			return nil
		}
		if s.hasNext() && (best == nil || s.before(best)) {
			best = s
		}
	}
	return best
}

// rest waits until there may be something to do: a taker, a job that was queued
// here or becomes due, one that a blocking read brings, or restFor.
func (d *dispatcher) rest() {
	wait, toDo := d.untilNext()
	if toDo || d.pause(wait) {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range d.shards {
		// Not all of them: what became due is due in one.
		if time.Since(s.looked) >= restFor {
			s.stale = true
		}
	}
}

// untilNext is how long nothing is known to become due; toDo: something is, or
// may be. A blocking read is begun only when all that is there was looked at, for
// it does not know who goes first.
func (d *dispatcher) untilNext() (wait time.Duration, toDo bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.waiting) == 0 {
		return math.MaxInt64, false
	}
	wait = restFor
	for _, s := range d.shards {
		if s.isBroken() {
			continue
		}
		if s.stale || s.hasNext() || d.isDue(s) {
			return 0, true
		}
		wait = min(wait, max(restFor-time.Since(s.looked), time.Millisecond))
		if !s.delayed.IsZero() {
			wait = min(wait, max(s.delayed.Sub(d.engine.now()), time.Millisecond))
		}
	}
	d.read()
	return wait, false
}

// pause reports whether it was nudged before the time was over.
func (d *dispatcher) pause(wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-d.nudged:
		return true
	case <-d.ending.Done():
	case <-timer.C:
	}
	return false
}
