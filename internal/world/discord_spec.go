package world

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"roomkeeper/internal/spectest"
	"roomkeeper/sandbox/discord"
)

// lawfulDiscord checks requests, and what the connector answered to
// interactions, against Discord's OpenAPI and the limits of its prose.
func lawfulDiscord(t testing.TB, logs func(name string) []json.RawMessage) {
	t.Helper()
	spec := spectest.Discord(t)
	wrong := map[string]bool{}
	note := func(err error) {
		if err != nil {
			wrong[err.Error()] = true
		}
	}
	for _, raw := range logs("calls") {
		var call discord.Call
		if err := json.Unmarshal(raw, &call); err != nil {
			t.Fatalf("log of discord: %v", err)
		}
		if strings.HasPrefix(call.Method, "POST /oauth2/") {
			continue // their bodies are secrets, which the log does not keep
		}
		query, err := url.ParseQuery(call.Query)
		note(err)
		note(spec.CheckCall(spectest.DiscordCall{
			Method: call.HTTPMethod, Path: call.Path, Query: query, Header: discordHeader(call), Body: []byte(call.Body),
		}))
	}
	for _, raw := range logs("deliveries") {
		var sent discord.Delivery
		if err := json.Unmarshal(raw, &sent); err != nil {
			t.Fatalf("deliveries of discord: %v", err)
		}
		if sent.Status == http.StatusOK {
			note(spec.CheckCallback([]byte(sent.Answer)))
		}
	}
	for text := range wrong {
		t.Error("not by the description:", text)
	}
}

// discordHeader has what the log keeps of a request's headers; the token itself
// is not among that.
func discordHeader(call discord.Call) http.Header {
	header := http.Header{}
	set := func(name, value string) {
		if value != "" {
			header.Set(name, value)
		}
	}
	set("User-Agent", call.UserAgent)
	set("Content-Type", call.ContentType)
	set("X-Audit-Log-Reason", call.RawReason)
	if call.Scheme != "" {
		set("Authorization", strings.Join([]string{call.Scheme, "left-out-of-the-log"}, " "))
	}
	return header
}
