package limits_test

import (
	"testing"

	"roomkeeper/internal/world"
)

// refusals is how many calls a platform may have had to refuse in a little
// while: those by which its rates became known.
const refusals = 3

// A guild that enforces its rates is served within them, as its headers tell
// them: hardly a call is refused.
func TestRatesOfDiscord(t *testing.T) {
	s := world.Begin(t, world.Discord(), false, "ROOMKEEPER_RATE_FACTOR=1")
	s.Kill(t)
	s.Chat.Must(t, "POST", "/settings", world.Order{"limits": true}, nil)
	s.Restart(t)
	s.Act(t)
	for range 10 {
		s.Sell(t)
	}
	s.Quiet(t, 2*world.Patience)
	s.Check(t, s.Expected()...)
	refused := 0
	for method, n := range s.Chat.Counts(t) {
		refused += n.Limited
		if n.Limited > 0 {
			t.Logf("%s: %d of %d refused", method, n.Limited, n.Arrived)
		}
	}
	if refused > refusals {
		t.Errorf("%d calls were refused for their rate", refused)
	}
}
