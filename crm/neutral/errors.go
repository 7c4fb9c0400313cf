package neutral

import (
	"fmt"
	"net/http"
	"time"

	"roomkeeper/connector"
	"roomkeeper/crm"
)

// call names a question, for metrics and messages.
type call string

const (
	callRecord  call = "record"
	callTeam    call = "team"
	callUsers   call = "users"
	callFind    call = "users_by_email"
	callRecords call = "records"
	callExpand  call = "principal"
)

// defaultWait is how long a CRM is left alone that answers 429 and does not
// say how long.
const defaultWait = 10 * time.Second

// statusError says what an answer other than 200 means. What the contract does
// not name, and may pass, is temporary: it changes nobody's membership.
func statusError(c call, a crm.Answer, now time.Time) error {
	switch wait, told := crm.RetryAfter(a.Header, now); {
	case a.Status == http.StatusTooManyRequests && !told:
		return &connector.WaitError{After: defaultWait, What: "crm"}
	case told && (a.Status == http.StatusTooManyRequests || a.Status == http.StatusServiceUnavailable):
		return &connector.WaitError{After: wait, What: "crm"}
	}
	return fmt.Errorf("%w: status %d", statusMeaning(c, a.Status), a.Status)
}

func statusMeaning(c call, status int) error {
	switch {
	case status == http.StatusUnauthorized:
		return connector.ErrUnauthorized
	case status == http.StatusForbidden:
		return connector.ErrForbidden
	case status == http.StatusNotFound && (c == callRecord || c == callTeam || c == callExpand):
		return connector.ErrNotFound
	case status == http.StatusGone && (c == callRecords || c == callExpand):
		return connector.ErrCursorLost
	case status == http.StatusNotFound, status == http.StatusMethodNotAllowed, status == http.StatusNotImplemented:
		return connector.ErrUnsupported
	case status == http.StatusGone, status == http.StatusRequestTimeout, status == http.StatusTooEarly:
		return connector.ErrTemporary
	case status >= 400 && status < 500:
		return connector.ErrInvalid
	}
	return connector.ErrTemporary
}
