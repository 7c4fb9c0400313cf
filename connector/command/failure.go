package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"roomkeeper/connector"
)

var (
	// errRefused: there is no such Record, or the asker may not; nobody is
	// told which.
	errRefused = errors.New("no such record or not allowed")
	// errCRM and errChat mark whose failure an error is, errEither one that
	// may be either's.
	errCRM    = errors.New("crm")
	errChat   = errors.New("chat platform")
	errEither = errors.New("crm or chat platform")
)

// fromCRM marks an error of a port that reads the CRM. ErrNotFound becomes
// errRefused; a failure of the store stays one.
func fromCRM(what string, err error) error {
	switch {
	case errors.Is(err, connector.ErrStoreAway):
		return fmt.Errorf("%s: %w", what, err)
	case errors.Is(err, connector.ErrNotFound):
		return fmt.Errorf("%s: %w", what, errRefused)
	}
	return fmt.Errorf("%s: %w: %w", what, errCRM, err)
}

// explain turns an error into what the person is told.
func (h *Handler) explain(ctx context.Context, err error) Answer {
	var usage *UsageError
	switch {
	case errors.As(err, &usage):
		return Answer{Text: cut(h.texts.usage(usage), answerLimit)}
	case errors.Is(err, errRefused):
		return h.refused()
	}
	h.o.Logger.WarnContext(ctx, "command failed",
		slog.String("reason", string(connector.ReasonOf(err))), slog.Any("error", err))
	switch {
	case errors.Is(err, connector.ErrStoreAway):
		return Answer{Text: h.texts.storeAway()}
	case errors.Is(err, errChat):
		return Answer{Text: h.texts.chatAway()}
	case errors.Is(err, errCRM):
		return Answer{Text: h.texts.crmAway()}
	case errors.Is(err, errEither):
		return Answer{Text: h.texts.eitherAway()}
	case errors.Is(err, connector.ErrConflict):
		return Answer{Text: h.texts.conflict()}
	}
	return Answer{Text: h.texts.broken()}
}

// refused is the one answer to somebody who may not and to somebody who asks
// for a Record that does not exist.
func (h *Handler) refused() Answer { return Answer{Text: h.texts.refused()} }
