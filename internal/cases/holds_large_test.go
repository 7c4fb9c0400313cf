package cases_test

import (
	"errors"
	"time"

	"roomkeeper/connector"
)

// largeRows are holds (c): more than one person, and more than half.
func largeRows() []row {
	return []row{
		{
			name:    "hold (c): more than half",
			act:     func(w *world) { w.newTeam("ann") },
			plan:    "remove bob, remove cid, remove dan, held: large_removal",
			state:   "held: large_removal; ann member, bob to_remove, cid to_remove, dan to_remove; in: ann bob cid dan",
			tells:   "held to owner_and_admins",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:    "hold (c), additions go on",
			act:     func(w *world) { w.newTeam("ann", "eve") },
			plan:    "remove bob, remove cid, remove dan, add eve, held: large_removal",
			state:   "held: large_removal; ann member, bob to_remove, cid to_remove, dan to_remove, eve member; in: ann bob cid dan eve",
			tells:   "held to owner_and_admins",
			slack:   outcome{calls: "1× conversations.invite, 2× conversations.members, 1× users.lookupByEmail", fewest: "1× conversations.invite, 1× conversations.members, 1× users.lookupByEmail", why: []surplus{added}},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}, 2× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, guild}},
		},
		{
			name:    "exactly half",
			act:     func(w *world) { w.newTeam("ann", "bob") },
			plan:    "remove cid, remove dan",
			state:   "active; ann member, bob member, cid removed, dan removed; in: ann bob",
			tells:   "nothing",
			slack:   outcome{calls: "2× conversations.kick, 1× conversations.members"},
			discord: outcome{calls: "2× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}"},
		},
		{
			name:    "one person, more than half",
			before:  alone,
			act:     func(w *world) { w.record("South", "eve"); w.newTeam("eve") },
			plan:    "remove ann, add eve",
			state:   "active; ann removed, bob removed, eve member; in: eve",
			tells:   "nothing",
			slack:   outcome{calls: "1× chat.update, 1× conversations.invite, 1× conversations.kick, 2× conversations.members, 1× users.lookupByEmail", fewest: "1× chat.update, 1× conversations.invite, 1× conversations.kick, 1× conversations.members, 1× users.lookupByEmail", why: []surplus{added}},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}, 1× GET /guilds/{guild}, 2× GET /guilds/{guild}/members/{user}, 1× PATCH /channels/{channel}/messages/{message}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}, 1× PATCH /channels/{channel}/messages/{message}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, guild}},
		},
		{
			name:    "hold (c): people in by hand are no half",
			before:  func(w *world) { w.joins("fay"); w.joins("gus") },
			act:     func(w *world) { w.newTeam("ann") },
			plan:    "remove bob, remove cid, remove dan, held: large_removal",
			state:   "held: large_removal; ann member, bob to_remove, cid to_remove, dan to_remove, fay hand_added, gus hand_added; in: ann bob cid dan fay gus",
			tells:   "held to owner_and_admins",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:    "hold (c): neither are people who left",
			before:  bobLeft,
			act:     func(w *world) { w.newTeam("ann") },
			plan:    "remove cid, remove dan, held: large_removal",
			state:   "held: large_removal; ann member, bob removed, cid to_remove, dan to_remove; in: ann cid dan",
			tells:   "held to owner_and_admins",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:    "hold (c), REMOVAL_LIMIT=0.25,1",
			policy:  func(p *connector.Policy) { p.RemovalShare = 0.25 },
			act:     func(w *world) { w.newTeam("ann", "bob") },
			plan:    "remove cid, remove dan, held: large_removal",
			state:   "held: large_removal; ann member, bob member, cid to_remove, dan to_remove; in: ann bob cid dan",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:    "REMOVAL_LIMIT=0.75,1",
			policy:  func(p *connector.Policy) { p.RemovalShare = 0.75 },
			act:     func(w *world) { w.newTeam("ann") },
			plan:    "remove bob, remove cid, remove dan",
			state:   "active; ann member, bob removed, cid removed, dan removed; in: ann",
			slack:   outcome{calls: "3× conversations.kick, 1× conversations.members"},
			discord: outcome{calls: "3× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}"},
		},
		{
			name:    "REMOVAL_LIMIT=0.5,3",
			policy:  func(p *connector.Policy) { p.RemovalPeople = 3 },
			act:     func(w *world) { w.newTeam("ann") },
			plan:    "remove bob, remove cid, remove dan",
			state:   "active; ann member, bob removed, cid removed, dan removed; in: ann",
			slack:   outcome{calls: "3× conversations.kick, 1× conversations.members"},
			discord: outcome{calls: "3× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}"},
		},
		{
			name:    "hold (c), confirmed",
			before:  large,
			act:     func(w *world) { w.decide(w.planner().Confirm) },
			plan:    "remove bob, remove cid, remove dan",
			state:   "active; ann member, bob removed, cid removed, dan removed; in: ann",
			tells:   "nothing",
			slack:   outcome{calls: "3× conversations.kick, 1× conversations.members"},
			discord: outcome{calls: "3× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}"},
		},
		{
			name: "hold (c), a plan confirmed that is not the current one",
			before: func(w *world) {
				w.newTeam("ann", "bob", "cid", "dan", "eve")
				w.pass(time.Minute)
				w.newTeam("ann", "bob")
				w.pass(time.Minute)
			},
			act:     (*world).confirmLate,
			plan:    "remove bob, remove dan, remove eve, held: large_removal",
			state:   "held: large_removal; ann member, bob to_remove, cid member, dan to_remove, eve to_remove; in: ann bob cid dan eve",
			tells:   "held to owner_and_admins",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:    "hold (c), dismissed",
			before:  large,
			act:     func(w *world) { w.decide(w.planner().Dismiss) },
			plan:    "nothing",
			state:   "active; ann member, bob hand_added, cid hand_added, dan hand_added; in: ann bob cid dan",
			tells:   "nothing",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:    "hold (c), dismissed, REMOVE=strict",
			policy:  strict,
			before:  large,
			act:     func(w *world) { w.decide(w.planner().Dismiss) },
			plan:    "nothing",
			state:   "active; ann member, bob hand_added, cid hand_added, dan hand_added; in: ann bob cid dan",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name: "hold (c), dismissed, then put back and taken off again",
			before: func(w *world) {
				large(w)
				w.decide(w.planner().Dismiss)
				w.pass(time.Minute)
				w.newTeam("ann", "bob", "cid", "dan")
				w.pass(time.Minute)
			},
			act:     func(w *world) { w.newTeam("ann") },
			plan:    "nothing",
			state:   "active; ann member, bob hand_added, cid hand_added, dan hand_added; in: ann bob cid dan",
			tells:   "nothing",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
		{
			name:    "hold (c), released by a later reading",
			before:  large,
			act:     func(w *world) { w.newTeam("ann", "bob", "cid", "dan") },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			tells:   "nothing",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:    "hold (c), released as half is left",
			before:  large,
			act:     func(w *world) { w.newTeam("ann", "bob") },
			plan:    "remove cid, remove dan",
			state:   "active; ann member, bob member, cid removed, dan removed; in: ann bob",
			tells:   "nothing",
			slack:   outcome{calls: "2× conversations.kick, 1× conversations.members"},
			discord: outcome{calls: "2× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}"},
		},
	}
}

// confirmLate has the CRM change again, and then confirms what was held before: whoever
// does is told that it is not the current plan.
func (w *world) confirmLate() {
	w.Helper()
	g := w.group()
	w.newTeam("ann", "cid")
	w.pass(time.Minute)
	if err := w.planner().Confirm(w.Context(), g.ID, g.Held.Plan.ID); !errors.Is(err, connector.ErrConflict) {
		w.Errorf("a plan that is not the current one: %v", err)
	}
}
