package world

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"roomkeeper/internal/spectest"
)

// lawful checks every request that reached the workspace so far against
// Slack's published catalogue and Block Kit schema, and fails when there was none.
func (w *World) lawful(t testing.TB) {
	t.Helper()
	spec := spectest.Methods(t)
	calls := w.Slack.Calls(t, 0, "")
	if len(calls) == 0 {
		t.Error("no request reached the workspace")
	}
	wrong := map[string]bool{}
	for _, call := range calls {
		if call.Method == "response_url" {
			continue // a late answer to a command: no method of the catalogue
		}
		form := url.Values{}
		for name, value := range call.Args {
			form.Set(name, value)
		}
		if call.TokenIn == "form" {
			form.Set("token", "xoxb-left-out-of-the-log")
		}
		target := "/api/" + call.Method
		if call.TokenIn == "query" {
			target += "?token=1"
		}
		request := httptest.NewRequestWithContext(t.Context(), call.HTTPMethod, target, strings.NewReader(form.Encode()))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if call.HTTPMethod == http.MethodGet {
			request = httptest.NewRequestWithContext(t.Context(), call.HTTPMethod, target+"?"+form.Encode(), http.NoBody)
		}
		if call.TokenIn == "header" {
			request.Header.Set("Authorization", "Bearer left-out-of-the-log")
		}
		if !strings.HasPrefix(call.ContentType, "application/x-www-form-urlencoded") && call.HTTPMethod == http.MethodPost {
			wrong[call.Method+": content type "+call.ContentType] = true
		}
		if err := spec.Check(call.Method, request); err != nil {
			wrong[err.Error()] = true
		}
	}
	for text := range wrong {
		t.Error("not by the catalogue:", text)
	}
}
