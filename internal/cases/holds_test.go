package cases_test

import (
	"slices"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// unreadableRows are holds (a): a team that could not be read, or not whole.
func unreadableRows() []row {
	return []row{
		{
			name: "hold (a): the team cannot be read",
			act: func(w *world) {
				w.newTeam("ann", "bob", "cid", "eve")
				w.failing(connectortest.CRMTeam, connector.ErrTemporary)
			},
			after:   10 * time.Minute,
			plan:    "none: temporary",
			state:   "held: team_unreadable; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			tells:   "nothing",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
		{
			name: "hold (a): the team may not be read",
			act: func(w *world) {
				w.newTeam("ann", "bob", "cid", "eve")
				w.failing(connectortest.CRMTeam, connector.ErrForbidden)
			},
			after:   10 * time.Minute,
			plan:    "none: forbidden",
			state:   "held: team_unreadable; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			tells:   "nothing",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
		{
			name: "hold (a): the record cannot be read",
			act: func(w *world) {
				w.newTeam("ann", "bob", "cid", "eve")
				w.failing(connectortest.CRMRecord, connector.ErrTemporary)
			},
			after:   10 * time.Minute,
			plan:    "none: temporary",
			state:   "held: team_unreadable; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			tells:   "nothing",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
		{
			name: "hold (a): the list of the team breaks off",
			act: func(w *world) {
				w.newTeam("ann", "bob", "cid", "eve")
				w.failing(connectortest.CRMTeam, connector.ErrCursorLost)
			},
			after:   10 * time.Minute,
			plan:    "none: other",
			state:   "held: team_unreadable; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			tells:   "nothing",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
		{
			name: "hold (a): who is behind a role may not be read",
			before: func(w *world) {
				resolve(connector.PrincipalRole)(w)
				w.newTeam("ann", "bob", "cid", "dan", "role:sales")
				w.pass(time.Minute)
			},
			act: func(w *world) {
				w.newTeam("ann", "bob", "cid", "role:sales")
				w.failing(connectortest.CRMExpand, connector.ErrForbidden)
			},
			plan:    "none: forbidden",
			state:   "held: team_unreadable; ann member, bob member, cid member, dan member, eve member; in: ann bob cid dan eve",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
		{
			name:    "hold (a), released as the team can be read",
			act:     func(w *world) { w.newTeam("ann", "bob", "cid", "eve"); w.failingTwice() },
			after:   5 * time.Minute,
			plan:    "none: temporary",
			state:   "active; ann member, bob member, cid member, dan removed, eve member; in: ann bob cid eve",
			slack:   outcome{calls: "1× conversations.invite, 1× conversations.kick, 2× conversations.members, 1× users.lookupByEmail", fewest: "1× conversations.invite, 1× conversations.kick, 1× conversations.members, 1× users.lookupByEmail", why: []surplus{added}},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}, 1× GET /guilds/{guild}, 2× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, guild}},
		},
		{
			name:    "hold (a) beside another",
			before:  large,
			act:     func(w *world) { w.newTeam("ann", "bob"); w.failing(connectortest.CRMTeam, connector.ErrTemporary) },
			plan:    "none: temporary",
			state:   "held: large_removal; ann member, bob to_remove, cid to_remove, dan to_remove; in: ann bob cid dan",
			tells:   "nothing",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
		{
			name:    "confirmed while the team cannot be read",
			before:  large,
			act:     func(w *world) { w.failingTwice(); w.decide(w.planner().Confirm) },
			after:   5 * time.Minute,
			plan:    "none: temporary",
			state:   "active; ann member, bob removed, cid removed, dan removed; in: ann",
			slack:   outcome{calls: "3× conversations.kick, 1× conversations.members"},
			discord: outcome{calls: "3× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}"},
		},
	}
}

// emptyRows are holds (b): nobody is left.
func emptyRows() []row {
	return []row{
		{
			name:    "hold (b): nobody left",
			act:     (*world).emptied,
			plan:    "remove ann, remove bob, remove cid, remove dan, held: team_empty",
			state:   "held: team_empty; ann to_remove, bob to_remove, cid to_remove, dan to_remove; in: ann bob cid dan",
			tells:   "held to owner_and_admins",
			slack:   outcome{calls: "1× chat.update, 1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}"},
		},
		{
			name:    "hold (b), confirmed",
			before:  nobody,
			act:     func(w *world) { w.decide(w.planner().Confirm) },
			plan:    "remove ann, remove bob, remove cid, remove dan",
			state:   "active; ann removed, bob removed, cid removed, dan removed; in: ",
			tells:   "nothing",
			slack:   outcome{calls: "4× conversations.kick, 1× conversations.members"},
			discord: outcome{calls: "4× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}"},
		},
		{
			name:    "hold (b), dismissed",
			before:  nobody,
			act:     func(w *world) { w.decide(w.planner().Dismiss) },
			plan:    "nothing",
			state:   "active; ann hand_added, bob hand_added, cid hand_added, dan hand_added; in: ann bob cid dan",
			tells:   "nothing",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:    "hold (b), released by a later reading",
			before:  nobody,
			act:     func(w *world) { w.record("North", "ann"); w.newTeam("ann", "bob", "cid", "dan") },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			tells:   "nothing",
			slack:   outcome{calls: "1× chat.update, 1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}"},
		},
		{
			name:    "hold (b): nobody left of two",
			before:  func(w *world) { w.south("South") },
			act:     (*world).emptied,
			plan:    "remove ann, remove bob, held: team_empty",
			state:   "held: team_empty; ann to_remove, bob to_remove; in: ann bob",
			slack:   outcome{calls: "1× chat.update, 1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}"},
		},
		{
			name:    "nobody left of one",
			before:  alone,
			act:     (*world).emptied,
			plan:    "remove ann",
			state:   "active; ann removed, bob removed; in: ",
			tells:   "nothing",
			slack:   outcome{calls: "1× chat.update, 1× conversations.kick, 1× conversations.members"},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}"},
		},
	}
}

// holdRows are the cases in which nobody is removed.
func holdRows() []row {
	return slices.Concat(unreadableRows(), emptyRows(), largeRows(), globalRows(), vanishRows())
}

// nobody takes everybody off the Record, which is held.
func nobody(w *world) {
	w.emptied()
	w.pass(time.Minute)
}

// alone leaves ann alone in the channel of another Record.
func alone(w *world) {
	w.south("South")
	w.pass(time.Minute)
	w.newTeam("ann")
	w.pass(time.Minute)
}
