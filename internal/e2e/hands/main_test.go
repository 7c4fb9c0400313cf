// Package hands_test is about what people do in channels by hand, and what Roomkeeper
// does about it.
package hands_test

import (
	"testing"

	"roomkeeper/internal/world"
)

func TestMain(m *testing.M) { world.Main(m) }
