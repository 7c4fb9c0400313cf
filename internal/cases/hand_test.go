package cases_test

import (
	"time"
)

// handRows are the cases of people in by hand, and of those who go late.
func handRows() []row {
	return []row{
		{
			name:    "in the channel when it was adopted",
			act:     func(w *world) { w.adopted(false) },
			plan:    "add dan",
			state:   "active; ann hand_added, bob hand_added, cid hand_added, dan member, gus hand_added; in: ann bob cid dan gus",
			slack:   outcome{calls: "1× chat.postMessage, 1× conversations.invite, 2× conversations.members, 1× pins.add", fewest: "1× chat.postMessage, 1× conversations.invite, 1× conversations.members, 1× pins.add", why: []surplus{added}},
			discord: outcome{calls: "3× GET /channels/{channel}, 1× GET /guilds/{guild}, 1× GET /guilds/{guild}/members/{user}, 1× POST /channels/{channel}/messages, 1× PUT /channels/{channel}/messages/pins/{message}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× GET /channels/{channel}, 1× POST /channels/{channel}/messages, 1× PUT /channels/{channel}/messages/pins/{message}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{added, own, fresh, guild}},
		},
		{
			name:    "adopted, then taken off",
			before:  func(w *world) { w.adopted(false) },
			act:     func(w *world) { w.newTeam("ann", "cid", "dan") },
			plan:    "nothing",
			state:   "active; ann hand_added, bob hand_added, cid hand_added, dan member, gus hand_added; in: ann bob cid dan gus",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
		{
			name:    "adopt own",
			act:     func(w *world) { w.adopted(true) },
			plan:    "add dan",
			state:   "active; ann member, bob member, cid member, dan member, gus hand_added; in: ann bob cid dan gus",
			slack:   outcome{calls: "1× chat.postMessage, 1× conversations.invite, 2× conversations.members, 1× pins.add", fewest: "1× chat.postMessage, 1× conversations.invite, 1× conversations.members, 1× pins.add", why: []surplus{added}},
			discord: outcome{calls: "3× GET /channels/{channel}, 1× GET /guilds/{guild}, 1× GET /guilds/{guild}/members/{user}, 1× POST /channels/{channel}/messages, 1× PUT /channels/{channel}/messages/pins/{message}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× GET /channels/{channel}, 1× POST /channels/{channel}/messages, 1× PUT /channels/{channel}/messages/pins/{message}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{added, own, fresh, guild}},
		},
		{
			name:    "adopt own, then taken off",
			before:  func(w *world) { w.adopted(true) },
			act:     func(w *world) { w.newTeam("ann", "cid", "dan") },
			plan:    "remove bob",
			state:   "active; ann member, bob removed, cid member, dan member, gus hand_added; in: ann cid dan gus",
			slack:   outcome{calls: "1× conversations.kick, 1× conversations.members"},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 2× GET /channels/{channel}", fewest: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}", why: []surplus{fresh}},
		},
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
			slack:   outcome{calls: "1× conversations.kick, 3× conversations.members, 3× users.info", fewest: "1× conversations.kick, 1× conversations.members, 1× users.info", why: []surplus{judge, whois}},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 4× GET /channels/{channel}, 1× GET /guilds/{guild}/channels, 3× GET /guilds/{guild}/members/{user}", fewest: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}", why: []surplus{fresh, judge, whois, list}},
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
