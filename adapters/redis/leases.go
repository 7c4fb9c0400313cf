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

// leaseName tells leases apart: each shard numbers its own.
type leaseName struct {
	key   connector.JobKey
	token string
}

func nameOfLease(lease connector.Lease) leaseName { return leaseName{lease.Key, lease.Token} }

// held is a lease of this replica.
type held struct {
	connector.Lease
	lost chan struct{}
}

// keep remembers a lease, so that it is kept until its run ends.
func (d *dispatcher) keep(lease connector.Lease) connector.Lease {
	lost := make(chan struct{})
	lease.Lost = lost
	d.mu.Lock()
	defer d.mu.Unlock()
	d.held[nameOfLease(lease)] = held{lease, lost}
	return lease
}

// lose tells whoever runs a lease that it does not count any more.
func (d *dispatcher) lose(lease connector.Lease) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if h, ok := d.held[nameOfLease(lease)]; ok {
		close(h.lost)
		delete(d.held, nameOfLease(lease))
	}
}

// drop ends the keeping of a lease.
func (d *dispatcher) drop(lease connector.Lease) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.held, nameOfLease(lease))
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
// somebody else has the job, or will have it.
func (d *dispatcher) beat() {
	l := d.engine.layout.Load()
	d.mu.Lock()
	byPlace := map[place][]connector.Lease{}
	for _, lease := range d.held {
		p := l.group(lease.Key.Group)
		byPlace[p] = append(byPlace[p], lease.Lease)
	}
	d.mu.Unlock()
	// All at once: a server that is away must not cost the leases of the others.
	var beats sync.WaitGroup
	for p, leases := range byPlace {
		beats.Go(func() {
			lost, err := d.beatPlace(p, leases)
			if err != nil && d.ending.Err() == nil {
				d.engine.log.Warn("redis: leases not kept", "leases", len(leases), "error", err)
			}
			for _, lease := range lost {
				d.engine.log.Warn("redis: a lease was lost; its run counts no more", "group", lease.Key.Group, "lane", lease.Key.Lane)
				d.lose(lease)
			}
		})
	}
	beats.Wait()
}

// beatPlace keeps leases of one shard and returns those that it does not know.
func (d *dispatcher) beatPlace(p place, leases []connector.Lease) (lost []connector.Lease, err error) {
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
	unknown := texts(reply)
	for _, lease := range leases {
		if slices.Contains(unknown, lease.Token) {
			lost = append(lost, lease)
		}
	}
	return lost, nil
}
