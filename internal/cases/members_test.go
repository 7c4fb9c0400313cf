package cases_test

import (
	"slices"
	"time"

	"roomkeeper/connector"
)

// memberRows are the cases of who comes and goes.
func memberRows() []row {
	return slices.Concat(
		teamRows(), ownerRows(), handRows(), leftRows(), inactiveRows(), refusedRows(), lostRows(), configRows(), botRows(), pacedRows(),
	)
}

// teamRows are the cases of the team, and the first ones of the others.
func teamRows() []row {
	return []row{
		{
			name:    "added to the team",
			act:     func(w *world) { w.newTeam("ann", "bob", "cid", "dan", "eve") },
			plan:    "add eve",
			state:   "active; ann member, bob member, cid member, dan member, eve member; in: ann bob cid dan eve",
			slack:   outcome{calls: "1× conversations.invite, 1× conversations.members, 1× users.lookupByEmail", fewest: "1× conversations.invite, 1× users.lookupByEmail", why: []surplus{added}},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}, 2× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, fresh, guild}},
		},
		{
			name:    "taken off the team",
			act:     func(w *world) { w.newTeam("ann", "bob", "cid") },
			plan:    "remove dan",
			state:   "active; ann member, bob member, cid member, dan removed; in: ann bob cid",
			slack:   outcome{calls: "1× conversations.kick, 1× conversations.members"},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}"},
		},
		{
			name:   "taken off, within GRACE",
			policy: grace, act: func(w *world) { w.newTeam("ann", "bob", "cid") },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan to_remove; in: ann bob cid dan",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
		{
			name:   "taken off, after GRACE",
			policy: grace, act: func(w *world) { w.newTeam("ann", "bob", "cid") }, after: 2 * time.Hour,
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan removed; in: ann bob cid",
			slack:   outcome{calls: "1× conversations.kick, 1× conversations.members"},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}, 1× GET /guilds/{guild}/channels", fewest: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}", why: []surplus{list}},
		},
		{
			name:    "taken off, REMOVE=never",
			policy:  func(p *connector.Policy) { p.Remove = connector.RemoveNever },
			act:     func(w *world) { w.newTeam("ann", "bob", "cid") },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member (removal_not_allowed); in: ann bob cid dan",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
		{
			name:    "added by hand",
			act:     func(w *world) { w.joins("gus") },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member, gus hand_added; in: ann bob cid dan gus",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:   "added by hand, then taken off the team",
			before: handAdded, act: func(w *world) { w.newTeam("ann", "bob", "cid", "dan") },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member, eve hand_added; in: ann bob cid dan eve",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
		{
			name:   "added by hand, then taken off, REMOVE=strict",
			policy: func(p *connector.Policy) { p.Remove = connector.RemoveStrict },
			before: handAdded, act: func(w *world) { w.newTeam("ann", "bob", "cid", "dan") },
			plan:    "remove eve",
			state:   "active; ann member, bob member, cid member, dan member, eve removed; in: ann bob cid dan",
			slack:   outcome{calls: "1× conversations.kick, 1× conversations.members"},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}"},
		},
		{
			name:   "in by hand, EXTRAS=kick",
			policy: kick, act: func(w *world) { w.joins("gus") },
			plan:    "remove gus",
			state:   "active; ann member, bob member, cid member, dan member, gus removed; in: ann bob cid dan",
			slack:   outcome{calls: "1× conversations.kick, 1× conversations.members, 1× users.info"},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}"},
		},
		{
			name:   "in again the same day, EXTRAS=kick",
			policy: kick,
			before: func(w *world) { w.joins("gus"); w.pass(time.Minute) }, act: func(w *world) { w.joins("gus") },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member, gus hand_added; in: ann bob cid dan gus",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:    "left",
			act:     func(w *world) { w.leaves("bob") },
			plan:    "nothing",
			state:   "active; ann member, bob left, cid member, dan member; in: ann cid dan",
			slack:   outcome{calls: "1× conversations.members, 1× users.info"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}"},
		},
		{
			name:    "the owner left",
			act:     func(w *world) { w.leaves("ann") },
			plan:    "add ann",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "1× conversations.invite, 2× conversations.members, 1× users.info", fewest: "1× conversations.invite, 1× conversations.members, 1× users.info", why: []surplus{added}},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}, 2× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, guild}},
		},
		{
			name:    "the owner left again",
			before:  func(w *world) { w.leaves("ann"); w.pass(time.Minute) },
			act:     func(w *world) { w.leaves("ann") },
			plan:    "nothing",
			state:   "active; ann left, bob member, cid member, dan member; in: bob cid dan",
			slack:   outcome{calls: "1× conversations.members, 1× users.info"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}"},
		},
		{
			name:    "left, LEAVERS=readd",
			policy:  func(p *connector.Policy) { p.Leavers = connector.LeaversReadd },
			act:     func(w *world) { w.leaves("bob") },
			plan:    "add bob",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "1× conversations.invite, 2× conversations.members, 1× users.info", fewest: "1× conversations.invite, 1× conversations.members, 1× users.info", why: []surplus{added}},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}, 2× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, guild}},
		},
		{
			name: "left, taken off and put back",
			before: func(w *world) {
				w.leaves("bob")
				w.pass(time.Minute)
				w.newTeam("ann", "cid", "dan")
				w.pass(time.Minute)
			}, act: func(w *world) { w.newTeam("ann", "bob", "cid", "dan") },
			plan:    "add bob",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "1× conversations.invite, 1× conversations.members", fewest: "1× conversations.invite", why: []surplus{added}},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}, 1× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, fresh, guild}},
		},
		{
			name:    "account deactivated",
			act:     func(w *world) { w.gone("bob") },
			plan:    "nothing",
			state:   "active; ann member, bob pending (no_account), cid member, dan member; in: ann cid dan",
			slack:   outcome{calls: "1× chat.update, 1× conversations.members, 1× users.info"},
			discord: outcome{plan: "remove bob", state: "active; ann member, bob pending (other_workspace), cid member, dan member; in: ann cid dan", calls: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}, 2× GET /guilds/{guild}/members/{user}, 1× PATCH /channels/{channel}/messages/{message}", fewest: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}, 1× PATCH /channels/{channel}/messages/{message}", why: []surplus{twice}},
		},
		{
			name:   "account comes back",
			before: func(w *world) { w.gone("bob"); w.pass(time.Minute) }, act: func(w *world) { w.back("bob") },
			plan:    "add bob",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "1× chat.update, 1× conversations.invite, 2× conversations.members", fewest: "1× chat.update, 1× conversations.invite, 1× conversations.members", why: []surplus{added}},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}, 1× GET /guilds/{guild}/members/{user}, 1× PATCH /channels/{channel}/messages/{message}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× GET /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, guild}},
		},
		{
			name: "inactive in the CRM",
			act: func(w *world) {
				w.putUser("bob", func(u *connector.User) { u.Active = false })
				w.sweep()
			},
			plan:    "remove bob",
			state:   "active; ann member, bob removed, cid member, dan member; in: ann cid dan",
			slack:   outcome{calls: "1× conversations.kick, 1× conversations.members"},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}"},
		},
		{
			name:    "owner changes, the old one on the team",
			act:     func(w *world) { w.newRecord("North", "eve") },
			plan:    "add eve",
			state:   "active; ann member, bob member, cid member, dan member, eve member; in: ann bob cid dan eve",
			slack:   outcome{calls: "1× chat.update, 1× conversations.invite, 1× conversations.members, 1× users.lookupByEmail", fewest: "1× chat.update, 1× conversations.invite, 1× users.lookupByEmail", why: []surplus{added}},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}, 2× GET /guilds/{guild}/members/{user}, 1× PATCH /channels/{channel}/messages/{message}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× GET /guilds/{guild}/members/{user}, 1× PATCH /channels/{channel}/messages/{message}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, fresh, guild}},
		},
		{
			name:   "the bot never in a diff",
			policy: kick, act: func(w *world) { w.hook(connector.EventTeamChanged) },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
	}
}
