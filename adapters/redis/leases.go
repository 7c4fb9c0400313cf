package redis

import (
	"context"
	"slices"
	"sync"
	"time"

	"roomkeeper/connector"
)

// beatsPerLease is how often a lease is kept before it would be over.
const beatsPerLease = 3

// held is a lease of this replica.
type held struct {
	connector.Lease
	lost chan struct{}
	// kept is before the server last kept it.
	kept time.Time
}

// keep remembers a lease that was asked for at a time, so that it is kept until
// its run ends.
func (d *dispatcher) keep(lease connector.Lease, asked time.Time) connector.Lease {
	lost := make(chan struct{})
	lease.Lost = lost
	d.mu.Lock()
	defer d.mu.Unlock()
	d.held[lease.Token] = &held{lease, lost, asked}
	return lease
}

// drop ends the keeping of a lease.
func (d *dispatcher) drop(lease connector.Lease) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.held, lease.Token)
}

// keepBeating keeps the leases of this replica.
func (d *dispatcher) keepBeating() {
	tick := time.NewTicker(d.engine.options.Lease / beatsPerLease)
	defer tick.Stop()
	for {
		select {
		case <-d.ending.Done():
			return
		case <-tick.C:
			d.beat()
		}
	}
}

// beat keeps all leases once. One that a shard does not know any more is lost:
// somebody else has the job, or will have it. So is one that could not be kept
// for as long as a lease lasts.
func (d *dispatcher) beat() {
	l := d.engine.layout.Load()
	d.mu.Lock()
	byPlace := map[place][]*held{}
	for _, h := range d.held {
		p := l.group(h.Key.Group)
		byPlace[p] = append(byPlace[p], h)
	}
	d.mu.Unlock()
	// All at once: a server that is away must not cost the leases of the others.
	var beats sync.WaitGroup
	for p, leases := range byPlace {
		beats.Go(func() {
			asked := time.Now()
			lost, err := d.beatPlace(p, leases)
			if err != nil && d.ending.Err() == nil {
				d.engine.log.Warn("redis: leases not kept", "leases", len(leases), "error", err)
			}
			d.settle(leases, asked, lost, err)
		})
	}
	beats.Wait()
}

// settle notes what became of leases that were to be kept, and tells whoever
// runs one that is lost. One whose run has ended meanwhile is none of these.
func (d *dispatcher) settle(leases []*held, asked time.Time, lost []string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, h := range leases {
		if err == nil {
			h.kept = asked
		}
		over := time.Since(h.kept) >= d.engine.options.Lease
		if d.held[h.Token] != h || !over && !slices.Contains(lost, h.Token) {
			continue
		}
		d.engine.log.Warn("redis: a lease was lost; its run counts no more", "group", h.Key.Group, "lane", h.Key.Lane)
		close(h.lost)
		delete(d.held, h.Token)
	}
}

// beatPlace keeps leases of one shard and returns the tokens of those that it
// does not know.
func (d *dispatcher) beatPlace(p place, leases []*held) (lost []string, err error) {
	e := d.engine
	ctx, cancel := context.WithTimeout(d.ending, e.options.Lease/2)
	defer cancel()
	args := []any{e.clock(), e.consumer}
	for _, lease := range leases {
		args = append(args, jobName(lease.Key), lease.Token)
	}
	c := &call{script: e.scripts.beat, keys: newStep(p).keys, args: args}
	if err := e.run(ctx, "keep leases", p, false, c); err != nil {
		return nil, err
	}
	reply, err := c.list()
	if err != nil {
		return nil, err
	}
	return texts(reply), nil
}
