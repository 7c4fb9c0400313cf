// Package crash_test kills the connector: at each point where a call may be lost, and at random.
package crash_test

import (
	"testing"

	"roomkeeper/internal/world"
)

func TestMain(m *testing.M) { world.Main(m) }
