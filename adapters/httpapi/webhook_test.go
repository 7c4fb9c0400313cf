package httpapi_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/crm/neutral"
)

const hookPath = "/webhooks/crm/crm"

const teamChanged = `{"type":"team.changed","timestamp":"2026-01-01T00:00:00Z","data":{"kind":"account","record_id":"4"}}`

func hookSecret() []byte { return []byte("0123456789abcdef01234567") }

func newReceiver(t *testing.T) connector.Receiver {
	t.Helper()
	ports, err := neutral.New(neutral.Options{
		Name: "crm", Secrets: [][]byte{hookSecret()}, URL: "http://127.0.0.1:1", Kinds: policies(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return ports.Receiver
}

// hookHeader signs body as the CRM does.
func hookHeader(secret []byte, id, body string, at time.Time) []string {
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, secret)
	_, _ = io.WriteString(mac, id+"."+stamp+"."+body)
	return []string{
		"Webhook-Id: " + id,
		"Webhook-Timestamp: " + stamp,
		"Webhook-Signature: v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)),
	}
}

func (s *rig) hook(body string) answer {
	s.t.Helper()
	return s.call(http.MethodPost, hookPath, body, hookHeader(hookSecret(), "evt_1", body, time.Now())...)
}

func TestWebhookIsStored(t *testing.T) {
	s := newRig(t)
	s.token = "" // a webhook needs no API token
	for range 2 {
		a := s.hook(teamChanged)
		if a.status != http.StatusNoContent || a.body != "" {
			t.Fatalf("status %d, body %q; want an empty 204", a.status, a.body)
		}
	}
	if len(s.events) != 2 || s.events[0].ID == "" || s.events[0].ID != s.events[1].ID {
		t.Fatalf("stored %+v, want the same identity twice", s.events)
	}
	if want := (connector.RecordKey{CRM: "crm", Kind: "account", ID: "4"}); s.events[0].Record != want {
		t.Errorf("record %v, want %v", s.events[0].Record, want)
	}
}

func TestWebhookSignature(t *testing.T) {
	now := time.Now()
	good := func(at time.Time) []string { return hookHeader(hookSecret(), "evt_1", teamChanged, at) }
	tests := map[string]struct {
		header []string
		want   int
	}{
		"good":            {good(now), 204},
		"almost old":      {good(now.Add(-295 * time.Second)), 204},
		"almost future":   {good(now.Add(295 * time.Second)), 204},
		"old":             {good(now.Add(-302 * time.Second)), 401},
		"future":          {good(now.Add(302 * time.Second)), 401},
		"absent":          {nil, 401},
		"no signature":    {good(now)[:2], 401},
		"no timestamp":    {[]string{good(now)[0], good(now)[2]}, 401},
		"no id":           {good(now)[1:], 401},
		"wrong secret":    {hookHeader([]byte("other"), "evt_1", teamChanged, now), 401},
		"another body":    {hookHeader(hookSecret(), "evt_1", teamChanged+" ", now), 401},
		"another id":      {append([]string{"Webhook-Id: evt_2"}, good(now)[1:]...), 401},
		"two signatures":  {append(good(now), "Webhook-Signature: v1,AAAA"), 401},
		"repeated header": {append(good(now), good(now)[1]), 401},
	}
	s := newRig(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.call(http.MethodPost, hookPath, teamChanged, tt.header...)
			if a.status != tt.want {
				t.Errorf("status %d, want %d: %s", a.status, tt.want, a.body)
			}
			if tt.want == 401 {
				s.problem(a, 401)
			}
		})
	}
}

