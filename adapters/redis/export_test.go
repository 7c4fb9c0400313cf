package redis

import "context"

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
