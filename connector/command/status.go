package command

import (
	"context"
	"errors"
	"time"
)

// status tells how a Record's channel is; outside of such a channel an admin
// is told how the deployment is.
func (h *Handler) status(ctx context.Context, a asker, ref RecordRef) (Answer, error) {
	answer, err := h.show(ctx, a, VerbStatus, ref, func(t target, read time.Time) string {
		return h.texts.status(t, peopleOf(t.group), read)
	})
	var usage *UsageError
	if errors.As(err, &usage) && usage.Problem == ProblemOutside {
		return h.deployment(ctx, a, err)
	}
	return answer, err
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
