// Package inputs_test gives the connector what it should not get: bad webhooks, odd names, people
// who cannot be invited, others that are away, a full disk.
package inputs_test

import (
	"testing"

	"roomkeeper/internal/world"
)

func TestMain(m *testing.M) { world.Main(m) }
