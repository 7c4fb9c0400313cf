// Package cut_test cuts connections: around and within each call, and at random.
package cut_test

import (
	"testing"

	"roomkeeper/internal/world"
)

func TestMain(m *testing.M) { world.Main(m) }
