// Package people_test runs the scenarios about who is in a channel, and why.
package people_test

import (
	"testing"

	"roomkeeper/internal/world"
)

func TestMain(m *testing.M) { world.Main(m) }
