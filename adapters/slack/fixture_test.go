package slack

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/internal/spectest"
)

const testToken = "xoxb-test-secret"

// openLimiter lets everything through and notes what was asked of it.
type openLimiter struct {
	mu         sync.Mutex
	rates      map[string]connector.Rate
	priorities map[string]connector.Priority
	pauses     map[string]time.Duration
	closed     map[string]time.Duration
	failure    error
}

func newOpenLimiter() *openLimiter {
	return &openLimiter{
		rates: map[string]connector.Rate{}, priorities: map[string]connector.Priority{},
		pauses: map[string]time.Duration{}, closed: map[string]time.Duration{},
	}
}

func (l *openLimiter) Allow(_ context.Context, bucket string, rate connector.Rate, p connector.Priority) (time.Duration, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rates[bucket], l.priorities[bucket] = rate, p
	return l.closed[bucket], l.failure
}

func (l *openLimiter) Pause(_ context.Context, bucket string, d time.Duration) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pauses[bucket] = d
	return nil
}

// seen notes outcomes by method.
type seen struct {
	mu    sync.Mutex
	calls []string
}

func (s *seen) observe(method, outcome string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, method+" "+outcome)
}

// stand is an Adapter before a small server. Every request is checked against
// Slack's catalogue.
type stand struct {
	*Adapter
	limiter *openLimiter
	seen    *seen

	mu    sync.Mutex
	calls map[string]int
	forms map[string][]map[string]string
}

// answerer answers the nth call (from 1) of a method.
type answerer func(w http.ResponseWriter, r *http.Request, n int)

const authAnswer = `{"ok":true,"team_id":"T1","user_id":"UBOT","bot_id":"B1"}`

func says(body string) answerer {
	return func(w http.ResponseWriter, _ *http.Request, _ int) { _, _ = fmt.Fprint(w, body) }
}

func refuses(code string) answerer { return says(`{"ok":false,"error":"` + code + `"}`) }

func newStand(t *testing.T, methods map[string]answerer, change ...func(*Options)) *stand {
	t.Helper()
	s := &stand{limiter: newOpenLimiter(), seen: &seen{}, calls: map[string]int{}, forms: map[string][]map[string]string{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		method := r.URL.Path[len("/api/"):]
		_ = r.ParseForm()
		form := map[string]string{}
		for name := range r.Form {
			form[name] = r.Form.Get(name)
		}
		s.mu.Lock()
		s.calls[method]++
		n := s.calls[method]
		s.forms[method] = append(s.forms[method], form)
		s.mu.Unlock()
		switch answer := methods[method]; {
		case answer != nil:
			answer(w, r, n)
		case method == "auth.test":
			_, _ = fmt.Fprint(w, authAnswer)
		default:
			_, _ = fmt.Fprint(w, `{"ok":false,"error":"unknown_method"}`)
		}
	}))
	t.Cleanup(server.Close)
	base := &http.Transport{}
	t.Cleanup(base.CloseIdleConnections)
	options := Options{
		Token: testToken, APIURL: server.URL + "/api/", CallTimeout: 5 * time.Second,
		Limiter: s.limiter, HTTP: spectest.RoundTripper(t, base), Observe: s.seen.observe,
	}
	for _, c := range change {
		c(&options)
	}
	a, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	s.Adapter = a
	return s
}

func (s *stand) count(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[method]
}

func (s *stand) form(method string, n int) map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.forms[method][n]
}
