package world

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"roomkeeper/internal/spectest"
	"roomkeeper/sandbox/slack"
)

// lawfulSlack checks requests against Slack's published catalogue and Block Kit
// schema.
func lawfulSlack(t testing.TB, logs func(name string) []json.RawMessage) {
	t.Helper()
	spec := spectest.Methods(t)
	wrong := map[string]bool{}
	for _, raw := range logs("calls") {
		var call slack.Call
		if err := json.Unmarshal(raw, &call); err != nil {
			t.Fatalf("log of slack: %v", err)
		}
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
