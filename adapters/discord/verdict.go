package discord

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"roomkeeper/adapters/internal/outbound"
	"roomkeeper/connector"
)

// Waits after a rate limit. Discord announces them.
const (
	defaultWait = 30 * time.Second
	minWait     = 50 * time.Millisecond
	maxWait     = time.Hour
)

// verdict is what an answer says. wait comes with an err that says it too.
type verdict struct {
	err     error
	wait    time.Duration
	global  bool // the wait is for every call
	left    bool // refused although the headers left something: a limit that they do not tell
	fromAPI bool // and not from a proxy in front of it
}

// said is the body of a refusal (docs, reference: error messages; topics/rate-limits).
type said struct {
	Code       int             `json:"code"`
	Errors     json.RawMessage `json:"errors"`
	RetryAfter *float64        `json:"retry_after"`
	Global     bool            `json:"global"`
}

// judge judges an answer. Success is a status of 2xx alone.
func judge(ctx context.Context, r route, res *http.Response, body []byte) verdict {
	status := res.StatusCode
	if status < http.StatusMultipleChoices {
		return verdict{fromAPI: true}
	}
	var s said
	readable := json.Unmarshal(body, &s) == nil
	fromAPI := readable && status < http.StatusInternalServerError
	paths := pathsOf(s.Errors)
	code := s.Code
	switch {
	case status >= http.StatusInternalServerError, status < http.StatusBadRequest:
		return verdict{err: outbound.Unanswered("HTTP "+strconv.Itoa(status), broken(ctx))}
	case status == http.StatusTooManyRequests && !tooManyEdits(code):
		out := limited(res, s, readable)
		out.err = &connector.WaitError{After: out.wait, What: r.name}
		return out
	}
	kind := translate(r.name, code, paths)
	if kind == nil {
		kind = statusKind(status)
	}
	if kind == nil {
		kind = broken(ctx)
	}
	return verdict{fromAPI: fromAPI, err: &apiError{status: status, code: code, paths: paths, kind: kind}}
}

// limited reads a rate limit. One that does not come from the API is of
// Cloudflare, which then lets nothing of this address through.
func limited(res *http.Response, s said, readable bool) verdict {
	wait := defaultWait
	if seconds, err := strconv.ParseFloat(strings.TrimSpace(res.Header.Get("Retry-After")), 64); err == nil {
		wait = inSeconds(seconds)
	}
	if readable && s.RetryAfter != nil {
		wait = inSeconds(*s.RetryAfter)
	}
	told, known := readLimit(res.Header)
	return verdict{
		wait:    min(max(wait+resetMargin, minWait), maxWait),
		global:  s.Global || res.Header.Get("X-RateLimit-Global") != "" || res.Header.Get("X-RateLimit-Scope") == "global" || !readable,
		left:    !known || told.remaining > 0 || wait > told.after+time.Second,
		fromAPI: readable,
	}
}

// pathsOf lists which fields a refused form is about, "embeds.0.title
// BASE_TYPE_MAX_LENGTH", at most a few of them.
func pathsOf(errors json.RawMessage) []string {
	var tree map[string]json.RawMessage
	if json.Unmarshal(errors, &tree) != nil {
		return nil
	}
	var paths []string
	walk("", tree, &paths)
	slices.Sort(paths)
	return paths[:min(len(paths), 5)]
}

func walk(path string, tree map[string]json.RawMessage, paths *[]string) {
	if len(*paths) > 100 || strings.Count(path, ".") > 10 {
		return
	}
	for name, raw := range tree {
		if name == "_errors" {
			var list []struct {
				Code string `json:"code"`
			}
			_ = json.Unmarshal(raw, &list)
			for _, e := range list {
				*paths = append(*paths, strings.TrimPrefix(path, ".")+" "+clean(e.Code))
			}
			continue
		}
		var below map[string]json.RawMessage
		if json.Unmarshal(raw, &below) == nil {
			walk(path+"."+clean(name), below, paths)
		}
	}
}

// statusKind is for a status that comes without a code that is known; nil for one
// that says nothing: a "not found" that does not name what was not found may come
// from a proxy, and nobody is gone because of it.
func statusKind(status int) error {
	switch status {
	case http.StatusUnauthorized:
		return connector.ErrUnauthorized
	case http.StatusForbidden:
		return connector.ErrForbidden
	case http.StatusNotFound:
		return nil
	case http.StatusMethodNotAllowed, http.StatusGone:
		return connector.ErrUnsupported
	case http.StatusRequestTimeout, http.StatusTooEarly:
		return connector.ErrTemporary
	}
	return connector.ErrInvalid
}

// clean keeps what a name of Discord's can consist of, so that nothing else gets
// into an error or a bucket's name.
func clean(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return -1
	}, name)
	return name[:min(len(name), 100)]
}
