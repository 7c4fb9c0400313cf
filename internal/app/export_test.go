package app

import (
	"context"

	"roomkeeper/connector"
)

// FullSweep lists and queues as the full schedule does, and returns the Sweep
// as it then is.
func (a *App) FullSweep(ctx context.Context) (connector.Sweep, error) {
	r := a.services.resync
	sweep, err := r.sweeper.Begin(ctx, true)
	if err == nil {
		err = r.carry(sweep)
	}
	if err != nil {
		return sweep, err
	}
	return a.services.engine.Sweeps.Sweep(ctx, sweep.ID)
}

// Depth is the queue's.
func (a *App) Depth(ctx context.Context) (connector.QueueDepth, error) {
	return a.services.engine.Queue.Depth(ctx)
}
