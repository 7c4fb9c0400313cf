package discord

import "time"

// Hurry lets a test's gateway try again at once.
func (g *Gateway) Hurry() { g.first, g.again = time.Millisecond, time.Millisecond }

// CommandSet is commandSet, for tests of what is registered.
func CommandSet(name string) any { return commandSet(name) }

// HangUp does what the end of the context and a slow opening do.
func (g *Gateway) HangUp() { g.hangUp() }
