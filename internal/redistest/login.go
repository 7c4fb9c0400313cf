package redistest

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

// DocumentedLogin finds the "user" line of redis.conf in a document that has a
// part in it.
func DocumentedLogin(tb testing.TB, path, part string) string {
	tb.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "user ") && strings.Contains(line, part) {
			return strings.TrimSpace(line)
		}
	}
	tb.Fatalf("redistest: no user with %q in %s", part, path)
	return ""
}

// GrantLogin makes or replaces a user of a server, or of a Sentinel, by the
// rules of an "user" line of redis.conf, and forgets what was refused so far.
func GrantLogin(tb testing.TB, server *redis.Client, line string) {
	tb.Helper()
	words := strings.Fields(line)
	if len(words) < 2 || words[0] != "user" {
		tb.Fatalf("redistest: no user in %q", line)
	}
	args := []any{"acl", "setuser"}
	for _, word := range words[1:] {
		args = append(args, word)
	}
	if err := server.Do(tb.Context(), args...).Err(); err != nil {
		tb.Fatalf("redistest: %s: %v", line, err)
	}
	if err := server.Do(tb.Context(), "acl", "log", "reset").Err(); err != nil {
		tb.Fatalf("redistest: acl log: %v", err)
	}
}

// Refused is what a server refused its users since GrantLogin.
func Refused(tb testing.TB, server *redis.Client) (refused []string) {
	tb.Helper()
	log, err := server.Do(tb.Context(), "acl", "log").Slice()
	if err != nil {
		tb.Fatalf("redistest: acl log: %v", err)
	}
	for _, entry := range log {
		refused = append(refused, fmt.Sprint(entry))
	}
	return refused
}
