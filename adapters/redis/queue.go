package redis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"roomkeeper/connector"
)

type queue struct{ *Engine }

// addedAtOnce is how many jobs one step queues: a script that takes long keeps
// everybody waiting.
const addedAtOnce = 100

// Add stores jobs shard by shard, in steps of addedAtOnce.
func (q queue) Add(ctx context.Context, jobs ...connector.Job) error {
	l, err := q.reach(ctx)
	if err != nil {
		return err
	}
	if err := checkJobs(jobs); err != nil {
		return err
	}
	var places []place
	byPlace := map[place][]connector.Job{}
	for _, job := range jobs {
		p := l.group(job.Key.Group)
		if byPlace[p] == nil {
			places = append(places, p)
		}
		byPlace[p] = append(byPlace[p], job)
	}
	for _, p := range places {
		for chunk := range slices.Chunk(byPlace[p], addedAtOnce) {
			step := newStep(p)
			step.ask(chunk...)
			if err := q.blind(ctx, "queue", step); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkJobs(jobs []connector.Job) error {
	for _, job := range jobs {
		if job.Key.Lane == "" || job.Key.Group == "" {
			return fmt.Errorf("%w: job without a key", connector.ErrInvalid)
		}
		if err := checkID("a job's key", jobName(job.Key)); err != nil {
			return err
		}
	}
	return nil
}

// Take waits for its turn with the dispatcher.
func (q queue) Take(ctx context.Context) (connector.Lease, error) {
	w, err := q.queue.wait(ctx)
	if err != nil {
		return connector.Lease{}, err
	}
	select {
	case lease := <-w.lease:
		return lease, nil
	case <-q.closing:
		return connector.Lease{}, errClosed
	case <-ctx.Done():
	}
	if q.queue.leave(w) {
		return connector.Lease{}, ctx.Err()
	}
	// The dispatcher is fetching for this taker just now.
	select {
	case lease := <-w.lease:
		if lease.Token != "" {
			back, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveBackWithin)
			defer cancel()
			q.giveBack(back, lease)
		}
	case <-q.closing:
	}
	return connector.Lease{}, ctx.Err()
}

// Finish is refused when the lease does not count any more. When the store is
// away the run is over all the same: its lease is not kept, and it runs again.
func (q queue) Finish(ctx context.Context, lease connector.Lease, end connector.RunEnd) error {
	switch end.Outcome {
	case connector.RunDone, connector.RunRetry, connector.RunWait, connector.RunDead:
	default:
		return fmt.Errorf("%w: outcome %q", connector.ErrInvalid, end.Outcome)
	}
	q.queue.drop(lease)
	var dead *connector.DeadLetter
	if end.Outcome == connector.RunDead {
		dead = end.Dead
	}
	return q.end(ctx, lease, string(end.Outcome), max(end.After, 0), end.Told, dead)
}

func (e *Engine) end(ctx context.Context, lease connector.Lease, outcome string, after time.Duration, told bool, dead *connector.DeadLetter) error {
	l, err := e.reach(ctx)
	if err != nil {
		return err
	}
	name := jobName(lease.Key)
	step := newStep(l.group(lease.Key.Group))
	step.op("held", name, lease.Token)
	step.op("end", name, outcome, after.Microseconds(), flag(told))
	if dead != nil {
		if err := bury(step, *dead); err != nil {
			return err
		}
	}
	// A lost "done" is a run more, so nobody waits for the replicas, unless a letter goes with it.
	c := e.commitCall(step)
	if err := e.run(ctx, "finish", step.place, dead != nil, c); err != nil {
		return err
	}
	e.queue.changed(step.place, after > 0)
	guard, err := c.guard()
	if err == nil && guard != 0 {
		err = fmt.Errorf("%w: %s", connector.ErrLeaseLost, name)
	}
	return err
}

// giveBackWithin is how long handing back leases may take; one that was not
// handed back has its job wait until it is over.
const giveBackWithin = 3 * time.Second

// giveBack lets a job that was leased and not begun wait again.
func (e *Engine) giveBack(ctx context.Context, lease connector.Lease) {
	e.queue.drop(lease)
	l := e.layout.Load()
	if l == nil {
		return
	}
	name := jobName(lease.Key)
	step := newStep(l.group(lease.Key.Group))
	step.op("held", name, lease.Token)
	step.op("end", name, "back", 0, 0)
	err := e.run(ctx, "give back", step.place, false, e.commitCall(step))
	e.queue.changed(step.place, false)
	if err != nil {
		e.log.Warn("redis: a lease was not handed back; its job waits until the lease is over", "group", lease.Key.Group, "error", err)
	}
}

// Depth adds up the shards.
func (q queue) Depth(ctx context.Context) (d connector.QueueDepth, err error) {
	l, err := q.reach(ctx)
	if err != nil {
		return d, err
	}
	for _, p := range l.shards {
		c := &call{script: q.scripts.depth, keys: newStep(p).keys, args: []any{q.clock()}}
		if err := q.run(ctx, "depth", p, false, c); err != nil {
			return d, err
		}
		reply, err := c.list()
		if err != nil {
			return d, err
		}
		counted := texts(reply)
		waiting, err1 := strconv.Atoi(counted[0])
		running, err2 := strconv.Atoi(counted[1])
		since, err3 := parseMicros(counted[2])
		if err := errors.Join(err1, err2, err3); err != nil {
			return d, fmt.Errorf("depth: %w", err)
		}
		d.Waiting += waiting
		d.Running += running
		if !since.IsZero() && (d.Oldest.IsZero() || since.Before(d.Oldest)) {
			d.Oldest = since
		}
	}
	return d, nil
}

// tidy forgets one consumer now, and others that were idle for long.
func (e *Engine) tidy(ctx context.Context, p place, consumer string, idle time.Duration) error {
	c := &call{script: e.scripts.tidy, keys: newStep(p).keys, args: []any{consumer, idle.Milliseconds()}}
	return e.run(ctx, "forget consumers", p, false, c)
}
