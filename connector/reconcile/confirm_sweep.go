package reconcile

import (
	"context"
	"errors"
	"fmt"

	"roomkeeper/connector"
)

// ConfirmSweep confirms the Plans of all Groups that a Sweep's verdict holds, and
// returns how many it confirmed. A Plan that changes meanwhile is left. After an
// error some are confirmed; doing it again confirms the rest.
func (p *Planner) ConfirmSweep(ctx context.Context, sweep string) (confirmed int, err error) {
	err = p.eachHeldBy(ctx, sweep, func(g connector.Group) error {
		err := p.Confirm(ctx, g.ID, g.Held.Plan.ID)
		switch {
		case err == nil:
			confirmed++
		case errors.Is(err, connector.ErrConflict), errors.Is(err, connector.ErrNotFound):
			return nil
		}
		return err
	})
	return confirmed, err
}

// HeldBySweep counts the Groups that a Sweep's verdict holds.
func (p *Planner) HeldBySweep(ctx context.Context, sweep string) (held int, err error) {
	err = p.eachHeldBy(ctx, sweep, func(connector.Group) error {
		held++
		return nil
	})
	return held, err
}

func (p *Planner) eachHeldBy(ctx context.Context, sweep string, do func(connector.Group) error) error {
	q := connector.GroupQuery{State: connector.GroupHeld}
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
