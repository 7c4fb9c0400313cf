package command

import (
	"context"
	"errors"
)

// status tells how a Record's channel is; outside of such a channel an admin
// is told how the deployment is.
func (h *Handler) status(ctx context.Context, a asker, ref RecordRef) (Answer, error) {
	t, none, err := h.existing(ctx, a, VerbStatus, ref)
	var usage *UsageError
	if errors.As(err, &usage) && usage.Problem == ProblemOutside {
		return h.deployment(ctx, a, err)
	}
	if err != nil {
		return Answer{}, err
	}
	if none != nil {
		return *none, nil
	}
	read, err := h.crmReadAt(ctx, t.group.ID)
	if err != nil {
		return Answer{}, err
	}
	return Answer{Text: h.texts.status(t, peopleOf(t.group), read)}, nil
}

func (h *Handler) deployment(ctx context.Context, a asker, outside error) (Answer, error) {
	admin, err := h.admin(ctx, a.platform, a.member)
	if err != nil {
		return Answer{}, err
	}
	if !admin || h.o.Status == nil {
		return Answer{}, outside
	}
	return Answer{Text: h.o.Status(ctx)}, nil
}
