package cases_test

import (
	"strings"
	"time"

	"roomkeeper/connector"
)

// renameRows are the cases of names that the CRM or the configuration changes.
func renameRows() []row {
	return []row{
		{
			name:    "a rename in the CRM",
			act:     func(w *world) { w.newRecord("North Pole", "ann") },
			plan:    "rename north-pole, topic North Pole",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			titled:  "north-pole | North Pole",
			tells:   "nothing",
			slack:   outcome{calls: "1× chat.update, 1× conversations.info, 1× conversations.rename, 1× conversations.setTopic"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× PATCH /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}"},
		},
		{
			name:    "a rename that leaves the name as it is",
			act:     func(w *world) { w.newRecord("NORTH!", "ann") },
			plan:    "topic NORTH!",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			titled:  "north | NORTH!",
			slack:   outcome{calls: "1× chat.update, 1× conversations.info, 1× conversations.setTopic"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× PATCH /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}"},
		},
		{
			name: "three renames at once",
			act: func(w *world) {
				w.newRecord("North A", "ann")
				w.newRecord("North B", "ann")
				w.newRecord("North C", "ann")
			},
			plan:    "rename north-c, topic North C",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			titled:  "north-c | North C",
			slack:   outcome{calls: "1× chat.update, 1× conversations.info, 1× conversations.rename, 1× conversations.setTopic"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× PATCH /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}"},
		},
		{
			name:    "a rename that is taken back at once",
			act:     func(w *world) { w.newRecord("North A", "ann"); w.newRecord("North", "ann") },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			titled:  "north | North",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
		{
			name: "four renames, one a minute: the first minutes",
			act: func(w *world) {
				w.newRecord("North A", "ann")
				w.pass(time.Minute)
				w.newRecord("North B", "ann")
				w.pass(time.Minute)
				w.newRecord("North C", "ann")
				w.pass(time.Minute)
				w.newRecord("North D", "ann")
			},
			plan:    "rename north-d, topic North D",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "4× chat.update, 4× conversations.info, 4× conversations.rename, 4× conversations.setTopic", titled: "north-d | North D"},
			discord: outcome{calls: "4× GET /channels/{channel}, 2× PATCH /channels/{channel}, 4× PATCH /channels/{channel}/messages/{message}", fewest: "2× GET /channels/{channel}, 2× PATCH /channels/{channel}, 4× PATCH /channels/{channel}/messages/{message}", why: []surplus{title}, titled: "north-b | North B"},
		},
		{
			name: "four renames, one a minute: after ten minutes",
			act: func(w *world) {
				w.newRecord("North A", "ann")
				w.pass(time.Minute)
				w.newRecord("North B", "ann")
				w.pass(time.Minute)
				w.newRecord("North C", "ann")
				w.pass(time.Minute)
				w.newRecord("North D", "ann")
			},
			after:   15 * time.Minute,
			plan:    "rename north-d, topic North D",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			titled:  "north-d | North D",
			slack:   outcome{calls: "4× chat.update, 4× conversations.info, 4× conversations.rename, 4× conversations.setTopic"},
			discord: outcome{calls: "5× GET /channels/{channel}, 3× PATCH /channels/{channel}, 4× PATCH /channels/{channel}/messages/{message}", fewest: "3× GET /channels/{channel}, 3× PATCH /channels/{channel}, 4× PATCH /channels/{channel}/messages/{message}", why: []surplus{title}},
		},
		{
			name:    "another NAME_TEMPLATE",
			act:     func(w *world) { w.restarted(template("a-{name}")) },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			titled:  "north | North",
			tells:   "nothing",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
		{
			name:    "another NAME_TEMPLATE, sync --rename",
			before:  func(w *world) { w.restarted(template("a-{name}")) },
			act:     func(w *world) { w.ok(w.planner().Rename(w.Context(), w.group().ID)) },
			plan:    "rename a-north",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			titled:  "a-north | North",
			tells:   "nothing",
			slack:   outcome{calls: "1× conversations.rename"},
			discord: outcome{calls: "1× PATCH /channels/{channel}"},
		},
		{
			name:    "another NAME_TEMPLATE, then a rename in the CRM",
			before:  func(w *world) { w.restarted(template("a-{name}")) },
			act:     func(w *world) { w.newRecord("North Pole", "ann") },
			plan:    "rename a-north-pole, topic North Pole",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			titled:  "a-north-pole | North Pole",
			slack:   outcome{calls: "1× chat.update, 1× conversations.info, 1× conversations.rename, 1× conversations.setTopic"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× PATCH /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}"},
		},
	}
}

// topicRows are the cases of topics.
func topicRows() []row {
	return []row{
		{
			name:    "a topic that is not ours",
			before:  func(w *world) { w.topic(w.here(), "by hand") },
			act:     func(w *world) { w.newRecord("North Pole", "ann") },
			plan:    "rename north-pole",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			titled:  "north-pole | by hand",
			slack:   outcome{calls: "1× chat.update, 1× conversations.info, 1× conversations.rename"},
			discord: outcome{calls: "2× GET /channels/{channel}, 1× PATCH /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}", fewest: "1× GET /channels/{channel}, 1× PATCH /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}", why: []surplus{title}},
		},
		{
			name:    "a topic that is not ours any more",
			act:     func(w *world) { w.topic(w.here(), "by hand"); w.hook(connector.EventRecordUpdated) },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			titled:  "north | by hand",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
		{
			name: "a topic that was taken away",
			before: func(w *world) {
				w.topic(w.here(), "by hand")
				w.newRecord("North Pole", "ann")
				w.pass(20 * time.Minute)
				w.topic(w.here(), "")
			},
			act:     func(w *world) { w.newRecord("North Star", "ann") },
			plan:    "rename north-star, topic North Star",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			titled:  "north-star | North Star",
			slack:   outcome{calls: "1× chat.update, 1× conversations.info, 1× conversations.rename, 1× conversations.setTopic"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× PATCH /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}"},
		},
		{
			name:    "a topic that is too long",
			act:     func(w *world) { w.newRecord("North "+strings.Repeat("ж", 400), "ann") },
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "1× chat.update, 1× conversations.info, 1× conversations.rename, 1× conversations.setTopic", plan: "rename north-" + strings.Repeat("ж", 74) + ", topic North " + strings.Repeat("ж", 243) + "…", titled: "north-" + strings.Repeat("ж", 74) + " | North " + strings.Repeat("ж", 243) + "…"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× PATCH /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}", plan: "rename north-" + strings.Repeat("ж", 94) + ", topic North " + strings.Repeat("ж", 293) + "…", titled: "north-" + strings.Repeat("ж", 94) + " | North " + strings.Repeat("ж", 293) + "…"},
		},
	}
}
