package slack

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"roomkeeper/internal/spectest"
)

func TestManifest(t *testing.T) {
	got, err := Manifest("https://rooms.example/base/", "/crm")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"url": "https://rooms.example/base/slack/commands"`, `"command": "/crm"`, `"should_escape": true`,
		`"request_url": "https://rooms.example/base/slack/events"`, `"request_url": "https://rooms.example/base/slack/interactions"`,
		`"major_version": 2`,
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	schema := spectest.Schema(t, "manifest.schema.2.0.0.json")
	if schema == nil {
		return
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(got))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Error(err)
	}
}

func TestManifestRefuses(t *testing.T) {
	for _, c := range [][2]string{{"", "/crm"}, {"rooms.example", "/crm"}, {"https://x", "crm"}, {"https://x", "/"}, {"https://x", "/c m"}, {"https://x", "/" + strings.Repeat("c", 32)}} {
		if got, err := Manifest(c[0], c[1]); err == nil {
			t.Errorf("%q %q: %s", c[0], c[1], got)
		}
	}
}

// TestScopes: every method and event has a scope, for public and private
// channels, and no scope is without use.
func TestScopes(t *testing.T) {
	spec := spectest.Methods(t)
	if spec == nil {
		return
	}
	used := map[string]bool{"commands": true}
	for _, method := range usedMethods() {
		accepted := spec.Methods[method].Scope["bot"]
		for _, family := range families(accepted) {
			match := intersection(scopes(), family)
			if len(match) == 0 {
				t.Errorf("%s needs one of %v", method, family)
			}
			for _, scope := range match {
				used[scope] = true
			}
		}
	}
	for _, event := range spec.Events {
		if slices.Contains(botEvents(), event.Name) {
			used["event "+event.Name] = true
			for _, family := range families(event.Scopes) {
				if len(intersection(scopes(), family)) == 0 {
					t.Errorf("event %s needs one of %v", event.Name, family)
				}
			}
		}
	}
	for _, scope := range scopes() {
		if !used[scope] {
			t.Errorf("nothing needs %s", scope)
		}
	}
	for _, event := range botEvents() {
		if !used["event "+event] {
			t.Errorf("Slack has no event %s", event)
		}
	}
}

// families splits accepted scopes by the kind of channel they are for.
func families(accepted []string) [][]string {
	var public, private, other []string
	for _, scope := range accepted {
		switch {
		case strings.HasPrefix(scope, "channels:"):
			public = append(public, scope)
		case strings.HasPrefix(scope, "groups:"):
			private = append(private, scope)
		case strings.HasPrefix(scope, "im:"), strings.HasPrefix(scope, "mpim:"):
		default:
			other = append(other, scope)
		}
	}
	return slices.DeleteFunc([][]string{public, private, other}, func(f []string) bool { return len(f) == 0 })
}

func intersection(a, b []string) []string {
	var both []string
	for _, s := range a {
		if slices.Contains(b, s) {
			both = append(both, s)
		}
	}
	return both
}
