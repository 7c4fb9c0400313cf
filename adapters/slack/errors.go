package slack

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"roomkeeper/connector"
)

// errDone means that there was nothing left to do: the person is out or in
// already, the message is pinned already.
var errDone = errors.New("already so")

// apiError is Slack's refusal of a call with a code, which is translated in
// kind; kind is nil for a code that nobody knows.
type apiError struct {
	code, needed string
	kind         error
}

func (e *apiError) Error() string {
	text := e.code
	if e.needed != "" {
		text += " (needs " + e.needed + ")"
	}
	if e.kind != nil {
		text += ": " + e.kind.Error()
	}
	return text
}

func (e *apiError) Unwrap() error { return e.kind }

// callError is a call without a usable answer. Its text holds no token.
type callError struct {
	text  string
	kinds []error
}

func (e *callError) Error() string {
	if len(e.kinds) > 0 && !strings.Contains(e.text, e.kinds[0].Error()) {
		return e.text + ": " + e.kinds[0].Error()
	}
	return e.text
}

func (e *callError) Unwrap() []error { return e.kinds }

// failed wraps what the SDK returned for a call of method. What the transport
// did not make is an answer that the SDK could not read, after a success.
func failed(method string, err error) error {
	if err == nil {
		return nil
	}
	if outer, ok := asType[*url.Error](err); ok {
		err = outer.Err // its text has the address and the query
	}
	_, waits := asType[*connector.WaitError](err)
	_, refused := asType[*apiError](err)
	_, unanswered := asType[*callError](err)
	if !waits && !refused && !unanswered {
		return unreadable(method)
	}
	return fmt.Errorf("slack %s: %w", method, err)
}

// unreadable is a success whose answer lacks what it must hold.
func unreadable(method string) error {
	return fmt.Errorf("slack %s: %w", method, &callError{text: "an answer that cannot be read", kinds: []error{broken(method)}})
}

// done turns "already so" into success.
func done(err error) error {
	if errors.Is(err, errDone) {
		return nil
	}
	return err
}

// outcomeOf is the outcome for the metric.
func outcomeOf(err error) connector.Reason { return connector.ReasonOf(done(err)) }

// broken is what a call without a clear answer means: a second channel or
// card must not come of repeating it blindly; everything else may be repeated.
func broken(method string) error {
	switch method {
	case "conversations.create", postMessage, "chat.postEphemeral", "views.open", "views.push":
		return connector.ErrUnknownOutcome
	}
	return connector.ErrTemporary
}

func asType[E error](err error) (E, bool) {
	var e E
	ok := errors.As(err, &e)
	return e, ok
}
