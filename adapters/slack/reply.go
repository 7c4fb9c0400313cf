package slack

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"roomkeeper/adapters/internal/outbound"
	"roomkeeper/connector"
)

// Waits after a rate limit. Slack announces most of them in Retry-After.
const (
	// defaultWait is for a limit without a usable Retry-After.
	defaultWait = 30 * time.Second
	// longWait follows message_limit_exceeded: the workspace sends too much.
	longWait = 10 * time.Minute
	minWait  = time.Second
	maxWait  = time.Hour
)

// reply is an answer taken apart: body when the call succeeded, else wait or err.
type reply struct {
	body   []byte
	errors []byte // the raw "errors" list, whatever became of the call
	wait   time.Duration
	err    error
}

// readReply judges an answer. Slack says success by HTTP 200 and "ok": true
// alone; anything that says neither yes nor no leaves the outcome open.
func readReply(method string, res *http.Response, body []byte, now time.Time) reply {
	if res.StatusCode == http.StatusTooManyRequests {
		return reply{wait: retryAfter(res.Header.Get("Retry-After"), now)}
	}
	var said struct {
		OK     *bool           `json:"ok"`
		Error  string          `json:"error"`
		Needed string          `json:"needed"`
		Errors json.RawMessage `json:"errors"`
	}
	readable := json.Unmarshal(body, &said) == nil && said.OK != nil
	switch {
	case res.StatusCode >= http.StatusInternalServerError:
		return reply{err: statusError(res, broken(method))}
	case readable && !*said.OK && said.Error != "":
		return refusal(method, said.Error, said.Needed, said.Errors, res, now)
	case res.StatusCode != http.StatusOK:
		return reply{err: statusError(res, statusKind(method, res.StatusCode))}
	case !readable:
		return reply{err: outbound.Unanswered("an answer that is no Slack answer", broken(method))}
	case !*said.OK:
		return reply{err: outbound.Unanswered("refused without a reason", broken(method))}
	case said.Errors != nil:
		return reply{body: withoutErrors(body), errors: said.Errors}
	}
	return reply{body: body}
}

func refusal(method, code, needed string, list []byte, res *http.Response, now time.Time) reply {
	switch code {
	case "ratelimited", "rate_limited":
		return reply{wait: retryAfter(res.Header.Get("Retry-After"), now)}
	case "message_limit_exceeded":
		return reply{wait: longWait}
	}
	return reply{errors: list, err: &apiError{code: clean(code), needed: clean(needed), kind: translate(method, code)}}
}

// withoutErrors drops the "errors" list of a success: the SDK fails on shapes
// that it does not know.
func withoutErrors(body []byte) []byte {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return body
	}
	delete(fields, "errors")
	rest, err := json.Marshal(fields)
	if err != nil {
		return body
	}
	return rest
}

// retryAfter reads the header: whole seconds, or a date.
func retryAfter(header string, now time.Time) time.Duration {
	wait := defaultWait
	if seconds, err := strconv.ParseInt(strings.TrimSpace(header), 10, 32); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(header); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, minWait), maxWait)
}

func statusError(res *http.Response, kind error) error {
	return outbound.Unanswered("HTTP "+strconv.Itoa(res.StatusCode), kind)
}

// statusKind is for an HTTP status that comes without a code of Slack's. A
// proxy's redirect or refusal is not Slack's word about the call.
func statusKind(method string, status int) error {
	switch status {
	case http.StatusUnauthorized:
		return connector.ErrUnauthorized
	case http.StatusForbidden:
		return connector.ErrForbidden
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone:
		return connector.ErrUnsupported
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong:
		return connector.ErrInvalid
	}
	return broken(method)
}

// clean keeps what a code or scope can consist of, so that nothing else gets
// into an error.
func clean(code string) string {
	code = strings.Map(func(r rune) rune {
		if r == '_' || r == ':' || r == '.' || r == ',' || r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' {
			return r
		}
		return -1
	}, code)
	return code[:min(len(code), 100)]
}
