// Package spectest checks what tests send against the vendors' own
// descriptions: Slack's method catalogue and the Block Kit schema, Discord's
// OpenAPI and the limits that only its prose states.
//
// The descriptions are not part of this module. They are looked for in a
// folder shared/specs beside the module's root or above; a test that finds
// none goes on without, and says so, unless RK_REQUIRE_SPECS=1.
package spectest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// requireVariable makes missing descriptions a failure.
const requireVariable = "RK_REQUIRE_SPECS"

// Path finds a file of the descriptions; "" when there is none.
func Path(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatalf("spectest: %v", err)
	}
	for {
		file := filepath.Join(dir, "shared", "specs", name)
		if _, err := os.Stat(file); err == nil {
			return file
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			break
		}
		dir = parent
	}
	if os.Getenv(requireVariable) == "1" {
		t.Fatalf("spectest: no shared/specs/%s, and %s=1", name, requireVariable)
	}
	t.Logf("spectest: no shared/specs/%s: requests go unchecked", name)
	return ""
}

// load reads a JSON file of the descriptions into v; false when there is none.
func load(t testing.TB, name string, v any) bool {
	t.Helper()
	file := Path(t, name)
	if file == "" {
		return false
	}
	data, err := os.ReadFile(file) //nolint:gosec // a test's own file
	if err != nil {
		t.Fatalf("spectest: %v", err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatalf("spectest: %s: %v", name, err)
	}
	return true
}

// parsed holds what was read, by file: it is large, never changes, and many
// tests of one process want it.
var parsed sync.Map //nolint:gochecknoglobals // a cache of immutable values

// once reads a description for the first test that wants it; nil when it is
// not there.
func once[T any](t testing.TB, name string, read func(testing.TB) *T) *T {
	t.Helper()
	if spec, ok := parsed.Load(name); ok {
		return spec.(*T) // each name has one type
	}
	spec := read(t)
	if spec != nil {
		parsed.Store(name, spec)
	}
	return spec
}
