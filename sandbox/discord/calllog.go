package discord

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"
)

// keptCalls is how many calls the log holds; older ones are forgotten.
const keptCalls = 50_000

// Call is one request to the REST API. A method is the HTTP method with the template of the path, such as
// "PUT /channels/{channel}/permissions/{id}"; "unknown" for what fits no route.
type Call struct {
	Seq         int               `json:"seq"` // 1, 2, 3, … in order of arrival
	Time        time.Time         `json:"time"`
	Method      string            `json:"method"`
	HTTPMethod  string            `json:"http_method"`
	Path        string            `json:"path"`  // below the root of the API, as it was sent
	Query       string            `json:"query"` // raw
	Vars        map[string]string `json:"vars"`  // the template's variables
	Body        string            `json:"body"`  // "" of the routes of OAuth2's tokens, as is Answer
	UserAgent   string            `json:"user_agent"`
	ContentType string            `json:"content_type"`
	Scheme      string            `json:"scheme"`      // of the Authorization: "Bot", "Bearer", …; "": there was none
	TokenValid  bool              `json:"token_valid"` // the token itself is not kept
	Reason      string            `json:"reason"`      // X-Audit-Log-Reason, percent-decoded
	RawReason   string            `json:"raw_reason"`  // as it was sent
	Executed    bool              `json:"executed"`    // the route ran, whatever became of its answer
	Answered    bool              `json:"answered"`    // an answer was written, perhaps a broken one
	Status      int               `json:"status"`      // HTTP status; 0: none sent
	OK          bool              `json:"ok"`
	Error       int               `json:"error"`           // Discord's code; 0: none
	Answer      string            `json:"answer"`          // body of a refusal; of other answers it is not kept
	Fault       string            `json:"fault,omitempty"` // kind of the fault that was put in
}

// Count is how far the calls of a method came.
type Count struct {
	Arrived  int `json:"arrived"`
	Executed int `json:"executed"`
	Answered int `json:"answered"`
	Gone     int `json:"gone"`    // dropped: the client went away while a gate held the call before its execution
	Limited  int `json:"limited"` // answered with HTTP 429
}

// Phases of a call that Wait waits for.
const (
	PhaseArrived  = "arrived"
	PhaseExecuted = "executed"
	PhaseAnswered = "answered"
	PhaseGone     = "gone" // see Count.Gone
)

type callLog struct {
	mu      sync.Mutex
	seq     int
	entries []*Call
	counts  map[string]Count
	changed chan struct{}
}

func newCallLog() *callLog {
	return &callLog{counts: map[string]Count{}, changed: make(chan struct{})}
}

func (l *callLog) touch() {
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *callLog) count(method string, change func(*Count)) {
	c := l.counts[method]
	change(&c)
	l.counts[method] = c
	l.touch()
}

// secretive says whether bodies and answers of a method are not kept: they are secrets and little else.
func secretive(method string) bool { return strings.HasPrefix(method, "POST /oauth2/") }

// arrive puts a call into the log. The returned entry is changed only by the log.
func (l *callLog) arrive(c Call) *Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	if secretive(c.Method) {
		c.Body = ""
	}
	l.seq++
	c.Seq = l.seq
	if len(l.entries) >= keptCalls {
		l.entries = append([]*Call(nil), l.entries[keptCalls/10:]...)
	}
	l.entries = append(l.entries, &c)
	l.count(c.Method, func(n *Count) { n.Arrived++ })
	return &c
}

func (l *callLog) executed(c *Call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.Executed = true
	l.count(c.Method, func(n *Count) { n.Executed++ })
}

func (l *callLog) faulted(c *Call, kind string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.Fault = kind
}

func (l *callLog) gone(c *Call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count(c.Method, func(n *Count) { n.Gone++ })
}

func (l *callLog) answered(c *Call, r reply) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.Answered, c.Status, c.Error, c.OK = true, r.status, r.code, r.status/100 == 2
	if r.status >= 400 {
		c.Answer = string(r.body)
		if secretive(c.Method) {
			c.Answer = ""
		}
	}
	l.count(c.Method, func(n *Count) {
		n.Answered++
		if r.status == 429 {
			n.Limited++
		}
	})
}

// Calls returns the calls after the one numbered since, of one method or ("") of all.
func (g *Guild) Calls(since int, method string) []Call {
	g.calls.mu.Lock()
	defer g.calls.mu.Unlock()
	found := []Call{}
	for _, c := range g.calls.entries {
		if c.Seq > since && (method == "" || c.Method == method) {
			found = append(found, *c)
		}
	}
	return found
}

// Counts returns how often each method was called since the start or ResetCounts.
func (g *Guild) Counts() map[string]Count {
	g.calls.mu.Lock()
	defer g.calls.mu.Unlock()
	return maps.Clone(g.calls.counts)
}

// ResetCounts sets all counts to zero. The log of calls stays.
func (g *Guild) ResetCounts() {
	g.calls.mu.Lock()
	defer g.calls.mu.Unlock()
	g.calls.counts = map[string]Count{}
}

// Wait returns once n calls of a method (since the start or ResetCounts) have reached a phase, or with ctx's error.
func (g *Guild) Wait(ctx context.Context, method, phase string, n int) error {
	for {
		g.calls.mu.Lock()
		count, changed := g.calls.counts[method], g.calls.changed
		g.calls.mu.Unlock()
		reached := map[string]int{PhaseArrived: count.Arrived, PhaseExecuted: count.Executed, PhaseAnswered: count.Answered, PhaseGone: count.Gone}
		have, known := reached[phase]
		if !known {
			return fmt.Errorf("unknown phase %q", phase)
		}
		if have >= n {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%d of %d calls of %s %s: %w", have, n, method, phase, ctx.Err())
		}
	}
}
