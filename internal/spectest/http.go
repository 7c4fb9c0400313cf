package spectest

import (
	"io"
	"net/http"
	"path"
	"strings"
	"testing"
)

// RoundTripper sends through base (nil: net/http's default) and fails the test
// for every request to Slack's Web API that the catalogue does not allow.
func RoundTripper(t testing.TB, base http.RoundTripper) http.RoundTripper {
	t.Helper()
	if base == nil {
		base = http.DefaultTransport
	}
	return roundTripper{t: t, spec: Methods(t), base: base}
}

type roundTripper struct {
	t    testing.TB
	spec *MethodSpec
	base http.RoundTripper
}

func (rt roundTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	rt.t.Helper()
	probe := r.Clone(r.Context())
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		probe.Body = body
	} else {
		probe.Body = nil
	}
	report(rt.t, rt.spec, probe)
	return rt.base.RoundTrip(r)
}

// Handler serves by next and fails the test for every request to Slack's Web
// API (…/api/{method}) that the catalogue does not allow.
func Handler(t testing.TB, next http.Handler) http.Handler {
	t.Helper()
	spec := Methods(t)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/api/") {
			body, err := io.ReadAll(r.Body)
			if err == nil {
				r.Body = io.NopCloser(strings.NewReader(string(body)))
				report(t, spec, r)
			}
			r.Body = io.NopCloser(strings.NewReader(string(body)))
		}
		next.ServeHTTP(w, r)
	})
}

func report(t testing.TB, spec *MethodSpec, r *http.Request) {
	t.Helper()
	if err := spec.Check(path.Base(r.URL.Path), r); err != nil {
		t.Errorf("request that Slack does not take: %v", err)
	}
}
