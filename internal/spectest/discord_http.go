package spectest

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// DiscordTransport sends through another transport, checks and keeps every
// request. It is safe for concurrent use.
type DiscordTransport struct {
	t    testing.TB
	spec *DiscordSpec
	base http.RoundTripper

	mu    sync.Mutex
	calls []DiscordCall
}

// DiscordRoundTripper sends through base (nil: net/http's default) and fails
// the test for every request that Discord's description or prose does not allow.
func DiscordRoundTripper(t testing.TB, base http.RoundTripper) *DiscordTransport {
	t.Helper()
	if base == nil {
		base = http.DefaultTransport
	}
	return &DiscordTransport{t: t, spec: Discord(t), base: base}
}

// RoundTrip implements http.RoundTripper.
func (d *DiscordTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	d.t.Helper()
	sent := r.Clone(r.Context())
	call, err := recordDiscord(sent)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	d.calls = append(d.calls, call)
	d.mu.Unlock()
	reportDiscord(d.t, d.spec, call)
	return d.base.RoundTrip(sent)
}

// Calls are the requests so far, in order. Their headers hold what was sent,
// tokens included: not for printing.
func (d *DiscordTransport) Calls() []DiscordCall {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.calls)
}

// DiscordHandler serves by next and fails the test for every request to
// Discord's API (…/api/…) that its description or prose does not allow.
func DiscordHandler(t testing.TB, next http.Handler) http.Handler {
	t.Helper()
	spec := Discord(t)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/api/") {
			if call, err := recordDiscord(r); err == nil {
				reportDiscord(t, spec, call)
			}
		}
		next.ServeHTTP(w, r)
	})
}

func reportDiscord(t testing.TB, spec *DiscordSpec, call DiscordCall) {
	t.Helper()
	if err := spec.CheckCall(call); err != nil {
		t.Errorf("request that Discord does not take: %v", err)
	}
}
