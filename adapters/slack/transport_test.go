package slack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"roomkeeper/adapters/internal/adaptertest"
	"roomkeeper/connector"
)

func status(code int, header, body string) answerer {
	return func(w http.ResponseWriter, _ *http.Request, _ int) {
		if header != "" {
			w.Header().Set("Retry-After", header)
		}
		w.WriteHeader(code)
		_, _ = fmt.Fprint(w, body)
	}
}

func post(s *stand) error {
	_, err := s.Post(context.Background(), "C1", "card", connector.Card{Title: "Acme"})
	return err
}

func TestRateLimits(t *testing.T) {
	for name, c := range map[string]struct {
		answer answerer
		want   time.Duration
	}{
		"429 with seconds":       {status(429, "7", `{"ok":false,"error":"ratelimited"}`), 7 * time.Second},
		"429 without":            {status(429, "", ""), defaultWait},
		"429 with nonsense":      {status(429, "soon", "<html>"), defaultWait},
		"429 with zero":          {status(429, "0", ""), minWait},
		"429 with minus":         {status(429, "-5", ""), minWait},
		"429 with a year":        {status(429, "31536000", ""), maxWait},
		"200 ratelimited":        {refuses("ratelimited"), defaultWait},
		"200 ratelimited, 9 s":   {status(200, "9", `{"ok":false,"error":"ratelimited"}`), 9 * time.Second},
		"200 rate_limited":       {refuses("rate_limited"), defaultWait},
		"message_limit_exceeded": {refuses("message_limit_exceeded"), longWait},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t, map[string]answerer{"chat.postMessage": c.answer})
			var wait *connector.WaitError
			if err := post(s); !errors.As(err, &wait) || wait.After != c.want || wait.What != "slack/chat.postMessage" {
				t.Fatalf("error %v, want a wait of %s", err, c.want)
			}
			if got := s.limiter.Pauses["slack/chat.postMessage"]; got != c.want {
				t.Errorf("paused for %s, want %s", got, c.want)
			}
			if n := s.count("chat.postMessage"); n != 1 {
				t.Errorf("%d calls, want 1", n)
			}
			if want := "chat.postMessage wait"; len(s.seen.calls) != 1 || s.seen.calls[0] != want {
				t.Errorf("observed %v, want %q", s.seen.calls, want)
			}
		})
	}
}

func TestClosedBucketSendsNothing(t *testing.T) {
	for _, bucket := range []string{"slack/chat.postMessage", "slack/chat.postMessage/C1"} {
		s := newStand(t, nil)
		s.limiter.Closed[bucket] = 3 * time.Second
		var wait *connector.WaitError
		if err := post(s); !errors.As(err, &wait) || wait.After != 3*time.Second || wait.What != bucket {
			t.Errorf("error %v, want to wait for %s", err, bucket)
		}
		if n := s.count("chat.postMessage"); n != 0 || len(s.seen.calls) != 0 {
			t.Errorf("%d calls were made, observed %v", n, s.seen.calls)
		}
	}
}

func TestLimiterAway(t *testing.T) {
	s := newStand(t, nil)
	s.limiter.Failure = connector.ErrStoreAway
	if err := post(s); !errors.Is(err, connector.ErrStoreAway) {
		t.Errorf("error %v", err)
	}
	if n := s.count("chat.postMessage"); n != 0 {
		t.Errorf("%d calls without leave", n)
	}
}

// cut closes the connection after some of the answer.
func cutAfter(part string) answerer {
	return func(w http.ResponseWriter, _ *http.Request, _ int) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = fmt.Fprint(conn, part)
		_ = conn.Close()
	}
}

func hang(_ http.ResponseWriter, r *http.Request, _ int) { <-r.Context().Done() }

// TestNoClearAnswer: a post may have happened, a reading may be repeated.
func TestNoClearAnswer(t *testing.T) {
	const half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"ok\":true,"
	for name, answer := range map[string]answerer{
		"cut":                 cutAfter(""),
		"cut in the middle":   cutAfter(half),
		"hangs":               hang,
		"500":                 status(500, "", "<html>"),
		"503 with a code":     status(503, "1", `{"ok":false,"error":"service_unavailable"}`),
		"redirect":            status(302, "", ""),
		"ok false, no error":  says(`{"ok":false}`),
		"empty object":        says(`{}`),
		"no body":             says(``),
		"html":                says(`<html>maintenance</html>`),
		"array":               says(`[]`),
		"another shape":       says(`{"ok":true,"ts":{},"members":7}`),
		"nothing in the true": says(`{"ok":true,"members":{"a":1}}`),
		"internal_error":      refuses("internal_error"),
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t, map[string]answerer{"chat.postMessage": answer, "conversations.members": answer},
				func(o *Options) { o.CallTimeout = 300 * time.Millisecond })
			if err := post(s); !errors.Is(err, connector.ErrUnknownOutcome) {
				t.Errorf("post: %v, want an unknown outcome", err)
			}
			if n := s.count("chat.postMessage"); n != 1 {
				t.Errorf("%d posts, want 1", n)
			}
			if seen, err := s.Observe(t.Context(), "C1"); !errors.Is(err, connector.ErrTemporary) {
				t.Errorf("observe: %v, %v, want a temporary failure", seen, err)
			}
		})
	}
}

