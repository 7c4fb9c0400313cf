package cases_test

import (
	"context"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// globalRows are holds (d): what a Sweep finds over all Groups.
func globalRows() []row {
	return []row{
		{
			name:    "a Sweep finds 20 to remove",
			before:  func(w *world) { w.many(19) },
			act:     func(w *world) { w.everywhere("ann", "bob", "cid"); w.changes() },
			plan:    "remove dan",
			state:   "active; ann member, bob member, cid member, dan removed; in: ann bob cid; others: 19 active; 57 in",
			tells:   "nothing",
			slack:   outcome{calls: "20× conversations.kick, 40× conversations.members", fewest: "20× conversations.kick, 20× conversations.members", why: []surplus{judge}},
			discord: outcome{calls: "20× DELETE /channels/{channel}/permissions/{id}, 40× GET /channels/{channel}", fewest: "20× DELETE /channels/{channel}/permissions/{id}, 20× GET /channels/{channel}", why: []surplus{judge}},
		},
		{
			name:    "hold (d): a Sweep finds 21 to remove",
			before:  func(w *world) { w.many(20) },
			act:     func(w *world) { w.everywhere("ann", "bob", "cid"); w.changes() },
			plan:    "remove dan",
			state:   "held: global_removal; ann member, bob member, cid member, dan to_remove; in: ann bob cid dan; others: 20 held: global_removal; 80 in",
			tells:   "held to admins",
			slack:   outcome{calls: "21× conversations.members"},
			discord: outcome{calls: "21× GET /channels/{channel}"},
		},
		{
			name:    "hold (d), additions go on",
			before:  func(w *world) { few(w) },
			act:     func(w *world) { w.everywhere("ann", "bob", "cid", "eve"); w.changes() },
			plan:    "remove dan, add eve",
			state:   "held: global_removal; ann member, bob member, cid member, dan to_remove, eve member; in: ann bob cid dan eve; others: 4 held: global_removal; 20 in",
			tells:   "held to admins",
			slack:   outcome{calls: "5× conversations.invite, 10× conversations.members, 1× users.lookupByEmail", fewest: "5× conversations.invite, 5× conversations.members, 1× users.lookupByEmail", why: []surplus{added}},
			discord: outcome{calls: "5× GET /channels/{channel}, 1× GET /guilds/{guild}, 2× GET /guilds/{guild}/members/{user}, 5× PUT /channels/{channel}/permissions/{id}", fewest: "5× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}, 5× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, guild}},
		},
		{
			name:    "hold (d): people inactive in the CRM do not count",
			before:  func(w *world) { few(w) },
			act:     func(w *world) { w.inactive(true, "dan") },
			plan:    "remove dan",
			state:   "active; ann member, bob member, cid member, dan removed; in: ann bob cid; others: 4 active; 12 in",
			tells:   "nothing",
			slack:   outcome{calls: "5× conversations.kick, 5× conversations.members"},
			discord: outcome{calls: "5× DELETE /channels/{channel}/permissions/{id}, 5× GET /channels/{channel}"},
		},
		{
			name:   "hold (d): within GRACE too, once it is over",
			policy: grace,
			before: func(w *world) { few(w) },
			act: func(w *world) {
				w.everywhere("ann", "bob", "cid")
				w.changes()
				w.pass(2 * time.Hour)
				w.changes()
			},
			plan:    "remove dan, held: global_removal",
			state:   "held: global_removal; ann member, bob member, cid member, dan to_remove; in: ann bob cid dan; others: 4 held: global_removal; 16 in",
			tells:   "held to admins",
			slack:   outcome{calls: "10× conversations.members", fewest: "5× conversations.members", why: []surplus{judge}},
			discord: outcome{calls: "10× GET /channels/{channel}, 2× GET /guilds/{guild}/channels", fewest: "5× GET /channels/{channel}", why: []surplus{judge}},
		},
		{
			name:    "hold (d), confirmed",
			before:  twentyOne,
			act:     func(w *world) { w.decideAll(w.planner().ConfirmSweep) },
			plan:    "remove dan",
			state:   "active; ann member, bob member, cid member, dan removed; in: ann bob cid; others: 20 active; 60 in",
			tells:   "nothing",
			slack:   outcome{calls: "21× conversations.kick, 21× conversations.members"},
			discord: outcome{calls: "21× DELETE /channels/{channel}/permissions/{id}, 21× GET /channels/{channel}"},
		},
		{
			name:    "hold (d), confirmed in one channel",
			before:  fiveOff,
			act:     func(w *world) { w.decide(w.planner().Confirm) },
			plan:    "remove dan",
			state:   "active; ann member, bob member, cid member, dan removed; in: ann bob cid; others: 4 held: global_removal; 16 in",
			tells:   "nothing",
			slack:   outcome{calls: "1× conversations.kick, 1× conversations.members"},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}"},
		},
		{
			name:    "hold (d), dismissed in one channel",
			before:  fiveOff,
			act:     func(w *world) { w.decide(w.planner().Dismiss) },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan hand_added; in: ann bob cid dan; others: 4 held: global_removal; 16 in",
			tells:   "nothing",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:    "hold (d), dismissed",
			before:  fiveOff,
			act:     func(w *world) { w.decideAll(w.planner().DismissSweep) },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan hand_added; in: ann bob cid dan; others: 4 active; 16 in",
			tells:   "nothing",
			slack:   outcome{calls: "5× conversations.members"},
			discord: outcome{calls: "5× GET /channels/{channel}"},
		},
		{
			name:    "hold (d), released by a later Sweep",
			before:  fiveOff,
			act:     func(w *world) { w.everywhere("ann", "bob", "cid", "dan"); w.changes() },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan; others: 4 active; 16 in",
			tells:   "nothing",
			slack:   outcome{calls: "5× conversations.members"},
			discord: outcome{calls: "5× GET /channels/{channel}"},
		},
		{
			name:    "hold (d), released as few enough are left",
			before:  fiveOff,
			act:     func(w *world) { w.team("ann", "bob", "cid", "dan"); w.changes() },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan; others: 4 active; 12 in",
			tells:   "nothing",
			slack:   outcome{calls: "4× conversations.kick, 9× conversations.members", fewest: "4× conversations.kick, 5× conversations.members", why: []surplus{judge}},
			discord: outcome{calls: "4× DELETE /channels/{channel}/permissions/{id}, 9× GET /channels/{channel}", fewest: "4× DELETE /channels/{channel}/permissions/{id}, 5× GET /channels/{channel}", why: []surplus{judge}},
		},
		{
			name:    "GLOBAL_REMOVAL_LIMIT=0.25,2: a quarter of all",
			before:  func(w *world) { w.limit = reconcile.Limit{Share: 0.25, People: 2}; w.many(3) },
			act:     func(w *world) { w.everywhere("ann", "bob", "cid"); w.changes() },
			plan:    "remove dan",
			state:   "active; ann member, bob member, cid member, dan removed; in: ann bob cid; others: 3 active; 9 in",
			tells:   "nothing",
			slack:   outcome{calls: "4× conversations.kick, 8× conversations.members", fewest: "4× conversations.kick, 4× conversations.members", why: []surplus{judge}},
			discord: outcome{calls: "4× DELETE /channels/{channel}/permissions/{id}, 8× GET /channels/{channel}", fewest: "4× DELETE /channels/{channel}/permissions/{id}, 4× GET /channels/{channel}", why: []surplus{judge}},
		},
		{
			name:    "hold (d), GLOBAL_REMOVAL_LIMIT=0.2,2: a quarter of all",
			before:  func(w *world) { w.limit = reconcile.Limit{Share: 0.2, People: 2}; w.many(3) },
			act:     func(w *world) { w.everywhere("ann", "bob", "cid"); w.changes() },
			plan:    "remove dan",
			state:   "held: global_removal; ann member, bob member, cid member, dan to_remove; in: ann bob cid dan; others: 3 held: global_removal; 12 in",
			tells:   "held to admins",
			slack:   outcome{calls: "4× conversations.members"},
			discord: outcome{calls: "4× GET /channels/{channel}"},
		},
		{
			name:    "hold (d): what is held by (c) does not count",
			before:  func(w *world) { w.limit = reconcile.Limit{Share: 0.2, People: 3}; w.many(3) },
			act:     func(w *world) { w.everywhere("ann", "bob", "cid"); w.team("ann"); w.changes() },
			plan:    "remove bob, remove cid, remove dan, held: large_removal",
			state:   "held: large_removal; ann member, bob to_remove, cid to_remove, dan to_remove; in: ann bob cid dan; others: 3 active; 9 in",
			tells:   "held to owner_and_admins",
			slack:   outcome{calls: "3× conversations.kick, 7× conversations.members", fewest: "3× conversations.kick, 4× conversations.members", why: []surplus{judge}},
			discord: outcome{calls: "3× DELETE /channels/{channel}/permissions/{id}, 7× GET /channels/{channel}", fewest: "3× DELETE /channels/{channel}/permissions/{id}, 4× GET /channels/{channel}", why: []surplus{judge}},
		},
	}
}

// twentyOne has a Sweep find dan off the team of 21 Records.
func twentyOne(w *world) {
	w.many(20)
	danOffAll(w)
}

// few makes five Records whose people are more than a Sweep may take out at once.
func few(w *world) {
	w.limit.People = 4
	w.many(4)
}

// fiveOff has a Sweep find dan off the team of five Records.
func fiveOff(w *world) {
	few(w)
	danOffAll(w)
}

func danOffAll(w *world) {
	w.everywhere("ann", "bob", "cid")
	w.changes()
	w.pass(time.Minute)
}

// decideAll decides on what the Sweep holds, over all Groups.
func (w *world) decideAll(decide func(context.Context, string, connector.PlatformID) (int, error)) {
	w.Helper()
	if _, err := decide(w.Context(), w.group().Held.Sweep, w.platform.ID); err != nil {
		w.Fatal(err)
	}
}
