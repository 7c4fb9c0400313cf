package crm

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"
)

// The ways in which a call can fail.
const (
	FaultStatus  = "status"  // answered with Status and, if set, Retry-After
	FaultCut     = "cut"     // the connection is closed within the status line
	FaultPartial = "partial" // half of the answer, then the connection is closed
	FaultSlow    = "slow"    // answered after DelayMS
	FaultGone    = "gone"    // 410, as for a lost cursor
	FaultBroken  = "broken"  // 200 with half of a JSON document
)

// Fault makes calls of the pull API fail.
type Fault struct {
	// Match is `METHOD path?query` or a path, with * for any text:
	// `/records/*/team`, `GET /users*`.
	Match string `json:"match"`
	Kind  string `json:"kind"`
	// Status is for FaultStatus, 100 to 599.
	Status int `json:"status,omitempty"`
	// RetryAfter is in seconds; zero: no header.
	RetryAfter int `json:"retry_after,omitempty"`
	// DelayMS is for FaultSlow, in milliseconds.
	DelayMS int `json:"delay_ms,omitempty"`
	// Times is how often; zero: until cleared.
	Times int `json:"times,omitempty"`
	// Hits is how often it happened.
	Hits int `json:"hits"`
}

type faultSet []*Fault

// AddFault makes matching calls fail; the first fault that fits is used.
// ErrInvalid: no pattern, an unknown kind or an impossible status.
func (w *World) AddFault(f Fault) error {
	switch f.Kind {
	case FaultCut, FaultPartial, FaultSlow, FaultGone, FaultBroken:
	case FaultStatus:
		if f.Status < 200 || f.Status > 599 {
			return fmt.Errorf("fault status %d: %w", f.Status, ErrInvalid)
		}
	default:
		return fmt.Errorf("fault kind %q: %w", f.Kind, ErrInvalid)
	}
	if f.Match == "" {
		return fmt.Errorf("a fault without match: %w", ErrInvalid)
	}
	f.Hits = 0
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = append(w.faults, &f)
	return nil
}

// Faults returns the faults in force and how often each happened.
func (w *World) Faults() []Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := []Fault{}
	for _, f := range w.faults {
		out = append(out, *f)
	}
	return out
}

// ClearFaults removes every fault.
func (w *World) ClearFaults() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = nil
}

// faultFor uses up one fault that fits the call.
func (w *World) faultFor(r *http.Request) (Fault, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	call := r.URL.Path
	if r.URL.RawQuery != "" {
		call += "?" + r.URL.RawQuery
	}
	for _, f := range w.faults {
		spent := f.Times > 0 && f.Hits >= f.Times
		if !spent && (glob(f.Match, r.URL.Path) || glob(f.Match, call) || glob(f.Match, r.Method+" "+r.URL.Path) || glob(f.Match, r.Method+" "+call)) {
			f.Hits++
			return *f, true
		}
	}
	return Fault{}, false
}

// glob reports whether s fits pattern, in which * stands for any text.
func glob(pattern, s string) bool {
	head, rest, star := strings.Cut(pattern, "*")
	s, ok := strings.CutPrefix(s, head)
	if !ok || !star {
		return ok && s == ""
	}
	for i := range len(s) + 1 {
		if glob(rest, s[i:]) {
			return true
		}
	}
	return false
}

// misbehave answers a call as the fault says.
func (f Fault) misbehave(w http.ResponseWriter, r *http.Request, next http.Handler) {
	switch f.Kind {
	case FaultStatus:
		if f.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
		}
		problem(w, f.Status, "fault on request")
	case FaultGone:
		problem(w, http.StatusGone, "cursor lost")
	case FaultSlow:
		timer := time.NewTimer(time.Duration(f.DelayMS) * time.Millisecond)
		defer timer.Stop()
		select {
		case <-r.Context().Done():
		case <-timer.C:
			next.ServeHTTP(w, r)
		}
	case FaultPartial, FaultBroken:
		whole := httptest.NewRecorder()
		next.ServeHTTP(whole, r)
		body := whole.Body.Bytes()
		w.Header().Set("Content-Type", "application/json")
		if f.Kind == FaultPartial {
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		}
		w.WriteHeader(whole.Code)
		_, _ = w.Write(body[:len(body)/2])
		if f.Kind == FaultPartial {
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
	default:
		cut(w)
	}
}

// cut closes the connection after the first bytes of an answer. Without them
// Go's client would silently make the call again on a fresh connection.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_, _ = conn.Write([]byte("HTTP/1.1 "))
		_ = conn.Close()
	}
	panic(http.ErrAbortHandler)
}
