// Package chaos_test kills replicas and the Redis that they share, while events arrive.
package chaos_test

import (
	"testing"

	"roomkeeper/internal/world"
)

func TestMain(m *testing.M) { world.Main(m) }
