package discord

import "time"

// Hurry lets a test's gateway open its connection again at once.
func (g *Gateway) Hurry() { g.first = time.Millisecond }

// CommandSet is commandSet, for tests of what is registered.
func CommandSet(name string) any { return commandSet(name) }
