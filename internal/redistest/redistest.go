// Package redistest runs real Redis servers on loopback for tests and
// benchmarks: one server, a primary with replicas, Sentinels, a cluster, and a
// proxy that harms the connections to them.
//
// Everything that it starts ends with the test. What does not come about in
// time ends the test, so its functions belong on the test's own goroutine;
// only a [Proxy] may be used by any.
package redistest

import (
	"os"
	"os/exec"
	"testing"
)

// program is Redis: Sentinels and nodes of a cluster are the same program.
const program = "redis-server"

// Need skips the test when there is no redis-server, or fails it when
// RK_REQUIRE_REDIS is set. What starts a server calls it too.
func Need(tb testing.TB) {
	tb.Helper()
	if _, err := exec.LookPath(program); err == nil {
		return
	}
	const missing = "NO REDIS: install Debian's redis-server to run this test"
	if os.Getenv("RK_REQUIRE_REDIS") != "" {
		tb.Fatal(missing)
	}
	tb.Skip(missing)
}
