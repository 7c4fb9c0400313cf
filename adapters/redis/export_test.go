package redis

import (
	"context"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

// ExpireLeases lets the leases of everybody be over, as they would be after a
// while.
func (e *Engine) ExpireLeases(ctx context.Context) error {
	for _, s := range e.layout.Load().shards {
		c := &call{script: e.scripts.take, keys: newStep(s).keys, args: []any{e.clock(), e.consumer, 0, 0, 0, ""}}
		for range 20 {
			if err := e.run(ctx, "expire", s, false, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// Abandon ends this replica as a kill would: nothing is handed back.
func (e *Engine) Abandon() error {
	e.close.Do(func() {
		close(e.closing)
		e.queue.end()
		e.queue.loops.Wait()
		e.closed = e.client.Close()
	})
	return e.closed
}

// TrustPrimary lets the engine promise what only the primary has.
func (e *Engine) TrustPrimary() {
	e.copies.mu.Lock()
	defer e.copies.mu.Unlock()
	e.copies.known[nameOf(e.client.(*redis.Client))] = known{until: time.Now().Add(time.Hour)}
}

// Connected is how many replicas the server says it has, in any state.
func (e *Engine) Connected(ctx context.Context) (string, error) {
	i, err := readInfo(ctx, e.client)
	return i["connected_slaves"], err
}

// Consumer is the name of this replica's consumers.
func (e *Engine) Consumer() string { return e.consumer }

// ForgetConsumers is what Prune does, for another idle time.
func (e *Engine) ForgetConsumers(ctx context.Context, idle time.Duration) error {
	for _, p := range e.layout.Load().shards {
		if err := e.tidy(ctx, p, "", idle); err != nil {
			return err
		}
	}
	return nil
}

// CheckAs is Check for a program whose values have another format.
func (e *Engine) CheckAs(ctx context.Context, format byte) error {
	l, err := e.check(ctx, false)
	if err != nil {
		return err
	}
	if e.scripts, err = loadScripts(format); err != nil {
		return err
	}
	l.deployment.format = format
	for i := range l.shards {
		l.shards[i].format = format
	}
	e.open(l)
	return nil
}

// Reads reports whether a blocking read is on.
func (e *Engine) Reads() bool {
	e.queue.mu.Lock()
	defer e.queue.mu.Unlock()
	return slices.ContainsFunc(e.queue.shards, func(s *shard) bool { return s.reading || len(s.given) > 0 })
}
