package cases_test

import (
	"time"
)

// leftRows are the cases of those who are out by somebody's hand.
func leftRows() []row {
	return []row{
		{
			name:    "kicked by somebody",
			act:     func(w *world) { w.evicted("bob", "gus") },
			plan:    "nothing",
			state:   "active; ann member, bob left, cid member, dan member; in: ann cid dan",
			slack:   outcome{calls: "1× conversations.members, 1× users.info"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}"},
		},
		{
			name:    "removed by another app",
			act:     func(w *world) { w.app(); w.evicted("bob", "app") },
			plan:    "nothing",
			state:   "active; ann member, bob left, cid member, dan member; in: ann cid dan",
			slack:   outcome{calls: "1× conversations.members, 1× users.info"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}"},
		},
		{
			name:    "left, comes back by themselves",
			before:  bobLeft,
			act:     func(w *world) { w.joins("bob") },
			plan:    "nothing",
			state:   "active; ann member, bob hand_added, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:    "left, came back by themselves, then taken off",
			before:  func(w *world) { bobLeft(w); w.pass(time.Minute); w.joins("bob") },
			act:     func(w *world) { w.newTeam("ann", "cid", "dan") },
			plan:    "nothing",
			state:   "active; ann member, bob hand_added, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
		{
			name:    "left, then taken off",
			before:  bobLeft,
			act:     func(w *world) { w.newTeam("ann", "cid", "dan") },
			plan:    "nothing",
			state:   "active; ann member, bob removed, cid member, dan member; in: ann cid dan",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
	}
}
