package cases_test

// holdRows are the cases in which nobody is removed.
func holdRows() []row {
	return []row{
		{
			name:    "hold (b): nobody left",
			act:     func(w *world) { w.emptied() },
			plan:    "remove ann, remove bob, remove cid, remove dan, held: team_empty",
			state:   "held: team_empty; ann to_remove, bob to_remove, cid to_remove, dan to_remove; in: ann bob cid dan",
			slack:   outcome{calls: "1× chat.update, 1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}"},
		},
		{
			name:    "hold (c): more than half",
			act:     func(w *world) { w.newTeam("ann") },
			plan:    "remove bob, remove cid, remove dan, held: large_removal",
			state:   "held: large_removal; ann member, bob to_remove, cid to_remove, dan to_remove; in: ann bob cid dan",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:   "hold (c), confirmed",
			before: large, act: func(w *world) { w.decide(w.planner().Confirm) },
			plan:    "remove bob, remove cid, remove dan",
			state:   "active; ann member, bob removed, cid removed, dan removed; in: ann",
			slack:   outcome{calls: "3× conversations.kick, 1× conversations.members"},
			discord: outcome{calls: "3× DELETE /channels/{channel}/permissions/{id}, 4× GET /channels/{channel}", fewest: "3× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}", why: []surplus{fresh}},
		},
		{
			name:   "hold (c), dismissed",
			before: large, act: func(w *world) { w.decide(w.planner().Dismiss) },
			plan:    "nothing",
			state:   "active; ann member, bob hand_added, cid hand_added, dan hand_added; in: ann bob cid dan",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:   "hold (c), released by a later reading",
			before: large, act: func(w *world) { w.newTeam("ann", "bob", "cid", "dan") },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:    "hold (e): more than half vanished",
			act:     func(w *world) { w.leaves("bob", "cid", "dan") },
			plan:    "held: mass_vanish",
			state:   "held: mass_vanish; ann member, bob member, cid member, dan member; in: ann",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
	}
}