func TestRefusedByStatus(t *testing.T) {
	for code, want := range map[int]error{
		401: connector.ErrUnauthorized, 403: connector.ErrForbidden, 404: connector.ErrUnsupported, 413: connector.ErrInvalid,
	} {
		s := newStand(t, map[string]answerer{"chat.postMessage": status(code, "", "no")})
		if err := post(s); !errors.Is(err, want) {
			t.Errorf("HTTP %d: %v, want %v", code, err, want)
		}
	}
	s := newStand(t, map[string]answerer{"chat.postMessage": status(403, "", `{"ok":false,"error":"is_archived"}`)})
	if err := post(s); !errors.Is(err, connector.ErrArchived) {
		t.Errorf("HTTP 403 with a code: %v, want the code's meaning", err)
	}
}

// TestNeverConnected: nothing was sent, so even a post may be repeated.
func TestNeverConnected(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	s := newStand(t, nil, func(o *Options) { o.APIURL = "http://" + address + "/api/" })
	if err := post(s); !errors.Is(err, connector.ErrTemporary) || errors.Is(err, connector.ErrUnknownOutcome) {
		t.Errorf("error %v, want a temporary failure", err)
	}
}

// TestStopped: a reading that was stopped is no failure; a post that was may
// have happened.
func TestStopped(t *testing.T) {
	arrived := make(chan struct{}, 2)
	held := func(w http.ResponseWriter, r *http.Request, n int) {
		arrived <- struct{}{}
		hang(w, r, n)
	}
	s := newStand(t, map[string]answerer{"conversations.members": held, "chat.postMessage": held})
	if _, err := s.Whoami(t.Context()); err != nil {
		t.Fatal(err)
	}
	observe := func(ctx context.Context) error { _, err := s.Observe(ctx, "C1"); return err }
	send := func(ctx context.Context) error { _, err := s.Post(ctx, "C1", "x", connector.Card{}); return err }
	for _, c := range []struct {
		call func(context.Context) error
		want connector.Reason
	}{{observe, connector.ReasonStopped}, {send, connector.ReasonUnknownOutcome}} {
		ctx, cancel := context.WithCancel(t.Context())
		result := make(chan error, 1)
		go func() { result <- c.call(ctx) }()
		<-arrived
		cancel()
		if got := connector.ReasonOf(<-result); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

// leaky is a base transport whose errors hold what must not be shown.
type leaky struct{}

func (leaky) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("proxy refused Authorization: Bearer " + testToken)
}

func TestTokenIsNeverShown(t *testing.T) {
	var logged bytes.Buffer
	s := newStand(t, nil, func(o *Options) {
		o.HTTP = leaky{}
		o.Logger = slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	err := post(s)
	if err == nil {
		t.Fatal("no error")
	}
	for _, text := range []string{err.Error(), fmt.Sprintf("%#v %+v", err, err), logged.String()} {
		if strings.Contains(text, testToken) {
			t.Errorf("the token is in %q", text)
		}
	}
}

func TestMissingScopeSaysWhich(t *testing.T) {
	s := newStand(t, map[string]answerer{"chat.postMessage": says(`{"ok":false,"error":"missing_scope","needed":"chat:write","provided":"x"}`)})
	err := post(s)
	if !errors.Is(err, connector.ErrUnsupported) || !strings.Contains(err.Error(), "chat:write") {
		t.Errorf("error %v", err)
	}
}

func TestNew(t *testing.T) {
	_, err := New(Options{APIURL: "slack.com/api", RateFactor: -1})
	for _, want := range []string{"token", "limiter", "slash", "factor"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not speak of the %s", err, want)
		}
	}
	if _, err := New(Options{Token: "x", Limiter: adaptertest.NewLimiter()}); err != nil {
		t.Errorf("defaults: %v", err)
	}
}