// The order of the public contract: 404, 413, 401, 400, 422.
func TestWebhookOrderOfAnswers(t *testing.T) {
	s := newRig(t)
	large := strings.Repeat(" ", 1<<20+1)
	unsigned := func(path, body string) answer { return s.call(http.MethodPost, path, body) }

	s.problem(unsigned("/webhooks/crm/other", large), http.StatusNotFound)
	s.problem(unsigned(hookPath, large), http.StatusRequestEntityTooLarge)
	s.problem(unsigned(hookPath, "{"), http.StatusUnauthorized)
	s.problem(s.hook("{"), http.StatusBadRequest)
	p := s.problem(s.hook(`{"type":"team.changed","data":{"record_id":"4"}}`), http.StatusUnprocessableEntity)
	if !strings.Contains(p.Field, "kind") || p.Index != nil {
		t.Errorf("problem %+v, want it to name kind", p)
	}
	p = s.problem(s.hook("["+teamChanged+`,{"type":"team.changed","data":{"kind":"account"}}]`), http.StatusUnprocessableEntity)
	if !strings.Contains(p.Field, "record_id") || p.Index == nil || *p.Index != 1 {
		t.Errorf("problem %+v, want it to name record_id at 1", p)
	}
	p = s.problem(s.hook(strings.Replace(teamChanged, `"account"`, `"lead"`, 1)), http.StatusUnprocessableEntity)
	if !strings.Contains(p.Detail, "account") || !strings.Contains(p.Detail, "opportunity") {
		t.Errorf("detail %q does not name the kinds in use", p.Detail)
	}
	s.problem(s.hook("[]"), http.StatusUnprocessableEntity)
	if s.accepts != 0 {
		t.Errorf("%d bodies were accepted, want none", s.accepts)
	}
}

func TestWebhookOfExactly1MiB(t *testing.T) {
	s := newRig(t)
	if a := s.hook(teamChanged + strings.Repeat(" ", 1<<20-len(teamChanged))); a.status != http.StatusNoContent {
		t.Errorf("status %d, want 204: %s", a.status, a.body)
	}
}

func TestWebhookUnknownType(t *testing.T) {
	s := newRig(t)
	if a := s.hook(`{"type":"something.new","data":{}}`); a.status != http.StatusNoContent {
		t.Errorf("status %d, want 204: %s", a.status, a.body)
	}
}

func TestWebhookMethod(t *testing.T) {
	s := newRig(t)
	a := s.call(http.MethodGet, hookPath, "")
	s.problem(a, http.StatusMethodNotAllowed)
	if a.header.Get("Allow") != http.MethodPost {
		t.Errorf("Allow %q", a.header.Get("Allow"))
	}
}

func TestWebhookNotStored(t *testing.T) {
	tests := map[string]struct {
		err        error
		retryAfter string
	}{
		"store away": {fmt.Errorf("accept: %w", connector.ErrStoreAway), "5"},
		"wait":       {&connector.WaitError{After: 1500 * time.Millisecond, What: "store"}, "2"},
		"other":      {io.ErrUnexpectedEOF, "5"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newRig(t)
			s.err = tt.err
			a := s.hook(teamChanged)
			s.problem(a, http.StatusServiceUnavailable)
			if got := a.header.Get("Retry-After"); got != tt.retryAfter {
				t.Errorf("Retry-After %q, want %q", got, tt.retryAfter)
			}
		})
	}
}

// What cannot be served is refused like a body that makes no sense: sending it
// again would not help.
func TestWebhookNotServed(t *testing.T) {
	s := newRig(t)
	s.err = &connector.MeaningError{Index: -1, Field: "platform", Detail: "not in use"}
	a := s.hook(teamChanged)
	s.problem(a, http.StatusUnprocessableEntity)
	if !strings.Contains(a.body, "platform") || a.header.Get("Retry-After") != "" {
		t.Errorf("body %q, Retry-After %q", a.body, a.header.Get("Retry-After"))
	}
}

func TestWebhookWhileStopping(t *testing.T) {
	s := newRig(t)
	s.stopping.Store(true)
	a := s.hook(teamChanged)
	s.problem(a, http.StatusServiceUnavailable)
	if a.header.Get("Retry-After") != "5" || s.accepts != 0 {
		t.Errorf("Retry-After %q, %d accepted", a.header.Get("Retry-After"), s.accepts)
	}
}

// A body that ends early takes nothing.
func TestWebhookCutConnection(t *testing.T) {
	s := newRig(t)
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	header := strings.Join(hookHeader(hookSecret(), "evt_1", teamChanged, time.Now()), "\r\n")
	_, err = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\n%s\r\nContent-Length: %d\r\n\r\n%s", hookPath, header, len(teamChanged)+10, teamChanged)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(raw), "HTTP/1.1 400") || s.accepts != 0 {
		t.Errorf("answer %.60q, %d accepted; want 400 and none", raw, s.accepts)
	}
}
