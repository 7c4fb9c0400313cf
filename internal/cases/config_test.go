package cases_test

import (
	"time"

	"roomkeeper/connector"
)

// configRows are the cases of a configuration that changed; a full Sweep finds it.
func configRows() []row {
	return []row{
		{
			name:    "REMOVE=owned becomes strict",
			before:  func(w *world) { handAdded(w); w.newTeam("ann", "bob", "cid", "dan") },
			act:     func(w *world) { w.restarted(func(p *connector.Policy) { p.Remove = connector.RemoveStrict }) },
			plan:    "remove eve",
			state:   "active; ann member, bob member, cid member, dan member, eve removed; in: ann bob cid dan",
			slack:   outcome{calls: "1× conversations.kick, 2× conversations.members", fewest: "1× conversations.kick, 1× conversations.members", why: []surplus{judge}},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 2× GET /channels/{channel}", fewest: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}", why: []surplus{judge}},
		},
		{
			name:    "REMOVE=never becomes owned",
			policy:  never,
			before:  danOff,
			act:     func(w *world) { w.restarted(func(p *connector.Policy) { p.Remove = connector.RemoveOwned }) },
			plan:    "remove dan",
			state:   "active; ann member, bob member, cid member, dan removed; in: ann bob cid",
			slack:   outcome{calls: "1× conversations.kick, 2× conversations.members", fewest: "1× conversations.kick, 1× conversations.members", why: []surplus{judge}},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 2× GET /channels/{channel}", fewest: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}", why: []surplus{judge}},
		},
		{
			name:    "GRACE is no more",
			policy:  grace,
			before:  danOff,
			act:     func(w *world) { w.restarted(func(p *connector.Policy) { p.Grace = 0 }) },
			plan:    "remove dan",
			state:   "active; ann member, bob member, cid member, dan removed; in: ann bob cid",
			slack:   outcome{calls: "1× conversations.kick, 2× conversations.members", fewest: "1× conversations.kick, 1× conversations.members", why: []surplus{judge}},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 2× GET /channels/{channel}", fewest: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}", why: []surplus{judge}},
		},
		{
			name:    "GRACE becomes longer",
			policy:  grace,
			before:  danOff,
			act:     func(w *world) { w.restarted(func(p *connector.Policy) { p.Grace = 3 * time.Hour }) },
			after:   2 * time.Hour,
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan to_remove; in: ann bob cid dan",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
		{
			name:    "EXTRAS=keep becomes kick",
			before:  func(w *world) { w.joins("gus") },
			act:     func(w *world) { w.restarted(kick) },
			plan:    "remove gus",
			state:   "active; ann member, bob member, cid member, dan member, gus removed; in: ann bob cid dan",
			slack:   outcome{calls: "1× conversations.kick, 2× conversations.members, 1× users.info", fewest: "1× conversations.kick, 1× conversations.members, 1× users.info", why: []surplus{judge}},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 2× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}", fewest: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}", why: []surplus{judge}},
		},
		{
			name:    "LEAVERS=respect becomes readd",
			before:  bobLeft,
			act:     func(w *world) { w.restarted(readd) },
			plan:    "add bob",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "1× conversations.invite, 1× conversations.members", fewest: "1× conversations.invite", why: []surplus{added}},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}, 1× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, fresh, guild}},
		},
		{
			name:    "IGNORE_USERS names somebody who is in",
			act:     func(w *world) { w.ignore = map[connector.UserID]bool{"dan": true}; w.sweep() },
			plan:    "remove dan",
			state:   "active; ann member, bob member, cid member, dan removed; in: ann bob cid",
			slack:   outcome{calls: "1× conversations.kick, 2× conversations.members", fewest: "1× conversations.kick, 1× conversations.members", why: []surplus{judge}},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 2× GET /channels/{channel}", fewest: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}", why: []surplus{judge}},
		},
		{
			name: "RESOLVE is switched on",
			before: func(w *world) {
				w.crm.SetPrincipal(connector.Principal{Type: connector.PrincipalRole, ID: "sales"}, "eve")
				w.newTeam("ann", "bob", "cid", "dan", "role:sales")
			},
			act:     func(w *world) { w.types[connector.PrincipalRole] = true; w.sweep() },
			plan:    "add eve",
			state:   "active; ann member, bob member, cid member, dan member, eve member; in: ann bob cid dan eve",
			slack:   outcome{calls: "1× chat.update, 1× conversations.invite, 1× conversations.members, 1× users.lookupByEmail", fewest: "1× chat.update, 1× conversations.invite, 1× users.lookupByEmail", why: []surplus{added}},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}, 2× GET /guilds/{guild}/members/{user}, 1× PATCH /channels/{channel}/messages/{message}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× GET /guilds/{guild}/members/{user}, 1× PATCH /channels/{channel}/messages/{message}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, fresh, guild}},
		},
		{
			name:    "a kind no longer in use",
			act:     func(w *world) { w.unused = true; w.newTeam("ann", "bob", "cid") },
			plan:    "none: not_found",
			state:   "unmanaged; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
		{
			name:    "a kind no longer in use, found by a Sweep",
			act:     func(w *world) { w.unused = true; w.sweep() },
			plan:    "none: not_found",
			state:   "unmanaged; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
		{
			name:    "a kind in use again",
			before:  func(w *world) { w.unused = true; w.hook(connector.EventTeamChanged) },
			act:     func(w *world) { w.unused = false; w.sweep() },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:    "a kind in use again, somebody taken off meanwhile",
			before:  func(w *world) { w.unused = true; w.newTeam("ann", "bob", "cid") },
			act:     func(w *world) { w.unused = false; w.sweep() },
			plan:    "remove dan",
			state:   "active; ann member, bob member, cid member, dan removed; in: ann bob cid",
			slack:   outcome{calls: "1× conversations.kick, 2× conversations.members", fewest: "1× conversations.kick, 1× conversations.members", why: []surplus{judge}},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 2× GET /channels/{channel}", fewest: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}", why: []surplus{judge}},
		},
	}
}
