package cases_test

import (
	"time"
)

// vanishRows are holds (e): more than half vanished between two readings.
func vanishRows() []row {
	return []row{
		{
			name:    "hold (e): more than half vanished",
			act:     func(w *world) { w.leaves("bob", "cid", "dan") },
			plan:    "held: mass_vanish",
			state:   "held: mass_vanish; ann member, bob member, cid member, dan member; in: ann",
			tells:   "held to owner_and_admins",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:    "hold (e), LEAVERS=readd",
			policy:  readd,
			act:     func(w *world) { w.leaves("bob", "cid", "dan") },
			plan:    "held: mass_vanish",
			state:   "held: mass_vanish; ann member, bob member, cid member, dan member; in: ann",
			tells:   "held to owner_and_admins",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:    "hold (e), found by the check",
			act:     func(w *world) { w.slipAway("bob", "cid", "dan"); w.age() },
			plan:    "held: mass_vanish",
			state:   "held: mass_vanish; ann member, bob member, cid member, dan member; in: ann",
			tells:   "held to owner_and_admins",
			slack:   outcome{calls: "1× conversations.list, 2× conversations.members", fewest: "1× conversations.members", why: []surplus{looks, anew}},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/channels, 4× GET /guilds/{guild}/members/{user}", fewest: "1× GET /channels/{channel}", why: []surplus{looks, places}},
		},
		{
			name:    "half vanished",
			act:     func(w *world) { w.leaves("bob", "cid") },
			plan:    "nothing",
			state:   "active; ann member, bob left, cid left, dan member; in: ann dan",
			tells:   "nothing",
			slack:   outcome{calls: "1× conversations.members, 2× users.info"},
			discord: outcome{calls: "1× GET /channels/{channel}, 2× GET /guilds/{guild}/members/{user}"},
		},
		{
			name: "one after the other left",
			before: func(w *world) {
				bobLeft(w)
				w.leaves("cid")
				w.pass(time.Minute)
			},
			act:     func(w *world) { w.leaves("dan") },
			plan:    "nothing",
			state:   "active; ann member, bob left, cid left, dan left; in: ann",
			tells:   "nothing",
			slack:   outcome{calls: "1× conversations.members, 1× users.info"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}"},
		},
		{
			name:    "hold (e), confirmed",
			before:  vanished,
			act:     func(w *world) { w.decide(w.planner().Confirm) },
			plan:    "nothing",
			state:   "active; ann member, bob left, cid left, dan left; in: ann",
			tells:   "nothing",
			slack:   outcome{calls: "1× conversations.members, 3× users.info"},
			discord: outcome{calls: "1× GET /channels/{channel}, 3× GET /guilds/{guild}/members/{user}"},
		},
		{
			name:    "hold (e), confirmed, the owner among them",
			before:  func(w *world) { w.leaves("ann", "bob", "cid"); w.pass(time.Minute) },
			act:     func(w *world) { w.decide(w.planner().Confirm) },
			plan:    "add ann",
			state:   "active; ann member, bob left, cid left, dan member; in: ann dan",
			tells:   "nothing",
			slack:   outcome{calls: "1× conversations.invite, 2× conversations.members, 3× users.info", fewest: "1× conversations.invite, 1× conversations.members, 3× users.info", why: []surplus{added}},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}, 4× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× GET /channels/{channel}, 3× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, guild}},
		},
		{
			name:    "hold (e), dismissed",
			before:  vanished,
			act:     func(w *world) { w.decide(w.planner().Dismiss) },
			plan:    "add bob, add cid, add dan",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			tells:   "nothing",
			slack:   outcome{calls: "1× conversations.invite, 2× conversations.members", fewest: "1× conversations.invite, 1× conversations.members", why: []surplus{added}},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}, 1× GET /guilds/{guild}/members/{user}, 3× PUT /channels/{channel}/permissions/{id}", fewest: "1× GET /channels/{channel}, 3× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, guild}},
		},
		{
			name:   "hold (e), released as they are seen again",
			before: vanished,
			act: func(w *world) {
				w.joins("bob")
				w.joins("cid")
				w.joins("dan")
			},
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			tells:   "nothing",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:    "hold (e), released as half is seen again",
			before:  vanished,
			act:     func(w *world) { w.joins("bob") },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid left, dan left; in: ann bob",
			tells:   "nothing",
			slack:   outcome{calls: "1× conversations.members, 2× users.info"},
			discord: outcome{calls: "1× GET /channels/{channel}, 2× GET /guilds/{guild}/members/{user}"},
		},
	}
}

// vanished has three of four leave at once.
func vanished(w *world) {
	w.leaves("bob", "cid", "dan")
	w.pass(time.Minute)
}

// slipAway has people leave without an event.
func (w *world) slipAway(who ...string) {
	w.Helper()
	for _, name := range who {
		w.leave(w.here(), w.people[name])
	}
}
