package crm_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/crm"
)

func do(t *testing.T, o crm.ClientOptions, url string) (crm.Answer, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer s3cret")
	return crm.NewClient(o).Do(t.Context(), req)
}

func TestClientBoundsTheAnswer(t *testing.T) {
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	if _, err := zip.Write(bytes.Repeat([]byte("a"), 1<<20)); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/fits":
			_, _ = w.Write(bytes.Repeat([]byte("a"), 1000))
		case "/over":
			_, _ = w.Write(bytes.Repeat([]byte("a"), 1001))
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(packed.Bytes())
		}
	}))
	defer server.Close()
	o := crm.ClientOptions{MaxAnswer: 1000}
	if a, err := do(t, o, server.URL+"/fits"); err != nil || len(a.Body) != 1000 {
		t.Errorf("fits: %d bytes, %v", len(a.Body), err)
	}
	for _, path := range []string{"/over", "/bomb"} {
		if _, err := do(t, o, server.URL+path); !errors.Is(err, connector.ErrTemporary) {
			t.Errorf("%s: got %v, want ErrTemporary", path, err)
		}
	}
}

func TestClientKeepsTheTokenOnItsHost(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the other host was called")
	}))
	defer other.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away": // same name, another port
			http.Redirect(w, r, other.URL, http.StatusFound)
		case "/here":
			http.Redirect(w, r, "/end", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/end":
			_, _ = w.Write([]byte(r.Header.Get("Authorization")))
		}
	}))
	defer server.Close()
	if a, err := do(t, crm.ClientOptions{}, server.URL+"/away"); err != nil || a.Status != http.StatusFound {
		t.Errorf("away: %d, %v, want the redirect itself", a.Status, err)
	}
	if a, err := do(t, crm.ClientOptions{}, server.URL+"/here"); err != nil || string(a.Body) != "Bearer s3cret" {
		t.Errorf("here: %q, %v", a.Body, err)
	}
	if a, err := do(t, crm.ClientOptions{}, server.URL+"/loop"); err != nil || a.Status != http.StatusFound {
		t.Errorf("loop: %d, %v, want the redirect itself", a.Status, err)
	}
}

type broken struct{ err error }

func (b broken) RoundTrip(*http.Request) (*http.Response, error) { return nil, b.err }

// downgrade answers every call with a redirect to the same host without TLS.
type downgrade struct{ t *testing.T }

func (d downgrade) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" {
		d.t.Errorf("the token went to %s", r.URL)
	}
	out := httptest.NewRecorder()
	http.Redirect(out, r, "http://"+r.URL.Host+"/", http.StatusFound)
	return out.Result(), nil
}

func TestClientKeepsTheTokenInsideTLS(t *testing.T) {
	if a, err := do(t, crm.ClientOptions{HTTP: downgrade{t}}, "https://crm.test/"); err != nil || a.Status != http.StatusFound {
		t.Errorf("got %d, %v, want the redirect itself", a.Status, err)
	}
}

func TestClientErrorsHoldNoSecret(t *testing.T) {
	cause := errors.New("refused: Bearer s3cret")
	_, err := do(t, crm.ClientOptions{HTTP: broken{cause}, Secrets: []string{"s3cret"}},
		"http://crm.test/users?email=ann@example.com")
	if !errors.Is(err, connector.ErrTemporary) || !errors.Is(err, cause) {
		t.Errorf("got %v, want ErrTemporary with its cause", err)
	}
	for _, secret := range []string{"s3cret", "ann@example.com"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%q is in %q", secret, err)
		}
	}
	if crm.Redact(nil, "x") != nil {
		t.Error("no error became one")
	}
}

func TestClientTellsWhoGaveUp(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
	}))
	defer server.Close()
	if _, err := do(t, crm.ClientOptions{Timeout: 10 * time.Millisecond}, server.URL); !errors.Is(err, connector.ErrTemporary) {
		t.Errorf("our deadline: %v, want ErrTemporary", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = crm.NewClient(crm.ClientOptions{}).Do(ctx, req)
	if got := connector.ReasonOf(err); got != connector.ReasonStopped {
		t.Errorf("the caller stopped: %v is %q", err, got)
	}
}
