package cases_test

import (
	"time"

	"roomkeeper/connector"
)

// lostRows are the cases of events that are lost, doubled or late.
func lostRows() []row {
	return []row{
		{
			name:    "added, the event lost, found by a Sweep",
			act:     func(w *world) { w.team("ann", "bob", "cid", "dan", "eve"); w.changes() },
			plan:    "add eve",
			state:   "active; ann member, bob member, cid member, dan member, eve member; in: ann bob cid dan eve",
			slack:   outcome{calls: "1× conversations.invite, 1× conversations.members, 1× users.lookupByEmail", fewest: "1× conversations.invite, 1× users.lookupByEmail", why: []surplus{added}},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}, 2× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, fresh, guild}},
		},
		{
			name:    "taken off, the event lost, found by a Sweep",
			act:     func(w *world) { w.team("ann", "bob", "cid"); w.changes() },
			plan:    "remove dan",
			state:   "active; ann member, bob member, cid member, dan removed; in: ann bob cid",
			slack:   outcome{calls: "1× conversations.kick, 2× conversations.members", fewest: "1× conversations.kick, 1× conversations.members", why: []surplus{judge}},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 2× GET /channels/{channel}", fewest: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}", why: []surplus{judge}},
		},
		{
			name:    "added, the event twice",
			act:     func(w *world) { w.newTeam("ann", "bob", "cid", "dan", "eve"); w.again(connector.EventTeamChanged) },
			plan:    "add eve",
			state:   "active; ann member, bob member, cid member, dan member, eve member; in: ann bob cid dan eve",
			slack:   outcome{calls: "1× conversations.invite, 1× conversations.members, 1× users.lookupByEmail", fewest: "1× conversations.invite, 1× users.lookupByEmail", why: []surplus{added}},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}, 2× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, fresh, guild}},
		},
		{
			name:    "taken off, the event twice",
			act:     func(w *world) { w.newTeam("ann", "bob", "cid"); w.again(connector.EventTeamChanged) },
			plan:    "remove dan",
			state:   "active; ann member, bob member, cid member, dan removed; in: ann bob cid",
			slack:   outcome{calls: "1× conversations.kick, 1× conversations.members"},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}"},
		},
		{
			name:    "taken off, the event of before comes late",
			before:  danOff,
			act:     func(w *world) { w.hook(connector.EventTeamChanged) },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan removed; in: ann bob cid",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
		{
			name: "taken off and put back, the events after both",
			act: func(w *world) {
				w.team("ann", "bob", "cid")
				w.newTeam("ann", "bob", "cid", "dan")
				w.hook(connector.EventTeamChanged)
			},
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
		{
			name:    "joined, the event lost, found by the drift check",
			act:     func(w *world) { w.enter(w.here(), w.people["gus"]); w.age() },
			after:   time.Hour,
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member, gus hand_added; in: ann bob cid dan gus",
			slack:   outcome{calls: "1× conversations.list, 2× conversations.members", fewest: "1× conversations.members", why: []surplus{looks, anew}},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/channels, 4× GET /guilds/{guild}/members/{user}", fewest: "1× GET /guilds/{guild}/channels", why: []surplus{anew, places}},
		},
		{
			name:    "left, the event lost, found by the drift check",
			act:     func(w *world) { w.leave(w.here(), w.people["bob"]); w.age() },
			after:   time.Hour,
			plan:    "nothing",
			state:   "active; ann member, bob left, cid member, dan member; in: ann cid dan",
			slack:   outcome{calls: "1× conversations.list, 2× conversations.members, 1× users.info", fewest: "1× conversations.members, 1× users.info", why: []surplus{looks, anew}},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/channels, 5× GET /guilds/{guild}/members/{user}", fewest: "1× GET /guilds/{guild}/channels, 1× GET /guilds/{guild}/members/{user}", why: []surplus{anew, places}},
		},
		{
			name:  "account deactivated, or left the server, the event lost, found by the drift check",
			act:   func(w *world) { w.depart(w.people["bob"]); w.age() },
			after: time.Hour,
			// Slack takes a deactivated account out of its channels, so that a reading tells.
			plan:  "nothing",
			state: "active; ann member, bob pending (no_account), cid member, dan member; in: ann cid dan",
			slack: outcome{calls: "1× chat.update, 1× conversations.list, 2× conversations.members, 1× users.info", fewest: "1× chat.update, 1× conversations.members, 1× users.info", why: []surplus{looks, anew}},
			// On Discord the overwrite stays, and the account tells.
			discord: outcome{plan: "remove bob", state: "active; ann member, bob pending (other_workspace), cid member, dan member; in: ann cid dan", calls: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}, 1× GET /guilds/{guild}/channels, 6× GET /guilds/{guild}/members/{user}, 1× PATCH /channels/{channel}/messages/{message}", fewest: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}, 1× PATCH /channels/{channel}/messages/{message}", why: []surplus{looks, places, anew, twice}},
		},
		{
			name: "account deactivated, or left the server, and back, both events lost",
			before: func(w *world) {
				w.depart(w.people["bob"])
				w.age()
				w.pass(time.Hour)
			},
			act:     func(w *world) { w.comeBack(w.people["bob"]); w.sweep() },
			plan:    "add bob",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "1× chat.update, 1× conversations.invite, 1× conversations.members, 1× users.lookupByEmail", fewest: "1× chat.update, 1× conversations.invite, 1× users.lookupByEmail", why: []surplus{added}},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}, 1× GET /guilds/{guild}/channels, 2× GET /guilds/{guild}/members/{user}, 1× PATCH /channels/{channel}/messages/{message}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× GET /guilds/{guild}/members/{user}, 1× PATCH /channels/{channel}/messages/{message}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, fresh, guild, list}},
		},
		{
			name:    "nothing lost: the drift check",
			act:     func(w *world) { w.age() },
			after:   time.Hour,
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "1× conversations.list, 1× conversations.members", fewest: "1× conversations.members", why: []surplus{looks}},
			discord: outcome{calls: "1× GET /guilds/{guild}/channels, 4× GET /guilds/{guild}/members/{user}"},
		},
		{
			name: "joined, the event lost, read for its age by a run",
			act: func(w *world) {
				w.enter(w.here(), w.people["gus"])
				w.pass(driftMaxAge)
				w.hook(connector.EventTeamChanged)
			},
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member, gus hand_added; in: ann bob cid dan gus",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/channels", fewest: "1× GET /channels/{channel}", why: []surplus{list}},
		},
		{
			name:    "left, the event twice",
			act:     func(w *world) { w.leaves("bob"); w.told(connector.ChatMemberLeft, "bob") },
			plan:    "nothing",
			state:   "active; ann member, bob left, cid member, dan member; in: ann cid dan",
			slack:   outcome{calls: "1× conversations.members, 1× users.info"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}"},
		},
		{
			name:    "joined, the event comes after the leaving",
			act:     func(w *world) { w.told(connector.ChatMemberJoined, "gus") },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:    "account comes back, the event lost, found by a Sweep",
			before:  func(w *world) { w.gone("bob"); w.pass(time.Minute) },
			act:     func(w *world) { w.comeBack(w.people["bob"]); w.sweep() },
			plan:    "add bob",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "1× chat.update, 1× conversations.invite, 1× conversations.members, 1× users.info", fewest: "1× chat.update, 1× conversations.invite, 1× users.info", why: []surplus{added}},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}, 2× GET /guilds/{guild}/members/{user}, 1× PATCH /channels/{channel}/messages/{message}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× GET /guilds/{guild}/members/{user}, 1× PATCH /channels/{channel}/messages/{message}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, fresh, guild}},
		},
	}
}
