package discord

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"roomkeeper/adapters/internal/outbound"
	"roomkeeper/connector"
)

// errCategoryFull means that a category takes no more channels.
var errCategoryFull = fmt.Errorf("the category is full: %w", connector.ErrFull)

// apiError is Discord's refusal of a call. code is 0 where only the status says
// something; paths name the fields of a refused form.
type apiError struct {
	status, code int
	paths        []string
	kind         error
}

func (e *apiError) Error() string {
	text := "HTTP " + strconv.Itoa(e.status)
	if e.code != 0 {
		text += " code " + strconv.Itoa(e.code)
	}
	if len(e.paths) > 0 {
		text += " (" + strings.Join(e.paths, ", ") + ")"
	}
	return text + ": " + e.kind.Error()
}

func (e *apiError) Unwrap() error { return e.kind }

// failed wraps what the SDK returned for a call of a route. What the transport
// did not make is an answer that could not be read, after a success.
func failed(ctx context.Context, route string, err error) error {
	return outbound.Failed[*apiError]("discord "+route, err, broken(ctx))
}

// unreadable is a success whose answer lacks what it must hold.
func unreadable(ctx context.Context, route string) error {
	return outbound.Unreadable("discord "+route, broken(ctx))
}

// refused is an error of our own for a route that was not asked.
func refused(what string, kind error) error { return fmt.Errorf("discord: %s: %w", what, kind) }

// hasCode reports whether Discord refused with one of the codes.
func hasCode(err error, codes ...int) bool {
	said, ok := errors.AsType[*apiError](err)
	if !ok {
		return false
	}
	for _, code := range codes {
		if said.code == code {
			return true
		}
	}
	return false
}

// broken is what a call without a clear answer means: a second channel or card
// must not come of repeating it blindly; everything else may be repeated.
func broken(ctx context.Context) error {
	if mannersOf(ctx).once {
		return connector.ErrUnknownOutcome
	}
	return connector.ErrTemporary
}
