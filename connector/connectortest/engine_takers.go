package connectortest

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"roomkeeper/connector"
)

func queueTakeEnds(t *engineTest) {
	ctx, cancel := context.WithCancel(t.ctx())
	ended := make(chan error, 1)
	go func() {
		_, err := t.Engine.Queue.Take(ctx)
		ended <- err
	}()
	cancel()
	select {
	case err := <-ended:
		t.is(err, context.Canceled)
	case <-time.After(enginePatience):
		t.Fatal("Take goes on after its context")
	}
	t.add(groupJob("g1"))
	_, err := t.Engine.Queue.Take(ctx)
	t.is(err, context.Canceled)
	t.take("group/g1")
}

func queueTakeWakes(t *engineTest) {
	leases := make(chan connector.Lease)
	take := func() {
		lease, err := t.Engine.Queue.Take(t.ctx())
		if err != nil {
			t.Errorf("take: %v", err)
		}
		leases <- lease
	}
	receive := func() connector.Lease {
		t.Helper()
		select {
		case lease := <-leases:
			return lease
		case <-time.After(enginePatience):
			t.Fatal("nobody woke up")
			return connector.Lease{}
		}
	}
	go take()
	t.add(groupJob("g1"))
	run := receive()
	t.add(groupJob("g1"))
	go take()
	t.finish(run, connector.RunDone)
	run = receive()
	go take()
	t.finish(run, connector.RunRetry)
	t.same(receive().Attempt, 2)
}

// Many takers work while many callers add: no key runs twice at once, and
// every key runs after its last Add.
func queueManyTakers(t *engineTest) {
	const keys, takers, adds = 6, 8, 60
	var (
		mu      sync.Mutex
		running = map[connector.JobKey]bool{}
		added   = map[connector.JobKey]int{}
		seen    = map[connector.JobKey]int{}
		workers sync.WaitGroup
		callers sync.WaitGroup
	)
	ctx, stop := context.WithTimeout(t.ctx(), enginePatience)
	defer stop()
	settled := func() bool {
		mu.Lock()
		defer mu.Unlock()
		for key, n := range added {
			if seen[key] != n || running[key] {
				return false
			}
		}
		return len(added) == keys
	}
	for range takers {
		workers.Go(func() {
			for {
				lease, err := t.Engine.Queue.Take(ctx)
				if err != nil {
					return
				}
				mu.Lock()
				if running[lease.Key] {
					t.Errorf("%s runs twice at once", nameOfKey(lease.Key))
				}
				running[lease.Key] = true
				seen[lease.Key] = added[lease.Key]
				mu.Unlock()
				runtime.Gosched()
				mu.Lock()
				running[lease.Key] = false
				mu.Unlock()
				if err := t.Engine.Queue.Finish(ctx, lease, connector.RunEnd{Outcome: connector.RunDone}); err != nil && ctx.Err() == nil {
					t.Errorf("finish: %v", err)
				}
			}
		})
	}
	for i := range keys {
		callers.Go(func() {
			job := groupJob(fmt.Sprint("g", i))
			for range adds {
				mu.Lock()
				added[job.Key]++
				mu.Unlock()
				if err := t.Engine.Queue.Add(ctx, job); err != nil {
					t.Errorf("add: %v", err)
				}
			}
		})
	}
	callers.Wait()
	for {
		depth, err := t.Engine.Queue.Depth(ctx)
		t.ok(err)
		if depth.Waiting == 0 && depth.Running == 0 {
			break
		}
		runtime.Gosched()
	}
	if !settled() {
		t.Errorf("added %v, last seen by a run %v", added, seen)
	}
	stop()
	workers.Wait()
}
