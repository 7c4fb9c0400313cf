// Package limits_test has the platform limit how often it is called.
package limits_test

import (
	"testing"

	"roomkeeper/internal/world"
)

func TestMain(m *testing.M) { world.Main(m) }
