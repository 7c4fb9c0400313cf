package cases_test

import (
	"testing"
	"time"
)

// TestLostCreationUnderAnotherName: what a creation made whose answer got lost is found by
// the Record's key that it carries, whatever Discord called it: there is no second one.
func TestLostCreationUnderAnotherName(t *testing.T) {
	r := row{
		before: func(w *world) { w.reshapeNames(); w.loseCreation() },
		act:    func(w *world) { w.south("South_Pole") },
		after:  5 * time.Minute,
		tells:  "nothing",
	}
	r.check(t, discordSide, onBolt, outcome{
		plan:   "create south_pole, add ann, add bob, topic South_Pole",
		state:  "active; ann member, bob member; in: ann bob",
		titled: `south-pole | South\_Pole`,
		calls:  "3× GET /channels/{channel}, 1× GET /guilds/{guild}, 2× GET /guilds/{guild}/channels, 1× GET /guilds/{guild}/members/{user}, 1× POST /channels/{channel}/messages, 1× POST /guilds/{guild}/channels, 1× PUT /channels/{channel}/messages/pins/{message}",
	})
}
