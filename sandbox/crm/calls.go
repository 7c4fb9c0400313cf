package crm

import (
	"maps"
	"net/http"
	"time"
)

// Call is one call of the pull API.
type Call struct {
	At     time.Time `json:"at"`
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Query  string    `json:"query,omitempty"`
	Status int       `json:"status"` // 0: the connection was cut
	Fault  string    `json:"fault,omitempty"`
	Millis int64     `json:"ms"`
}

const callLogSize = 5000

// callLog keeps the newest calls and counts all of them by route.
type callLog struct {
	newest []Call
	counts map[string]int
}

func newCallLog() callLog { return callLog{counts: map[string]int{}} }

func (w *World) noteCall(route string, c Call) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls.counts[route]++
	if len(w.calls.newest) >= callLogSize {
		w.calls.newest = append(w.calls.newest[:0], w.calls.newest[callLogSize/2:]...)
	}
	w.calls.newest = append(w.calls.newest, c)
}

// Calls returns the newest calls of the pull API, oldest first.
func (w *World) Calls() []Call {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]Call{}, w.calls.newest...)
}

// Counts returns the number of calls by route, such as
// `GET /records/{kind}/{id}/team`.
func (w *World) Counts() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.calls.counts)
}

// ResetCalls empties the log and the counts.
func (w *World) ResetCalls() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = newCallLog()
}

// statusWriter remembers the status that was answered.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (s *statusWriter) WriteHeader(code int) {
	s.status = code
	s.ResponseWriter.WriteHeader(code)
}

// Unwrap lets http.ResponseController reach the connection.
func (s *statusWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }
