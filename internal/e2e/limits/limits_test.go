package limits_test

import (
	"net/http"
	"testing"

	"roomkeeper/internal/world"
)

// limit is a call that the platform refuses at first because there were too
// many.
type limit struct {
	world.Platform
	verb world.Verb
	kept bool
}

func (l limit) String() string {
	if l.kept {
		return string(l.verb) + ", kept channel"
	}
	return string(l.verb) + ", new channel"
}

// limits are those of all calls that make a channel and that follow changes.
func limits(on world.Platform) []limit {
	var all []limit
	for _, v := range on.Opening {
		all = append(all, limit{Platform: on, verb: v})
	}
	for _, v := range on.Keeping {
		all = append(all, limit{Platform: on, verb: v, kept: true})
	}
	return all
}

// twice is how often in a row each call is limited, if it is tried again.
const twice = 2

// Whatever a platform limits is done later, and done once.
func TestLimitedCalls(t *testing.T) {
	world.OnEach(t, func(t *testing.T, p world.Platform) { world.Together(t, limits(p), limit.String, limitAt) })
}

func limitAt(t *testing.T, l limit) {
	s := world.Begin(t, l.Platform, l.kept)
	s.Chat.Spoil(t, world.Fault{
		Verb: l.verb, Kind: world.FaultStatus, Status: http.StatusTooManyRequests, RetryAfter: 1, Times: twice,
	})
	s.Act(t)
	s.Quiet(t, world.Patience)
	s.Chat.AllStruck(t)
	s.Check(t, s.Expected()...)
}
