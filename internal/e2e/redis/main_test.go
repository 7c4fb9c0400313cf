// Package redis_test harms and refuses the Redis that one or several replicas work on.
package redis_test

import (
	"testing"

	"roomkeeper/internal/world"
)

func TestMain(m *testing.M) { world.Main(m) }
