// Package both_test runs one connector for a CRM with Slack and Discord beside
// each other, and what Discord alone has: signing in, the gateway, signatures.
package both_test

import (
	"testing"

	"roomkeeper/internal/world"
)

func TestMain(m *testing.M) { world.Main(m) }
