package cases_test

import (
	"time"
)

// ownerRows are the cases of owners who change and leave.
func ownerRows() []row {
	return []row{
		{
			name:    "owner changes, the old one not on the team",
			before:  func(w *world) { w.newTeam("bob", "cid", "dan"); w.pass(time.Minute) },
			act:     func(w *world) { w.newRecord("North", "eve") },
			plan:    "remove ann, add eve",
			state:   "active; ann removed, bob member, cid member, dan member, eve member; in: bob cid dan eve",
			slack:   outcome{calls: "1× chat.update, 1× conversations.invite, 1× conversations.kick, 2× conversations.members, 1× users.lookupByEmail", fewest: "1× chat.update, 1× conversations.invite, 1× conversations.kick, 1× conversations.members, 1× users.lookupByEmail", why: []surplus{added}},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}, 1× GET /guilds/{guild}, 2× GET /guilds/{guild}/members/{user}, 1× PATCH /channels/{channel}/messages/{message}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}, 1× PATCH /channels/{channel}/messages/{message}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, guild}},
		},
		{
			name: "the owner who left twice becomes the owner anew",
			before: func(w *world) {
				w.leaves("ann")
				w.pass(time.Minute)
				w.leaves("ann")
				w.pass(time.Minute)
				w.newRecord("North", "bob")
				w.pass(time.Minute)
			},
			act:     func(w *world) { w.newRecord("North", "ann") },
			plan:    "add ann",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "1× chat.update, 1× conversations.invite, 1× conversations.members", fewest: "1× chat.update, 1× conversations.invite", why: []surplus{added}},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}, 1× GET /guilds/{guild}/members/{user}, 1× PATCH /channels/{channel}/messages/{message}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× PATCH /channels/{channel}/messages/{message}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, fresh, guild}},
		},
		{
			name: "the owner left again, in a new ownership",
			before: func(w *world) {
				w.leaves("ann")
				w.pass(time.Minute)
				w.newRecord("North", "bob")
				w.pass(time.Minute)
				w.newRecord("North", "ann")
				w.pass(time.Minute)
			},
			act:     func(w *world) { w.leaves("ann") },
			plan:    "add ann",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "1× conversations.invite, 2× conversations.members, 1× users.info", fewest: "1× conversations.invite, 1× conversations.members, 1× users.info", why: []surplus{added}},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}, 2× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, guild}},
		},
		{
			name:    "the owner left again, LEAVERS=readd",
			policy:  readd,
			before:  func(w *world) { w.leaves("ann"); w.pass(time.Minute) },
			act:     func(w *world) { w.leaves("ann") },
			plan:    "add ann",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "1× conversations.invite, 2× conversations.members, 1× users.info", fewest: "1× conversations.invite, 1× conversations.members, 1× users.info", why: []surplus{added}},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}, 2× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, guild}},
		},
	}
}
