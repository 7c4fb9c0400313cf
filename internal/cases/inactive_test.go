package cases_test

import "time"

// bothOff has two Users who are one Member go off the team together.
func bothOff(w *world) {
	eveAsFay(w)
	w.pass(time.Minute)
	w.newTeam(team()...)
	w.pass(time.Minute)
}

// inactiveRows are the cases of people whom the CRM calls inactive.
func inactiveRows() []row {
	return []row{
		{
			name:    "three of four inactive in the CRM at once",
			act:     func(w *world) { w.inactive(true, "bob", "cid", "dan") },
			plan:    "remove bob, remove cid, remove dan",
			state:   "active; ann member, bob removed, cid removed, dan removed; in: ann",
			tells:   "nothing",
			slack:   outcome{calls: "3× conversations.kick, 1× conversations.members"},
			discord: outcome{calls: "3× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}"},
		},
		{
			name:    "inactive in the CRM, GRACE",
			policy:  grace,
			act:     func(w *world) { w.inactive(true, "bob") },
			plan:    "remove bob",
			state:   "active; ann member, bob removed, cid member, dan member; in: ann cid dan",
			slack:   outcome{calls: "1× conversations.kick, 1× conversations.members"},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}"},
		},
		{
			name:    "inactive in the CRM, taken off the team besides, GRACE",
			policy:  grace,
			before:  danOff,
			act:     func(w *world) { w.inactive(true, "dan") },
			plan:    "remove dan",
			state:   "active; ann member, bob member, cid member, dan removed; in: ann bob cid",
			slack:   outcome{calls: "1× conversations.kick, 1× conversations.members"},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}"},
		},
		{
			name:   "two Users are one Member, both taken off, one inactive besides, GRACE",
			policy: grace,
			before: bothOff,
			act:    func(w *world) { w.inactive(true, "fay") },
			plan:   "nothing",
			state:  "active; ann member, bob member, cid member, dan member, eve to_remove, fay to_remove; in: ann bob cid dan fay",
			slack:  silent(), discord: silent(),
		},
		{
			name:   "two Users are one Member, both taken off, both inactive besides, GRACE",
			policy: grace,
			before: bothOff,
			act:    func(w *world) { w.inactive(true, "eve", "fay") },
			plan:   "remove fay",
			state:  "active; ann member, bob member, cid member, dan member, eve removed, fay removed; in: ann bob cid dan",
			slack:  slackRemoves(), discord: discordRemoves(),
		},
		{
			name:    "active in the CRM again",
			before:  func(w *world) { w.inactive(true, "bob") },
			act:     func(w *world) { w.inactive(false, "bob") },
			plan:    "add bob",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "1× conversations.invite, 1× conversations.members", fewest: "1× conversations.invite", why: []surplus{added}},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}, 1× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, fresh, guild}},
		},
	}
}
