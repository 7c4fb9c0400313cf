package command

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"roomkeeper/connector"
)

func (h *Handler) sync(ctx context.Context, a asker, inv Invocation) (Answer, error) {
	t, none, err := h.existing(ctx, a, VerbSync, inv.Record)
	if err != nil {
		return Answer{}, err
	}
	if none != nil {
		return *none, nil
	}
	if t.policy.Kind == "" {
		return Answer{Text: h.texts.nothingToRead(t)}, nil
	}
	switch inv.Mode {
	case SyncDryRun:
		return h.dryRun(ctx, t)
	case SyncConfirm, SyncDismiss:
		answer, _, err := h.release(ctx, t, inv.Mode, "")
		return answer, err
	case SyncRun:
	}
	if err := h.o.Planner.Resync(ctx, t.group.ID); err != nil {
		return Answer{}, fmt.Errorf("queueing: %w", err)
	}
	return Answer{Text: h.texts.queued(t), Card: h.holdCard(t)}, nil
}

func (h *Handler) dryRun(ctx context.Context, t target) (Answer, error) {
	plan, err := h.o.Planner.Preview(ctx, t.group.ID)
	switch {
	case errors.Is(err, connector.ErrStoreAway):
		return Answer{}, fmt.Errorf("planning: %w", err)
	case errors.Is(err, connector.ErrNotFound):
		return Answer{Text: h.texts.nothingToRead(t)}, nil
	case err != nil:
		return Answer{}, fmt.Errorf("planning: %w: %w", errEither, err)
	}
	names, err := h.names(ctx, t.group, plan)
	if err != nil {
		return Answer{}, err
	}
	p := page{head: h.texts.planHead(t, plan), foot: h.texts.planFoot(t, plan)}
	for _, action := range plan.Actions {
		p.item(h.texts.action(action, names))
	}
	for i, later := range plan.Later {
		if i == 0 {
			p.heading("Later:")
		}
		p.item(h.texts.later(later, names))
	}
	answer := Answer{Text: p.text(answerLimit, h.texts.moreActions)}
	if t.group.Held != nil && t.group.Held.Plan.ID == plan.ID {
		answer.Card = h.holdCard(t)
	}
	return answer, nil
}

// names are what the people of a Plan are called, by User.
func (h *Handler) names(ctx context.Context, g connector.Group, plan connector.Plan) (map[connector.UserID]string, error) {
	names := map[connector.UserID]string{}
	for _, m := range g.Memberships {
		if m.User != "" && m.Name != "" {
			names[m.User] = m.Name
		}
	}
	var ids []connector.UserID
	actions := plan.Actions
	for _, later := range plan.Later {
		actions = append(slices.Clip(actions), later.Action)
	}
	for _, action := range actions {
		if action.User != "" && names[action.User] == "" {
			ids = append(ids, action.User)
		}
	}
	if len(ids) > 0 {
		known, err := h.o.Engine.People.People(ctx, ids)
		if err != nil {
			return nil, fmt.Errorf("reading people's names: %w", err)
		}
		for id, person := range known {
			names[id] = person.User.Name
		}
	}
	return names, nil
}

// release confirms or dismisses the held plan; an empty plan is the one that
// is held now. done is false when there was nothing to do it to.
func (h *Handler) release(ctx context.Context, t target, mode SyncMode, plan connector.PlanID) (answer Answer, done bool, err error) {
	held := t.group.Held
	switch {
	case held == nil && plan == "":
		return Answer{Text: h.texts.nothingHeld(t)}, false, nil
	case held == nil || (plan != "" && held.Plan.ID != plan):
		return Answer{Text: h.texts.notCurrent(t)}, false, nil
	case held.Plan.ID == "":
		return Answer{Text: h.texts.heldWithoutPlan(t)}, false, nil
	}
	release := h.o.Planner.Dismiss
	if mode == SyncConfirm {
		release = h.o.Planner.Confirm
	}
	err = release(ctx, t.group.ID, held.Plan.ID)
	if errors.Is(err, connector.ErrConflict) {
		return Answer{Text: h.texts.notCurrent(t)}, false, nil
	}
	if err != nil {
		return Answer{}, false, fmt.Errorf("releasing the plan: %w", err)
	}
	return Answer{Text: h.texts.released(t, mode)}, true, nil
}
