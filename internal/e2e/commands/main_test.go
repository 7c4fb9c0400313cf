// Package commands_test runs the commands: those that people type, and those of the program.
package commands_test

import (
	"testing"

	"roomkeeper/internal/world"
)

func TestMain(m *testing.M) { world.Main(m) }
