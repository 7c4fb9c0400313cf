package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"roomkeeper/connector"
)

// A Sweep that lists belongs to a process, which says every seenEvery that it
// lives. Whoever said nothing for deadAfter was killed. The clocks of replicas
// must agree within the difference: else Sweeps are taken over that are well.
const (
	seenEvery = 15 * time.Second
	deadAfter = time.Minute
)

// errTakenOver ends a Sweep that another replica took for dead.
var errTakenOver = errors.New("another replica took this sweep for dead and ended it; do the clocks agree, was the store away?")

// Attend says that the process of a Sweep lives, until stop is called: while it
// waits for its turn, lists, and waits for the CRM. The context that it returns
// ends when the Sweep was taken over all the same.
func (s *Sweeper) Attend(ctx context.Context, sweep connector.Sweep) (attended context.Context, stop func()) {
	attended, cancel := context.WithCancelCause(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(seenEvery)
		defer ticker.Stop()
		for {
			select {
			case <-attended.Done():
				return
			case <-ticker.C:
			}
			if !s.seen(attended, sweep.ID) {
				cancel(errTakenOver)
			}
		}
	}()
	return attended, func() {
		cancel(nil)
		<-ended
	}
}

// seen reports whether the Sweep is still ours; when nobody can tell, it is.
func (s *Sweeper) seen(ctx context.Context, id string) bool {
	sweep, err := s.Engine.Sweeps.UpdateSweep(ctx, id, func(sw *connector.Sweep) {
		if s.lists(*sw) {
			sw.SeenAt = s.Clock()
		}
	})
	return err != nil || s.lists(sweep)
}

// lists reports whether this process still lists for a Sweep that it began.
func (s *Sweeper) lists(sweep connector.Sweep) bool {
	return sweep.State == connector.SweepListing && sweep.Replica == s.Replica
}

// dead reports whether nobody lists any more for a Sweep that says so. An
// engine that only one process uses has Sweeps of that process and of dead ones.
func (s *Sweeper) dead(sweep connector.Sweep) bool {
	if ours := sweep.Replica != "" && sweep.Replica == s.Replica; !ours && !s.Engine.Shared {
		return true
	}
	seen := sweep.SeenAt
	if seen.IsZero() {
		seen = sweep.StartedAt
	}
	return s.Clock().Sub(seen) > deadAfter
}

// UnderWay reports whether any replica lists: for a full Sweep, or for any.
func (s *Sweeper) UnderWay(ctx context.Context, full bool) (bool, error) {
	open, err := s.Engine.Sweeps.OpenSweeps(ctx)
	if err != nil {
		return false, fmt.Errorf("list sweeps: %w", err)
	}
	for _, sweep := range open {
		if sweep.State == connector.SweepListing && (sweep.Full || !full) && !s.dead(sweep) {
			return true, nil
		}
	}
	return false, nil
}

// Recover ends the Sweeps that were listing, or waiting for their turn, when
// their process was killed: their lists were never whole. The full ones are
// wanted again.
func (s *Sweeper) Recover(ctx context.Context) error {
	open, err := s.Engine.Sweeps.OpenSweeps(ctx)
	if err != nil {
		return fmt.Errorf("list sweeps: %w", err)
	}
	for _, sweep := range open {
		if sweep.State != connector.SweepListing || !s.dead(sweep) {
			continue
		}
		if err := s.takeOver(ctx, sweep); err != nil {
			return fmt.Errorf("end sweep %s: %w", sweep.ID, err)
		}
	}
	return nil
}

// takeOver ends a dead Sweep. It is made ours first: of two replicas that find
// it, one goes on, and when that one is killed here too, the Sweep is dead again
// and nothing was forgotten.
func (s *Sweeper) takeOver(ctx context.Context, sweep connector.Sweep) error {
	took := false
	_, err := s.Engine.Sweeps.UpdateSweep(ctx, sweep.ID, func(sw *connector.Sweep) {
		if took = sw.State == connector.SweepListing && s.dead(*sw); took {
			sw.Replica, sw.SeenAt = s.Replica, s.Clock()
		}
	})
	if err != nil || !took {
		return err
	}
	s.Logger.WarnContext(ctx, "a sweep's process is gone", "sweep", sweep.ID, "full", sweep.Full, "replica", sweep.Replica)
	if sweep.Full {
		if err := s.Request(ctx); err != nil {
			return err
		}
	}
	_, err = s.Engine.Sweeps.UpdateSweep(ctx, sweep.ID, func(sw *connector.Sweep) {
		if s.lists(*sw) {
			s.fail(sw, "the service was stopped before all was listed")
		}
	})
	return err
}
