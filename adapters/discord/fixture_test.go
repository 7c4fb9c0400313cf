package discord

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"roomkeeper/adapters/internal/adaptertest"
)

const (
	testToken = "token-of-the-bot"
	testGuild = "1100000000000000000"
	testID    = "1100000000000000077"
)

// answer is what the far side says to a request.
type answer struct {
	status int
	header map[string]string
	body   string
	err    error
}

// stand is an Adapter whose requests are answered in the test, at the test's time.
type stand struct {
	*testing.T
	*Adapter
	limiter *adaptertest.Limiter
	log     bytes.Buffer
	seen    []string

	mu    sync.Mutex
	now   time.Time
	sent  []*http.Request
	wants func(r *http.Request) answer
}

func newStand(t *testing.T, wants func(r *http.Request) answer) *stand {
	t.Helper()
	s := &stand{T: t, wants: wants, now: time.Unix(1.8e9, 0), limiter: adaptertest.NewLimiter()}
	a, err := New(Options{
		Token: testToken, APIURL: "https://discord.example/api/", GuildID: testGuild, Limiter: s.limiter, HTTP: s,
		Observe: func(method, outcome string) { s.seen = append(s.seen, method+" "+outcome) },
		Clock:   s.clock,
		Logger:  slog.New(slog.NewTextHandler(&s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Adapter = a
	return s
}

func (s *stand) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *stand) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

func (s *stand) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	s.sent = append(s.sent, r)
	s.mu.Unlock()
	a := s.wants(r)
	if a.err != nil {
		return nil, a.err
	}
	res := &http.Response{StatusCode: a.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(a.body)), Request: r}
	if a.status == 0 {
		res.StatusCode = http.StatusOK
	}
	for name, value := range a.header {
		res.Header.Set(name, value)
	}
	return res, nil
}

// says answers every request alike.
func says(status int, body string, header ...string) func(*http.Request) answer {
	h := map[string]string{}
	for i := 0; i+1 < len(header); i += 2 {
		h[header[i]] = header[i+1]
	}
	return func(*http.Request) answer { return answer{status: status, body: body, header: h} }
}

// rated are the headers of a bucket.
func rated(limit, remaining, reset, after string) []string {
	return []string{
		"X-RateLimit-Bucket", "abc", "X-RateLimit-Limit", limit, "X-RateLimit-Remaining", remaining,
		"X-RateLimit-Reset", reset, "X-RateLimit-Reset-After", after,
	}
}
