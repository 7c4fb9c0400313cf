package httpapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"roomkeeper/connector"
)

// storeWait is how long to wait when the store is away.
const storeWait = 5 * time.Second

// problem is an answer that is no success (RFC 9457), and the error that
// leads to it.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	// Field and Index name the part of the body or query that is wrong; Index
	// is the place in a batch.
	Field string `json:"field,omitempty"`
	Index *int   `json:"index,omitempty"`
	// Request is the id under which the log knows the request.
	Request string `json:"request_id,omitempty"`

	// after is sent as Retry-After when it is not 0.
	after time.Duration
}

func (p *problem) Error() string { return p.Title + ": " + p.Detail }

func problemf(status int, format string, args ...any) *problem {
	return &problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: fmt.Sprintf(format, args...)}
}

// invalid is a 422 for one field.
func invalid(field, format string, args ...any) *problem {
	p := problemf(http.StatusUnprocessableEntity, "%s: %s", field, fmt.Sprintf(format, args...))
	p.Field = field
	return p
}

func unavailable(after time.Duration, detail string) *problem {
	p := problemf(http.StatusServiceUnavailable, "%s", detail)
	p.after = after
	return p
}

func internalProblem() *problem {
	return problemf(http.StatusInternalServerError, "something went wrong here; the log knows this request by its request_id")
}

func meaningProblem(meaning *connector.MeaningError) *problem {
	p := problemf(http.StatusUnprocessableEntity, "%s", meaning.Error())
	p.Field = meaning.Field
	if meaning.Index >= 0 {
		p.Index = &meaning.Index
	}
	return p
}

// problemOf words an error of a service or of the engine. It never repeats
// the error's text, which may hold addresses and names; the log has it.
func problemOf(err error) *problem {
	var (
		own     *problem
		meaning *connector.MeaningError
		wait    *connector.WaitError
	)
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &meaning):
		return meaningProblem(meaning)
	case errors.As(err, &wait):
		return unavailable(wait.After, "the CRM or the chat platform asks to wait")
	}
	switch connector.ReasonOf(err) {
	case connector.ReasonStoreAway:
		return unavailable(storeWait, "the store cannot be reached; nothing was changed")
	case connector.ReasonTemporary, connector.ReasonUnknownOutcome, connector.ReasonStopped:
		return unavailable(storeWait, "the CRM or the chat platform cannot be reached just now")
	case connector.ReasonUnauthorized:
		return unavailable(time.Minute, "the CRM or the chat platform refuses Roomkeeper's token")
	case connector.ReasonNotFound:
		return problemf(http.StatusNotFound, "there is no such thing")
	case connector.ReasonConflict:
		return problemf(http.StatusConflict, "it changed meanwhile; read it again")
	case connector.ReasonForbidden, connector.ReasonUnsupported, connector.ReasonArchived,
		connector.ReasonNotInChannel, connector.ReasonChannelGone, connector.ReasonMessageGone,
		connector.ReasonNameTaken, connector.ReasonInvalidName, connector.ReasonFull:
		return problemf(http.StatusConflict, "the CRM or the chat platform does not allow it: %s", connector.ReasonOf(err))
	case connector.ReasonOK, connector.ReasonWait, connector.ReasonInvalid, connector.ReasonOther:
	}
	return internalProblem()
}

// writeProblem answers with p.
func writeProblem(w http.ResponseWriter, r *http.Request, p *problem) {
	sent := *p
	sent.Request = infoOf(r.Context()).id
	if p.after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(seconds(p.after)))
	}
	if p.Status == http.StatusRequestEntityTooLarge {
		// The rest of the body is not wanted.
		w.Header().Set("Connection", "close")
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	// A failed write means that the caller hung up: nobody is left to tell.
	_ = json.NewEncoder(w).Encode(sent)
}

// seconds rounds up, so that nobody comes back too soon.
func seconds(d time.Duration) int { return max(1, int((d+time.Second-1)/time.Second)) }

func denyCrossOrigin(w http.ResponseWriter, r *http.Request) {
	writeProblem(w, r, problemf(http.StatusForbidden, "a page of another origin may not do this"))
}
