package reconcile

import (
	"context"
	"errors"
	"fmt"

	"roomkeeper/connector"
)

// ConfirmSweep confirms the Plans of all Groups on a platform that a Sweep's verdict
// holds, and returns how many it confirmed; no platform means all. A Plan that
// changes meanwhile is left. After an error some are confirmed; doing it again
// confirms the rest.
func (p *Planner) ConfirmSweep(ctx context.Context, sweep string, on connector.PlatformID) (confirmed int, err error) {
	return p.endHeldBy(ctx, sweep, on, p.Confirm)
}

// DismissSweep drops those Plans: whom they would have removed become hand_added. It
// returns how many it dropped, and is otherwise like ConfirmSweep.
func (p *Planner) DismissSweep(ctx context.Context, sweep string, on connector.PlatformID) (dismissed int, err error) {
	return p.endHeldBy(ctx, sweep, on, p.Dismiss)
}

// HeldBySweep counts the Groups that a Sweep's verdict holds, on all platforms.
func (p *Planner) HeldBySweep(ctx context.Context, sweep string) (held int, err error) {
	err = p.eachHeldBy(ctx, sweep, "", func(connector.Group) error {
		held++
		return nil
	})
	return held, err
}

func (p *Planner) endHeldBy(
	ctx context.Context, sweep string, on connector.PlatformID, end func(context.Context, connector.GroupID, connector.PlanID) error,
) (ended int, err error) {
	err = p.eachHeldBy(ctx, sweep, on, func(g connector.Group) error {
		err := end(ctx, g.ID, g.Held.Plan.ID)
		switch {
		case err == nil:
			ended++
		case errors.Is(err, connector.ErrConflict), errors.Is(err, connector.ErrNotFound):
			return nil
		}
		return err
	})
	return ended, err
}

func (p *Planner) eachHeldBy(ctx context.Context, sweep string, on connector.PlatformID, do func(connector.Group) error) error {
	q := connector.GroupQuery{State: connector.GroupHeld, Platform: on}
	for {
		page, err := p.Engine.Groups.ListGroups(ctx, q)
		if err != nil {
			return fmt.Errorf("list groups: %w", err)
		}
		for _, g := range page.Groups {
			if globally(g) == 0 || g.Held.Sweep != sweep {
				continue
			}
			if err := do(g); err != nil {
				return err
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return nil
		}
	}
}
