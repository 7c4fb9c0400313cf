package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"roomkeeper/connector"
)

// acceptLimit is the deadline for storing one webhook.
const acceptLimit = 10 * time.Second

// unknownSource is the metric's label for sources that are not configured:
// anybody can make those up.
const unknownSource = "unknown"

// webhook takes what a CRM reports: all of a body or nothing.
type webhook struct {
	sources  map[string]connector.Receiver
	acceptor Acceptor
	stopping func() bool
	clock    func() time.Time
	metrics  *Metrics
	log      *slog.Logger
}

func (h *webhook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	source := r.PathValue("source")
	receiver, ok := h.sources[source]
	if !ok {
		source = unknownSource
	}
	status := http.StatusNoContent
	if p := h.take(w, r, receiver); p != nil {
		status = p.Status
		writeProblem(w, r, p)
	} else {
		w.WriteHeader(status)
	}
	h.metrics.webhook(source, status)
}

// take checks in the order of the public contract; nil means stored.
func (h *webhook) take(w http.ResponseWriter, r *http.Request, receiver connector.Receiver) *problem {
	if receiver == nil {
		return problemf(http.StatusNotFound, "there is no such source")
	}
	body, err := readBody(w, r)
	if err != nil {
		return problemOf(err)
	}
	events, err := receiver.Receive(r.Header, body, h.clock())
	if err != nil {
		return h.refuse(r.Context(), err)
	}
	if h.stopping() {
		return unavailable(storeWait, "Roomkeeper is stopping; send it again")
	}
	if len(events) == 0 {
		return nil
	}
	// Stored whole even if the sender hangs up: it will send it again anyway.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), acceptLimit)
	defer cancel()
	if err := h.acceptor.Accept(ctx, events); err != nil {
		return h.notStored(ctx, err)
	}
	return nil
}

func (h *webhook) refuse(ctx context.Context, err error) *problem {
	h.log.WarnContext(ctx, "webhook: refused", "error", err, "request_id", infoOf(ctx).id)
	var meaning *connector.MeaningError
	switch {
	case errors.As(err, &meaning):
		return meaningProblem(meaning)
	case errors.Is(err, connector.ErrSignature):
		return problemf(http.StatusUnauthorized, "the signature or its time is not accepted")
	case errors.Is(err, connector.ErrSyntax):
		return problemf(http.StatusBadRequest, "the body is not JSON")
	}
	return internalProblem()
}

// notStored is 503 whatever went wrong, so that the sender repeats it; only a
// body that makes no sense would not get better.
func (h *webhook) notStored(ctx context.Context, err error) *problem {
	var (
		meaning *connector.MeaningError
		wait    *connector.WaitError
	)
	if errors.As(err, &meaning) {
		return h.refuse(ctx, err)
	}
	h.log.ErrorContext(ctx, "webhook: not stored", "error", err, "request_id", infoOf(ctx).id)
	if errors.As(err, &wait) {
		return unavailable(wait.After, "Roomkeeper cannot take more just now; send it again")
	}
	return unavailable(storeWait, "the store cannot be reached; nothing was promised, send it again")
}
