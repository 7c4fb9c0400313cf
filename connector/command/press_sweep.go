package command

import (
	"context"
	"fmt"
	"strings"
)

// sweepValue begins the Value of the buttons that end what a Sweep holds. It is no
// Group's id.
const sweepValue = "sweep "

// SweepValue is the Value of the buttons hold.confirm and hold.dismiss that are about
// all that a Sweep holds on the platform where they are pressed.
func SweepValue(sweep string) string { return sweepValue + sweep }

func parseSweepValue(value string) (sweep string, ok bool) {
	sweep, ok = strings.CutPrefix(value, sweepValue)
	return sweep, ok && sweep != "" && !strings.Contains(sweep, " ")
}

// pressSweep is for admins alone, for a Sweep has no owner. It concerns the Groups of
// the platform whose admin presses: nobody is known to be an admin elsewhere.
func (h *Handler) pressSweep(ctx context.Context, p Press, mode SyncMode, sweep string) (Answer, error) {
	admin, err := h.admin(ctx, p.Platform, p.Actor)
	if err != nil {
		return Answer{}, err
	}
	if !admin {
		return Answer{}, errRefused
	}
	end := h.o.Planner.DismissSweep
	if mode == SyncConfirm {
		end = h.o.Planner.ConfirmSweep
	}
	ended, err := end(ctx, sweep, p.Platform)
	if err != nil {
		return Answer{}, fmt.Errorf("releasing what a sweep holds: %w", err)
	}
	pressed := fmt.Sprintf("sweep/%s/%s/%s", sweep, p.Platform, mode)
	if ended == 0 {
		if first, ok, err := h.answered(ctx, pressed); ok || err != nil {
			return first, err
		}
		return Answer{Text: h.texts.nothingHeldBySweep(p.Platform), Replace: true}, nil
	}
	answer := Answer{Text: h.texts.releasedSweep(mode, ended, p.Platform), Replace: true}
	h.remember(ctx, pressed, answer)
	return answer, nil
}
