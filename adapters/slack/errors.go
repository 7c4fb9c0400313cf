package slack

import (
	"roomkeeper/adapters/internal/outbound"
	"roomkeeper/connector"
)

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

// failed wraps what the SDK returned for a call of method. What the transport
// did not make is an answer that the SDK could not read, after a success.
func failed(method string, err error) error {
	return outbound.Failed[*apiError]("slack "+method, err, broken(method))
}

// unreadable is a success whose answer lacks what it must hold.
func unreadable(method string) error { return outbound.Unreadable("slack "+method, broken(method)) }

// outcomeOf is the outcome for the metric.
func outcomeOf(err error) connector.Reason { return connector.ReasonOf(outbound.Done(err)) }

// broken is what a call without a clear answer means: a second channel or
// card must not come of repeating it blindly; everything else may be repeated.
func broken(method string) error {
	switch method {
	case "conversations.create", postMessage, "chat.postEphemeral", "views.open", "views.push":
		return connector.ErrUnknownOutcome
	}
	return connector.ErrTemporary
}
