// Package migrate_test moves the state of the embedded engine to Redis.
package migrate_test

import (
	"testing"

	"roomkeeper/internal/world"
)

func TestMain(m *testing.M) { world.Main(m) }
