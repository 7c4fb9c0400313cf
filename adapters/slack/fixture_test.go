package slack

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"roomkeeper/adapters/internal/adaptertest"
	"roomkeeper/internal/spectest"
)

const testToken = "xoxb-test-secret"

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
	limiter *adaptertest.Limiter
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
	s := &stand{limiter: adaptertest.NewLimiter(), seen: &seen{}, calls: map[string]int{}, forms: map[string][]map[string]string{}}
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
