package cases_test

import (
	"time"
)

// refusedRows are the cases of removals that the platform does not allow.
func refusedRows() []row {
	return []row{
		{
			name:    "removing people is not allowed",
			act:     func(w *world) { w.refuseRemovals(); w.newTeam("ann", "bob", "cid") },
			plan:    "remove dan",
			state:   "active; ann member, bob member, cid member, dan to_remove (removal_not_allowed); in: ann bob cid dan",
			tells:   "removal_not_allowed dan to admins",
			slack:   outcome{calls: "1× conversations.kick, 1× conversations.members"},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}"},
		},
		{
			name:    "not allowed: within the day",
			before:  notAllowed,
			act:     func(*world) {},
			after:   20 * time.Hour,
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan to_remove (removal_not_allowed); in: ann bob cid dan",
			tells:   "nothing",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
		{
			name:    "not allowed: the next day",
			before:  notAllowed,
			act:     func(*world) {},
			after:   24 * time.Hour,
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan to_remove (removal_not_allowed); in: ann bob cid dan",
			tells:   "nothing",
			slack:   outcome{calls: "1× conversations.kick, 1× conversations.members"},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}, 1× GET /guilds/{guild}/channels", fewest: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}", why: []surplus{list}},
		},
		{
			name:    "not allowed: the next day it is",
			before:  notAllowed,
			act:     func(w *world) { w.allowRemovals() },
			after:   24 * time.Hour,
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan removed; in: ann bob cid",
			tells:   "nothing",
			slack:   outcome{calls: "1× conversations.kick, 1× conversations.members"},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}, 1× GET /guilds/{guild}/channels", fewest: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}", why: []surplus{list}},
		},
		{
			name:  "not allowed, SLACK_USER_TOKEN's account is in",
			token: true,
			before: func(w *world) {
				w.people["svc"] = service
				w.joins("svc")
				w.refuseRemovals()
			},
			act:     func(w *world) { w.newTeam("ann", "bob", "cid") },
			plan:    "remove dan",
			state:   "active; ann member, bob member, cid member, dan removed, svc service; in: ann bob cid svc",
			tells:   "nothing",
			slack:   outcome{calls: "2× conversations.kick, 1× conversations.members", fewest: "1× conversations.kick, 1× conversations.members", why: []surplus{tried}},
			discord: outcome{absent: "Discord has no such token"},
		},
		{
			name:    "not allowed, SLACK_USER_TOKEN's account is not in",
			token:   true,
			before:  func(w *world) { w.refuseRemovals() },
			act:     func(w *world) { w.newTeam("ann", "bob", "cid") },
			plan:    "remove dan",
			state:   "active; ann member, bob member, cid member, dan to_remove (removal_not_allowed); in: ann bob cid dan",
			tells:   "removal_not_allowed dan to admins",
			slack:   outcome{calls: "2× conversations.kick, 1× conversations.members", fewest: "1× conversations.kick, 1× conversations.members", why: []surplus{guest}},
			discord: outcome{absent: "Discord has no such token"},
		},
	}
}
