package redis

import (
	"context"
	"crypto/rand"
	"fmt"
	"math"
	"slices"
	"strconv"
	"sync"
	"time"

	"roomkeeper/connector"
)

// restFor is how long the dispatcher goes without looking at the shards while
// takers wait. It bounds how late an expired lease is noticed, and another
// replica's delayed job.
const restFor = 500 * time.Millisecond

// lookWithin is how long one look at a shard may take, and brokenFor how long a
// shard that could not be looked at is left alone: its server is away, and the
// others have work.
const (
	lookWithin = ioTimeout
	brokenFor  = 2 * time.Second
)

// freshFor is how long it is believed what was seen of one of several shards.
const freshFor = 200 * time.Millisecond

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

// taker is one call of Take. One that leaves while it is picked is sent a lease
// all the same, without a token when there is none.
type taker struct {
	lease chan connector.Lease
	left  bool
}

// shard is what is known of one.
type shard struct {
	place place
	// stale: jobs may have come since it was looked at.
	stale bool
	// urgent and ready rank the next jobs; +Inf: there is none.
	urgent, ready float64
	// delayed is when the next delayed job is due; zero: none is.
	delayed time.Time
	// looked is when it was looked at last, broken until when it is left alone.
	looked, broken time.Time
	// given are entries that a blocking read has brought.
	given []string
	// reading: a blocking read is on.
	reading bool
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
	if len(d.shards) > 1 {
		d.lookAt(d.needsLook)
	}
	for {
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
}

// idle is how many takers wait.
func (d *dispatcher) idle() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.waiting)
}

// lookAt looks at some of the shards, at all of them at once, and takes nothing.
func (d *dispatcher) lookAt(which func(*shard) bool) {
	var looks sync.WaitGroup
	d.mu.Lock()
	for _, s := range d.shards {
		if which(s) {
			looks.Go(func() { d.look(s, 0) })
		}
	}
	d.mu.Unlock()
	looks.Wait()
}

// look is take for a shard that may be out of reach.
func (d *dispatcher) look(s *shard, n int) []connector.Lease {
	ctx, cancel := context.WithTimeout(d.ending, lookWithin)
	defer cancel()
	leases, err := d.take(ctx, s, n)
	if err != nil && d.ending.Err() == nil {
		d.engine.log.Warn("redis: fetching jobs", "error", err)
		d.mu.Lock()
		s.broken = time.Now().Add(brokenFor)
		d.mu.Unlock()
	}
	return leases
}

// needsLook reports whether something new may be to know of one of several
// shards. It is called with mu held.
func (d *dispatcher) needsLook(s *shard) bool {
	return len(s.given) == 0 && !s.isBroken() && (s.stale || d.isDue(s) || time.Since(s.looked) > freshFor)
}

func (s *shard) isBroken() bool { return time.Now().Before(s.broken) }

// isDue is called with mu held.
func (d *dispatcher) isDue(s *shard) bool {
	return !s.delayed.IsZero() && !s.delayed.After(d.engine.now())
}

// best is the shard whose next job is the first of all; nil: there is none.
func (d *dispatcher) best() (best *shard) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range d.shards {
		if s.isBroken() {
			continue
		}
		if len(s.given) > 0 {
			return s
		}
		if len(d.shards) == 1 {
			if s.stale || d.isDue(s) {
				return s
			}
			return nil
		}
		if math.IsInf(s.urgent, 1) && math.IsInf(s.ready, 1) {
			continue
		}
		if best == nil || s.urgent < best.urgent || s.urgent == best.urgent && s.ready < best.ready {
			best = s
		}
	}
	return best
}

// take leases up to n jobs of a shard, those of the entries that blocking reads
// have brought before the others, and learns what is left there. Entries for
// which there is no lease wait again. With 0 it leases nothing: whoever only
// looks has nobody to run a job, whose lease would be kept for ever.
func (d *dispatcher) take(ctx context.Context, s *shard, n int) ([]connector.Lease, error) {
	d.mu.Lock()
	given := s.given
	s.given, s.stale = nil, false
	several := len(d.shards) > 1
	d.mu.Unlock()
	e := d.engine
	args := []any{e.clock(), e.consumer, n, e.options.Lease.Milliseconds(), flag(several), rand.Text()}
	for _, entry := range given {
		args = append(args, entry)
	}
	c := &call{script: e.scripts.take, keys: newStep(s.place).keys, args: args}
	asked := time.Now()
	err := e.run(ctx, "take", s.place, false, c)
	var reply []any
	if err == nil {
		reply, err = c.list()
	}
	if err != nil {
		d.mu.Lock()
		s.given, s.stale = slices.Concat(given, s.given), true
		d.mu.Unlock()
		return nil, err
	}
	leases, err := d.lease(reply[3:], asked)
	d.mu.Lock()
	defer d.mu.Unlock()
	s.looked, s.delayed, s.urgent, s.ready = time.Now(), time.Time{}, rankOf(reply[1]), rankOf(reply[2])
	if in := rankOf(reply[0]); !math.IsInf(in, 1) {
		s.delayed = e.now().Add(time.Duration(in) * time.Microsecond)
	}
	if !several && len(leases) >= n && n > 0 {
		s.stale = true // there may be more
	}
	return leases, err
}

func rankOf(v any) float64 {
	rank, err := strconv.ParseFloat(fmt.Sprint(v), 64)
	if err != nil {
		return math.Inf(1)
	}
	return rank
}

// lease reads the leases of a reply and keeps them.
func (d *dispatcher) lease(list []any, asked time.Time) (leases []connector.Lease, err error) {
	for _, item := range list {
		fields, ok := item.([]any)
		if !ok || len(fields) != 5 {
			return leases, fmt.Errorf("%w: lease %v", errFormat, item)
		}
		text := texts(fields[:4])
		tags, ok := fields[4].([]any)
		if !ok {
			return leases, fmt.Errorf("%w: tags %v", errFormat, fields[4])
		}
		key, err := parseJob(text[0])
		if err != nil {
			return leases, err
		}
		runs, err := strconv.Atoi(text[2])
		if err != nil {
			return leases, fmt.Errorf("%w: runs %q", errFormat, text[2])
		}
		leases = append(leases, d.keep(connector.Lease{Key: key, Token: text[1], Attempt: runs + 1, Urgent: text[3] == "1", Tags: texts(tags)}, asked))
	}
	return leases, nil
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
		if s.stale || len(s.given) > 0 || d.isDue(s) {
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
