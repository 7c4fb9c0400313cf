package world

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"roomkeeper/sandbox/crm"
)

// Delivery is one webhook as it is sent; zero fields are right.
type Delivery struct {
	Source    string // "crm"
	ID        string // a fresh one
	At        time.Time
	Ago       time.Duration // that At lies before the time of sending, where At is zero
	Signature *string       // what the secret makes
	Body      string
}

// Refusal is an answer that is no success (RFC 9457).
type Refusal struct {
	Type, Title, Detail, Field string
	Status                     int
	Index                      *int
	Request                    string `json:"request_id"`

	RetryAfter string
}

// Post delivers a webhook and returns the status with what was said.
func (c *Service) Post(t testing.TB, d Delivery) (int, Refusal) {
	t.Helper()
	if d.Source == "" {
		d.Source = "crm"
	}
	if d.ID == "" {
		d.ID = "evt_" + strconv.FormatInt(time.Now().UnixNano(), 36)
	}
	if d.At.IsZero() {
		d.At = time.Now().Add(-d.Ago)
	}
	signature, err := crm.Sign(WebhookSecret, d.ID, d.At, []byte(d.Body))
	if err != nil {
		t.Fatal(err)
	}
	if d.Signature != nil {
		signature = *d.Signature
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.URL+"/webhooks/crm/"+d.Source, strings.NewReader(d.Body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("webhook-id", d.ID)
	req.Header.Set("webhook-timestamp", strconv.FormatInt(d.At.Unix(), 10))
	if signature != "" {
		req.Header.Set("webhook-signature", signature)
	}
	return Answered(t, req)
}

// Answered makes a call and reads the problem in its answer, which is
// anything but 2xx and has to be well formed.
func Answered(t testing.TB, req *http.Request) (int, Refusal) {
	t.Helper()
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	r := Refusal{RetryAfter: answer.Header.Get("Retry-After")}
	if answer.StatusCode == http.StatusNoContent {
		if len(body) > 0 {
			t.Errorf("204 with a body: %s", body)
		}
		return answer.StatusCode, r
	}
	if kind := answer.Header.Get("Content-Type"); kind != "application/problem+json" {
		t.Errorf("%d is %s: %s", answer.StatusCode, kind, body)
	}
	if err := json.Unmarshal(body, &r); err != nil {
		t.Fatalf("%d: %v: %s", answer.StatusCode, err, body)
	}
	if r.Type == "" || r.Title != http.StatusText(answer.StatusCode) || r.Detail == "" || r.Status != answer.StatusCode ||
		r.Request == "" || r.Request != answer.Header.Get("X-Request-Id") {
		t.Errorf("%d: the problem is not whole: %s", answer.StatusCode, body)
	}
	return answer.StatusCode, r
}

// Requested asks for the channel of an account.
func Requested(n int) string {
	return fmt.Sprintf(`{"type":"channel.requested","data":{"kind":"account","record_id":"%d"}}`, n)
}

// Taken delivers a webhook and wants it to be taken.
func (c *Service) Taken(t testing.TB, body string) {
	t.Helper()
	if status, p := c.Post(t, Delivery{Body: body}); status != http.StatusNoContent {
		t.Fatalf("%d %+v, want 204", status, p)
	}
}

// TeamChanged is a webhook: the team of account 1 has changed.
const TeamChanged = `{"type":"team.changed","data":{"kind":"account","record_id":"1"}}`
