package cases_test

import "time"

// nameByHandRows are the cases of names that people give in the chat.
func nameByHandRows() []row {
	return []row{
		{
			name:    "a name given by hand",
			act:     func(w *world) { w.renamed("mine") },
			plan:    "rename north",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			titled:  "north | North",
			tells:   "name_put_back ann to member",
			slack:   outcome{calls: "1× conversations.history, 1× conversations.info, 1× conversations.members, 1× conversations.rename", fewest: "1× conversations.history, 1× conversations.info, 1× conversations.rename", why: []surplus{whole}},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/audit-logs, 1× PATCH /channels/{channel}"},
		},
		{
			name:    "a name given by hand, nobody may see by whom",
			before:  func(w *world) { w.hideNotes() },
			act:     func(w *world) { w.renamed("mine") },
			plan:    "rename north",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			titled:  "north | North",
			tells:   "name_put_back to channel",
			slack:   outcome{calls: "1× conversations.history, 1× conversations.info, 1× conversations.members, 1× conversations.rename", fewest: "1× conversations.history, 1× conversations.info, 1× conversations.rename", why: []surplus{whole}},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/audit-logs, 1× PATCH /channels/{channel}"},
		},
		{
			name: "three names given by hand, one a minute: the first minutes",
			act: func(w *world) {
				w.renamed("mine")
				w.pass(time.Minute)
				w.renamed("mine")
				w.pass(time.Minute)
				w.renamed("mine")
			},
			plan:    "rename north",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			tells:   "name_put_back ann to member, name_put_back ann to member, name_put_back ann to member",
			slack:   outcome{titled: "north | North", calls: "3× conversations.history, 3× conversations.info, 3× conversations.members, 3× conversations.rename", fewest: "3× conversations.history, 3× conversations.info, 3× conversations.rename", why: []surplus{whole}},
			discord: outcome{titled: "mine | North", calls: "3× GET /channels/{channel}, 3× GET /guilds/{guild}/audit-logs, 2× PATCH /channels/{channel}"},
		},
		{
			name: "three names given by hand, one a minute: after ten minutes",
			act: func(w *world) {
				w.renamed("mine")
				w.pass(time.Minute)
				w.renamed("mine")
				w.pass(time.Minute)
				w.renamed("mine")
			},
			after:   15 * time.Minute,
			plan:    "rename north",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			titled:  "north | North",
			tells:   "name_put_back ann to member, name_put_back ann to member, name_put_back ann to member",
			slack:   outcome{calls: "3× conversations.history, 3× conversations.info, 3× conversations.members, 3× conversations.rename", fewest: "3× conversations.history, 3× conversations.info, 3× conversations.rename", why: []surplus{whole}},
			discord: outcome{calls: "3× GET /channels/{channel}, 3× GET /guilds/{guild}/audit-logs, 3× PATCH /channels/{channel}"},
		},
		{
			name:    "a name given by hand for the fourth time in an hour",
			before:  putBack,
			act:     func(w *world) { w.renamed("mine") },
			plan:    "nothing",
			state:   "active; name contested; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			titled:  "mine | North",
			tells:   "name_contested to owner",
			slack:   outcome{calls: "1× conversations.info, 1× conversations.members", fewest: "1× conversations.info", why: []surplus{whole}},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:    "a contested name, given by hand again",
			before:  contested,
			act:     func(w *world) { w.renamed("yours") },
			plan:    "nothing",
			state:   "active; name contested; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			titled:  "yours | North",
			tells:   "nothing",
			slack:   outcome{calls: "1× conversations.info, 1× conversations.members", fewest: "1× conversations.info", why: []surplus{whole}},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:    "a contested name, the record's given back by hand",
			before:  contested,
			act:     func(w *world) { w.renamed("north") },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			titled:  "north | North",
			tells:   "nothing",
			slack:   outcome{calls: "1× conversations.info, 1× conversations.members", fewest: "1× conversations.info", why: []surplus{whole}},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:    "a contested name, sync --rename",
			before:  contested,
			act:     func(w *world) { w.ok(w.planner().Rename(w.Context(), w.group().ID)) },
			plan:    "rename north",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			titled:  "north | North",
			tells:   "nothing",
			slack:   outcome{calls: "1× conversations.rename"},
			discord: outcome{calls: "1× PATCH /channels/{channel}"},
		},
		{
			name:    "a contested name, then a rename in the CRM",
			before:  contested,
			act:     func(w *world) { w.newRecord("North Pole", "ann") },
			plan:    "rename north-pole, topic North Pole",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			titled:  "north-pole | North Pole",
			tells:   "nothing",
			slack:   outcome{calls: "1× chat.update, 1× conversations.info, 1× conversations.rename, 1× conversations.setTopic"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× PATCH /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}"},
		},
		{
			name:    "a name given by hand while the CRM renames",
			act:     func(w *world) { w.renamed("mine"); w.newRecord("North Pole", "ann") },
			plan:    "rename north-pole, topic North Pole",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			titled:  "north-pole | North Pole",
			tells:   "name_put_back ann to member",
			slack:   outcome{calls: "1× chat.update, 1× conversations.history, 2× conversations.info, 1× conversations.members, 1× conversations.rename, 1× conversations.setTopic", fewest: "1× chat.update, 1× conversations.history, 1× conversations.info, 1× conversations.rename, 1× conversations.setTopic", why: []surplus{whole, both}},
			discord: outcome{calls: "2× GET /channels/{channel}, 1× GET /guilds/{guild}/audit-logs, 1× PATCH /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}", fewest: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/audit-logs, 1× PATCH /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}", why: []surplus{both}},
		},
		{
			name:     "a name given by hand to a channel that was adopted",
			unopened: true, before: adopted(false),
			act:     func(w *world) { w.renamed("mine") },
			plan:    "nothing",
			state:   "active; ann member, bob hand_added, cid member, dan member, gus hand_added; in: ann bob cid dan gus",
			titled:  "mine | North",
			tells:   "nothing",
			slack:   outcome{calls: "1× conversations.info, 1× conversations.members", fewest: "1× conversations.info", why: []surplus{whole}},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:     "a rename in the CRM of a channel that was adopted with a topic",
			unopened: true, before: func(w *world) { adopted(false)(w); w.topic(w.here(), "theirs") },
			act:     func(w *world) { w.newRecord("North Pole", "ann") },
			plan:    "nothing",
			state:   "active; ann member, bob hand_added, cid member, dan member, gus hand_added; in: ann bob cid dan gus",
			titled:  "deal-room | theirs",
			tells:   "nothing",
			slack:   outcome{calls: "1× chat.update, 1× conversations.info"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}"},
		},
	}
}

// putBack has a name put back three times in 24 minutes: no channel changes its name
// more often on Discord.
func putBack(w *world) {
	for range 3 {
		w.renamed("mine")
		w.pass(11 * time.Minute)
	}
}

// contested leaves a name that was put back too often.
func contested(w *world) {
	putBack(w)
	w.renamed("mine")
	w.pass(time.Minute)
}
