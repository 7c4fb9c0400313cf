// Package brakes_test has the CRM lose people whom nobody took off a team.
package brakes_test

import (
	"testing"

	"roomkeeper/internal/world"
)

func TestMain(m *testing.M) { world.Main(m) }
