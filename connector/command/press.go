package command

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"roomkeeper/connector"
)

// HoldValue is the Value of the buttons hold.confirm and hold.dismiss.
func HoldValue(group connector.GroupID, plan connector.PlanID) string {
	return string(group) + " " + string(plan)
}

// holdCard shows a held plan with the buttons that end it; nil when there is
// none to end.
func (h *Handler) holdCard(t target) *connector.Card {
	hold := t.group.Held
	if hold == nil || hold.Plan.ID == "" {
		return nil
	}
	card := h.texts.holdCard(t)
	value := HoldValue(t.group.ID, hold.Plan.ID)
	card.Buttons = []connector.Button{
		{ID: connector.ActionHoldConfirm, Label: "Confirm", Value: value, Danger: true},
		{ID: connector.ActionHoldDismiss, Label: "Dismiss", Value: value},
	}
	return &card
}

func parseHoldValue(value string) (connector.GroupID, connector.PlanID, bool) {
	group, plan, ok := strings.Cut(value, " ")
	ok = ok && group != "" && plan != "" && !strings.Contains(plan, " ")
	return connector.GroupID(group), connector.PlanID(plan), ok
}

// Press does what a pressed button asks for and answers it, like Run.
func (h *Handler) Press(ctx context.Context, p Press) Answer {
	ctx = connector.WithUrgent(ctx)
	var mode SyncMode
	switch p.Action {
	case connector.ActionHoldConfirm:
		mode = SyncConfirm
	case connector.ActionHoldDismiss:
		mode = SyncDismiss
	case connector.ActionAdoptConfirm:
		return h.once(ctx, requestID("press", p.Platform, p.ID), func() (Answer, error) { return h.pressAdopt(ctx, p) })
	case connector.ActionCloseKeep, connector.ActionDetailsMore, connector.ActionGroupRecreate:
	}
	sweep, ok := parseSweepValue(p.Value)
	if ok && mode != "" {
		return h.once(ctx, requestID("press", p.Platform, p.ID), func() (Answer, error) {
			return h.pressSweep(ctx, p, mode, sweep)
		})
	}
	id, plan, ok := parseHoldValue(p.Value)
	if mode == "" || !ok {
		return Answer{Text: h.texts.otherVersion()}
	}
	return h.once(ctx, requestID("press", p.Platform, p.ID), func() (Answer, error) {
		return h.pressHold(ctx, p, mode, id, plan)
	})
}

// pressHold asks for the same right as sync. The button may stand outside of
// the Group's channel, even in another one.
func (h *Handler) pressHold(ctx context.Context, p Press, mode SyncMode, id connector.GroupID, plan connector.PlanID) (Answer, error) {
	group, err := h.o.Engine.Groups.Group(ctx, id)
	if errors.Is(err, connector.ErrNotFound) || (err == nil && group.Platform != p.Platform) {
		return Answer{}, errRefused
	}
	if err != nil {
		return Answer{}, fmt.Errorf("reading the group: %w", err)
	}
	a := asker{platform: p.Platform, channel: p.Channel, member: p.Actor, id: p.ID}
	t := h.targetOf(a, group)
	if _, err := h.authorise(ctx, a, VerbSync, t); err != nil {
		return Answer{}, err
	}
	answer, released, err := h.release(ctx, t, mode, plan)
	if err != nil {
		return answer, err
	}
	// Another press of the button, by whoever may, is answered like the first, also
	// where both came at once.
	pressed := fmt.Sprintf("hold/%s/%s/%s", id, plan, mode)
	if !released {
		if first, ok, err := h.answered(ctx, pressed); ok || err != nil {
			return first, err
		}
	}
	answer.Replace = true
	if released {
		h.remember(ctx, pressed, answer)
	}
	return answer, nil
}
