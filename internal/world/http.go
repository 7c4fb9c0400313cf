package world

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"
)

// Client calls one JSON API.
type Client struct {
	base, token string
	HTTP        *http.Client
}

// NewClient returns a client of the API at base, a URL without a trailing
// slash. An empty token is not sent.
func NewClient(base, token string) Client {
	return Client{base: base, token: token, HTTP: &http.Client{Timeout: 30 * time.Second}}
}

// StatusError is an answer other than 2xx.
type StatusError struct {
	Status int
	Body   string
}

func (e *StatusError) Error() string { return fmt.Sprintf("HTTP %d: %.300s", e.Status, e.Body) }

// Do makes one call. A nil in sends no body, a nil out reads none. It returns
// the status, and a *statusError unless that is 2xx.
func (c Client) Do(ctx context.Context, method, path string, in, out any) (int, error) {
	var body io.Reader = http.NoBody
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return 0, err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return 0, err
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return 0, err
	}
	text, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		return 0, err
	}
	if resp.StatusCode/100 != 2 {
		return resp.StatusCode, &StatusError{Status: resp.StatusCode, Body: string(text)}
	}
	if out == nil {
		return resp.StatusCode, nil
	}
	if raw, ok := out.(*string); ok {
		*raw = string(text)
		return resp.StatusCode, nil
	}
	return resp.StatusCode, json.Unmarshal(text, out)
}

// Must makes one call that has to succeed. It is for the test's own goroutine.
func (c Client) Must(t testing.TB, method, path string, in, out any) {
	t.Helper()
	if _, err := c.Do(t.Context(), method, path, in, out); err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
}
