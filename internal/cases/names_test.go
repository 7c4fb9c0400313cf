package cases_test

// nameRows are the cases of names and topics.
func nameRows() []row {
	return []row{
		{
			name:    "a rename in the CRM",
			act:     func(w *world) { w.newRecord("North Pole", "ann") },
			plan:    "rename north-pole, topic North Pole",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "1× chat.update, 1× conversations.info, 1× conversations.rename, 1× conversations.setTopic"},
			discord: outcome{calls: "2× GET /channels/{channel}, 1× PATCH /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}", fewest: "1× GET /channels/{channel}, 1× PATCH /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}", why: []surplus{title}},
		},
		{
			name: "a topic that is not ours",
			before: func(w *world) {
				w.topic(w.group().Channel.ID, "by hand")
			}, act: func(w *world) { w.newRecord("North Pole", "ann") },
			plan:    "rename north-pole",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "1× chat.update, 1× conversations.info, 1× conversations.rename"},
			discord: outcome{calls: "3× GET /channels/{channel}, 1× PATCH /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}", fewest: "1× GET /channels/{channel}, 1× PATCH /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}", why: []surplus{title}},
		},
	}
}
