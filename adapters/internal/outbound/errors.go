package outbound

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"roomkeeper/connector"
)

// ErrDone is what a platform's code is translated to when it says that there is
// nothing left to do: the person is out already, the message is pinned already.
var ErrDone = errors.New("already so")

// Done turns ErrDone into success.
func Done(err error) error {
	if errors.Is(err, ErrDone) {
		return nil
	}
	return err
}

// unanswered is a call without a usable answer.
type unanswered struct {
	text  string
	kinds []error
}

// Unanswered is the error of a call without a usable answer: what happened, and
// which of the domain's errors that is. The text must not hold a token.
func Unanswered(text string, kinds ...error) error { return &unanswered{text: text, kinds: kinds} }

func (e *unanswered) Error() string {
	if len(e.kinds) > 0 && !strings.Contains(e.text, e.kinds[0].Error()) {
		return e.text + ": " + e.kinds[0].Error()
	}
	return e.text
}

func (e *unanswered) Unwrap() []error { return e.kinds }

// Failure is the error of a call that got no answer because of err, with the tokens
// cut out of its text. broken is what a call without a clear answer means, a
// domain error; never: nothing of it left this machine.
func Failure(ctx context.Context, err error, tokens []string, broken error, never bool) error {
	if never {
		broken = connector.ErrTemporary
	}
	text := err.Error()
	for _, token := range tokens {
		if token != "" {
			text = strings.ReplaceAll(text, token, "[token]")
		}
	}
	cause := ctx.Err()
	switch {
	case cause == nil:
		return Unanswered(text, broken)
	case broken == connector.ErrTemporary: //nolint:errorlint // compared with itself
		return Unanswered(text, cause)
	}
	return Unanswered(text, broken, cause)
}

// Failed wraps what an SDK returned for a call; nil stays nil. R is the adapter's
// error for a refusal by its platform. What the adapter's transport did not make is
// an answer that the SDK could not read, after a success: see Unreadable.
func Failed[R error](call string, err, broken error) error {
	if err == nil {
		return nil
	}
	err = WithoutURL(err)
	_, waits := errors.AsType[*connector.WaitError](err)
	_, refused := errors.AsType[R](err)
	_, silent := errors.AsType[*unanswered](err)
	if !waits && !refused && !silent {
		return Unreadable(call, broken)
	}
	return fmt.Errorf("%s: %w", call, err)
}

// Unreadable is a success whose answer lacks what it must hold; broken is what a
// call without a clear answer means.
func Unreadable(call string, broken error) error {
	return fmt.Errorf("%s: %w", call, Unanswered("an answer that cannot be read", broken))
}

// WithoutURL takes off the address that net/http names: it may hold a secret.
func WithoutURL(err error) error {
	if outer, ok := errors.AsType[*url.Error](err); ok {
		return outer.Err
	}
	return err
}

// NoRedirect is an http.Client's CheckRedirect: a redirect would carry a token to
// another place.
func NoRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
