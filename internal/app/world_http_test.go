package app_test

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

// client calls one JSON API.
type client struct {
	base, token string
	http        *http.Client
}

func newClient(base, token string) client {
	return client{base: base, token: token, http: &http.Client{Timeout: 30 * time.Second}}
}

// statusError is an answer other than 2xx.
type statusError struct {
	status int
	body   string
}

func (e *statusError) Error() string { return fmt.Sprintf("HTTP %d: %.300s", e.status, e.body) }

// do makes one call. A nil in sends no body, a nil out reads none. It returns
// the status, and a *statusError unless that is 2xx.
func (c client) do(ctx context.Context, method, path string, in, out any) (int, error) {
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
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, err
	}
	text, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		return 0, err
	}
	if resp.StatusCode/100 != 2 {
		return resp.StatusCode, &statusError{status: resp.StatusCode, body: string(text)}
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

// must makes one call that has to succeed. It is for the test's own goroutine.
func (c client) must(t *testing.T, method, path string, in, out any) {
	t.Helper()
	if _, err := c.do(t.Context(), method, path, in, out); err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
}
