package crm_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"roomkeeper/sandbox/crm"
)

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

const secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"

// site is a World behind a real HTTP server.
type site struct {
	*crm.World
	t   *testing.T
	url string
}

func newSite(t *testing.T, cfg crm.Config) site {
	t.Helper()
	cfg.Token, cfg.WebhookSecret = "crm-token", secret
	cfg.RetryWait, cfg.PollWait = time.Millisecond, time.Millisecond
	world, err := crm.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(world.Close)
	srv := httptest.NewServer(world.Handler())
	t.Cleanup(srv.Close)
	return site{world, t, srv.URL}
}

// call makes a request and decodes the answer into out, if it is not nil.
func (s site) call(method, path, token string, body, out any) (int, error) {
	s.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, bytes.NewReader(raw))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err = io.ReadAll(resp.Body)
	if err == nil && out != nil {
		err = json.Unmarshal(raw, out)
	}
	return resp.StatusCode, err
}

func (s site) get(path string, out any) int {
	s.t.Helper()
	status, err := s.call(http.MethodGet, path, "crm-token", nil, out)
	if err != nil {
		s.t.Fatalf("GET %s: %v", path, err)
	}
	return status
}

func (s site) control(what string, body any) int {
	s.t.Helper()
	status, err := s.call(http.MethodPost, "/control/"+what, "", body, nil)
	if err != nil {
		s.t.Fatalf("POST /control/%s: %v", what, err)
	}
	return status
}

// hook is a connector that takes webhooks.
type hook struct {
	id    string
	event crm.Event
	raw   string
}

// listen returns a server that checks signatures, answers with what status
// returns and passes on each webhook that it saw.
func listen(t *testing.T, status func(hook) int) (string, <-chan hook) {
	t.Helper()
	seen := make(chan hook, 100)
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		h := hook{id: r.Header.Get("webhook-id"), raw: string(body)}
		var unix int64
		_ = json.Unmarshal([]byte(r.Header.Get("webhook-timestamp")), &unix)
		want, err := crm.Sign(secret, h.id, time.Unix(unix, 0), body)
		if err != nil || r.Header.Get("webhook-signature") != want {
			t.Errorf("signature %q, want %q (%v)", r.Header.Get("webhook-signature"), want, err)
		}
		if err := json.Unmarshal(body, &h.event); err != nil {
			t.Errorf("body %s: %v", body, err)
		}
		code := status(h)
		seen <- h
		rw.WriteHeader(code)
	}))
	t.Cleanup(srv.Close)
	return srv.URL, seen
}

func noContent(hook) int { return http.StatusNoContent }

func next(t *testing.T, seen <-chan hook) hook {
	t.Helper()
	select {
	case h := <-seen:
		return h
	case <-time.After(patience):
		t.Fatal("no webhook came")
		return hook{}
	}
}

func TestSignVector(t *testing.T) {
	body := `{"type":"team.changed","timestamp":"2026-01-01T00:00:00Z","data":{"kind":"account","record_id":"4"}}`
	got, err := crm.Sign(secret, "evt_demo1", time.Unix(1767225600, 0), []byte(body))
	if want := "v1,n+8Ro6fYyxo8DvXSl6IBnofWOTXF8zZ2+GuaVuVV+iU="; err != nil || got != want {
		t.Errorf("Sign = %q, %v; want %q", got, err, want)
	}
	if _, err := crm.Sign("AAEC", "x", time.Now(), nil); err == nil {
		t.Error("a secret without whsec_ was taken")
	}
}
