package cases_test

import (
	"time"

	"roomkeeper/connector"
)

// handRows are the cases of people in by hand, and of those who go late.
func handRows() []row {
	return []row{
		{
			name:   "in by hand the next day, EXTRAS=kick",
			policy: kick,
			before: func(w *world) {
				w.joins("gus")
				w.pass(time.Minute)
				w.joins("gus")
			},
			act:   func(w *world) { w.pass(24 * time.Hour); w.changes() },
			plan:  "remove gus, held: global_removal",
			state: "active; ann member, bob member, cid member, dan member, gus removed; in: ann bob cid dan",
			tells: "nothing",
			// The run of the time came before the Sweep, and waits for it.
			slack:   outcome{calls: "1× conversations.kick, 3× conversations.members, 1× users.info", fewest: "1× conversations.kick, 1× conversations.members, 1× users.info", why: []surplus{judge}},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 3× GET /channels/{channel}, 1× GET /guilds/{guild}/channels, 1× GET /guilds/{guild}/members/{user}", fewest: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}", why: []surplus{judge, list}},
		},
		{
			name:    "another app's bot, EXTRAS=kick",
			policy:  kick,
			act:     func(w *world) { w.app(); w.joins("app") },
			plan:    "nothing",
			state:   "active; ann member, app hand_added, bob member, cid member, dan member; in: ann app bob cid dan",
			slack:   outcome{calls: "1× conversations.members, 1× users.info"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}"},
		},
		{
			name:    "a machine in by hand, named in IGNORE_USERS, EXTRAS=kick",
			policy:  kick,
			given:   func(w *world) { w.ignore = map[connector.UserID]bool{"eve": true} },
			act:     func(w *world) { w.joins("eve") },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member, eve hand_added; in: ann bob cid dan eve",
			slack:   outcome{calls: "1× conversations.members, 1× users.lookupByEmail"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}"},
		},
		{
			name:    "a machine in by hand, named in IGNORE_USERS, REMOVE=strict",
			policy:  strict,
			given:   func(w *world) { w.ignore = map[connector.UserID]bool{"eve": true} },
			act:     func(w *world) { w.joins("eve") },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member, eve hand_added; in: ann bob cid dan eve",
			slack:   outcome{calls: "1× conversations.members, 1× users.lookupByEmail"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}"},
		},
		{
			name:    "another app's bot, REMOVE=strict",
			policy:  strict,
			act:     func(w *world) { w.app(); w.joins("app") },
			plan:    "nothing",
			state:   "active; ann member, app hand_added, bob member, cid member, dan member; in: ann app bob cid dan",
			slack:   outcome{calls: "1× conversations.members, 1× users.info"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}"},
		},
		{
			name:    "taken off and put back, REMOVE=never",
			policy:  never,
			before:  danOff,
			act:     func(w *world) { w.newTeam("ann", "bob", "cid", "dan") },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
		{
			name:    "put back within GRACE",
			policy:  grace,
			before:  danOff,
			act:     func(w *world) { w.newTeam("ann", "bob", "cid", "dan") },
			after:   2 * time.Hour,
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
	}
}
