package redis

import (
	"context"
	"crypto/rand"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"roomkeeper/connector"
)

// lookWithin is how long one look at a shard may take, and brokenFor how long a
// shard that could not be looked at is left alone: its server is away, and the
// others have work.
const (
	lookWithin = ioTimeout
	brokenFor  = 2 * time.Second
)

// freshFor is how long it is believed what was seen of one of several shards.
const freshFor = 200 * time.Millisecond

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
	// given are entries that a blocking read has brought: their class and id.
	given []string
	// reading: a blocking read is on.
	reading bool
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

// hasNext reports whether a job is known that waits to be leased.
func (s *shard) hasNext() bool { return len(s.given) > 0 || !math.IsInf(min(s.urgent, s.ready), 1) }

// before reports whether the next job of s goes before that of another shard. What
// a blocking read has brought became due before everything of its class that has
// not been read.
func (s *shard) before(other *shard) bool {
	urgent, ready := s.rank()
	otherUrgent, otherReady := other.rank()
	return urgent < otherUrgent || urgent == otherUrgent && ready < otherReady
}

// rank ranks the next jobs, those that a blocking read has brought included.
func (s *shard) rank() (urgent, ready float64) {
	urgent, ready = s.urgent, s.ready
	for _, entry := range s.given {
		if strings.HasPrefix(entry, classUrgent) {
			urgent = math.Inf(-1)
		} else {
			ready = math.Inf(-1)
		}
	}
	return urgent, ready
}

func (s *shard) isBroken() bool { return time.Now().Before(s.broken) }

// isDue is called with mu held.
func (d *dispatcher) isDue(s *shard) bool {
	return !s.delayed.IsZero() && !s.delayed.After(d.engine.now())
}

// take leases up to n jobs of a shard, urgent ones first, of each class those of
// the entries that blocking reads have brought before the others, and learns what is left there. Entries for
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
