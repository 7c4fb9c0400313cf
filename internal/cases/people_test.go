package cases_test

import (
	"time"

	"roomkeeper/connector"
)

// peopleRows are the cases of who should be in.
func peopleRows() []row {
	return []row{
		{
			name:    "an external entry wins",
			act:     func(w *world) { w.newTeam("ann", "bob", "cid", "dan", "eve", "external:eve") },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
		{
			name:    "an entry that is not resolved",
			act:     func(w *world) { w.newTeam("ann", "bob", "cid", "dan", "role:sales") },
			plan:    "nothing",
			state:   "active; 1 unresolved; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "1× chat.update"},
			discord: outcome{calls: "1× PATCH /channels/{channel}/messages/{message}"},
		},
		{
			name:   "RESOLVE=departments",
			before: resolve(connector.PrincipalDepartment), act: behind("department"),
			plan:    "add eve",
			state:   "active; ann member, bob member, cid member, dan member, eve member; in: ann bob cid dan eve",
			slack:   outcome{calls: "1× conversations.invite, 1× conversations.members, 1× users.lookupByEmail", fewest: "1× conversations.invite, 1× users.lookupByEmail", why: []surplus{added}},
			discord: outcome{calls: "2× GET /channels/{channel}, 1× GET /guilds/{guild}, 1× GET /guilds/{guild}/channels, 2× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{added, own, fresh, guild, list}},
		},
		{
			name:   "RESOLVE=roles",
			before: resolve(connector.PrincipalRole), act: behind("role"),
			plan:    "add eve",
			state:   "active; ann member, bob member, cid member, dan member, eve member; in: ann bob cid dan eve",
			slack:   outcome{calls: "1× conversations.invite, 1× conversations.members, 1× users.lookupByEmail", fewest: "1× conversations.invite, 1× users.lookupByEmail", why: []surplus{added}},
			discord: outcome{calls: "2× GET /channels/{channel}, 1× GET /guilds/{guild}, 1× GET /guilds/{guild}/channels, 2× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{added, own, fresh, guild, list}},
		},
		{
			name:   "RESOLVE=user_groups",
			before: resolve(connector.PrincipalUserGroup), act: behind("user_group"),
			plan:    "add eve",
			state:   "active; ann member, bob member, cid member, dan member, eve member; in: ann bob cid dan eve",
			slack:   outcome{calls: "1× conversations.invite, 1× conversations.members, 1× users.lookupByEmail", fewest: "1× conversations.invite, 1× users.lookupByEmail", why: []surplus{added}},
			discord: outcome{calls: "2× GET /channels/{channel}, 1× GET /guilds/{guild}, 1× GET /guilds/{guild}/channels, 2× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{added, own, fresh, guild, list}},
		},
		{
			name:   "RESOLVE=queues",
			before: resolve(connector.PrincipalQueue), act: behind("queue"),
			plan:    "add eve",
			state:   "active; ann member, bob member, cid member, dan member, eve member; in: ann bob cid dan eve",
			slack:   outcome{calls: "1× conversations.invite, 1× conversations.members, 1× users.lookupByEmail", fewest: "1× conversations.invite, 1× users.lookupByEmail", why: []surplus{added}},
			discord: outcome{calls: "2× GET /channels/{channel}, 1× GET /guilds/{guild}, 1× GET /guilds/{guild}/channels, 2× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{added, own, fresh, guild, list}},
		},
		{
			name:   "RESOLVE=territories",
			before: resolve(connector.PrincipalTerritory), act: behind("territory"),
			plan:    "add eve",
			state:   "active; ann member, bob member, cid member, dan member, eve member; in: ann bob cid dan eve",
			slack:   outcome{calls: "1× conversations.invite, 1× conversations.members, 1× users.lookupByEmail", fewest: "1× conversations.invite, 1× users.lookupByEmail", why: []surplus{added}},
			discord: outcome{calls: "2× GET /channels/{channel}, 1× GET /guilds/{guild}, 1× GET /guilds/{guild}/channels, 2× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{added, own, fresh, guild, list}},
		},
		{
			name: "one of two paths goes",
			before: func(w *world) {
				resolve(connector.PrincipalRole)(w)
				w.newTeam("ann", "bob", "cid", "dan", "eve", "role:sales")
				w.pass(time.Minute)
			}, act: func(w *world) { w.newTeam("ann", "bob", "cid", "dan", "eve") },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member, eve member; in: ann bob cid dan eve",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
	}
}
