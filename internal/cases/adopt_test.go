package cases_test

import (
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// people made the channel: bob, who is on the team, and gus, whom the CRM does not know.
func peopleMade(w *world) {
	_, err := w.platform.Identity.Whoami(w.Context())
	w.ok(err)
	w.room = w.found("deal-room", w.people["bob"], w.people["gus"])
}

// adopt gives the Record the channel that people made.
func adopt(own bool) func(*world) {
	return func(w *world) {
		w.Helper()
		a := reconcile.Adopter{Reconciler: w.planner().Reconciler}
		_, err := a.Adopt(w.Context(), connector.AdoptRequest{Record: w.north(), Platform: w.platform.ID, Channel: w.room, Own: own})
		w.ok(err)
		w.clock.Advance(100 * time.Millisecond) // less than the run waits
	}
}

// adopted is a world in which that was done a while ago.
func adopted(own bool) func(*world) {
	return func(w *world) {
		peopleMade(w)
		adopt(own)(w)
		w.pass(time.Minute)
	}
}

const (
	taken  surplus = "the channel is read for whether it may be taken, and again for who is in"
	told   surplus = "the topic is read again right before it is written, or left"
	rights surplus = "the guild's roles and the bot's own are read for who sees the channel and what the bot may give, and remembered for a while"
)

// adoptRows are the cases of channels that people made.
func adoptRows() []row {
	const (
		slackFewest    = "1× chat.postMessage, 1× conversations.info, 1× conversations.invite, 1× conversations.members, 1× conversations.setTopic, 1× pins.add, 1× users.list"
		slackCalls     = "1× chat.postMessage, 2× conversations.info, 1× conversations.invite, 2× conversations.members, 1× conversations.setTopic, 1× pins.add, 1× users.list"
		discordFewest  = "1× GET /channels/{channel}, 4× GET /guilds/{guild}/members/{user}, 1× PATCH /channels/{channel}, 1× POST /channels/{channel}/messages, 1× PUT /channels/{channel}/messages/pins/{message}, 3× PUT /channels/{channel}/permissions/{id}"
		discordCalls   = "3× GET /channels/{channel}, 1× GET /guilds/{guild}, 5× GET /guilds/{guild}/members/{user}, 1× PATCH /channels/{channel}, 1× POST /channels/{channel}/messages, 1× PUT /channels/{channel}/messages/pins/{message}, 3× PUT /channels/{channel}/permissions/{id}"
		slackTheirs    = "1× chat.postMessage, 2× conversations.info, 1× conversations.invite, 2× conversations.members, 1× pins.add, 1× users.list"
		slackLeast     = "1× chat.postMessage, 1× conversations.info, 1× conversations.invite, 1× conversations.members, 1× pins.add, 1× users.list"
		discordTheirs  = "3× GET /channels/{channel}, 1× GET /guilds/{guild}, 5× GET /guilds/{guild}/members/{user}, 1× POST /channels/{channel}/messages, 1× PUT /channels/{channel}/messages/pins/{message}, 3× PUT /channels/{channel}/permissions/{id}"
		discordLeast   = "1× GET /channels/{channel}, 4× GET /guilds/{guild}/members/{user}, 1× POST /channels/{channel}/messages, 1× PUT /channels/{channel}/messages/pins/{message}, 3× PUT /channels/{channel}/permissions/{id}"
		handAddedState = "active; ann member, bob hand_added, cid member, dan member, gus hand_added; in: ann bob cid dan gus"
		ownState       = "active; ann member, bob member, cid member, dan member, gus hand_added; in: ann bob cid dan gus"
	)
	return []row{
		{
			name: "adopted: who is in stays as added by hand", unopened: true,
			before: peopleMade, act: adopt(false),
			plan:    "add ann, add cid, add dan, topic North",
			state:   handAddedState,
			slack:   outcome{calls: slackCalls, fewest: slackFewest, why: []surplus{added, told}},
			discord: outcome{calls: discordCalls, fewest: discordFewest, why: []surplus{taken, rights, told}},
		},
		{
			name: "adopted with own: who is in and on the team is ours", unopened: true,
			before: peopleMade, act: adopt(true),
			plan:    "add ann, add cid, add dan, topic North",
			state:   ownState,
			slack:   outcome{calls: slackCalls, fewest: slackFewest, why: []surplus{added, told}},
			discord: outcome{calls: discordCalls, fewest: discordFewest, why: []surplus{taken, rights, told}},
		},
		{
			name: "adopted, then taken off the team", unopened: true,
			before: adopted(false), act: func(w *world) { w.newTeam("ann", "cid", "dan") },
			plan: "nothing", state: handAddedState,
			slack: outcome{calls: "none"}, discord: outcome{calls: "none"},
		},
		{
			name: "adopted with own, then taken off the team", unopened: true,
			before: adopted(true), act: func(w *world) { w.newTeam("ann", "cid", "dan") },
			plan:    "remove bob",
			state:   "active; ann member, bob removed, cid member, dan member, gus hand_added; in: ann cid dan gus",
			slack:   outcome{calls: "1× conversations.kick, 1× conversations.members"},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}"},
		},
		{
			name: "own said later", unopened: true,
			before: adopted(false), act: adopt(true),
			plan: "nothing", state: ownState,
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name: "adopted, then renamed in the CRM: the name stays", unopened: true,
			before: adopted(false), act: func(w *world) { w.newRecord("North Pole", "ann") },
			plan: "topic North Pole", state: handAddedState,
			slack:   outcome{calls: "1× chat.update, 1× conversations.info, 1× conversations.setTopic"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× PATCH /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}"},
		},
		{
			name: "adopted with a topic of theirs", unopened: true,
			before: func(w *world) {
				peopleMade(w)
				w.topic(w.room, "by hand")
			}, act: adopt(false),
			plan: "add ann, add cid, add dan", state: handAddedState,
			slack:   outcome{calls: slackTheirs, fewest: slackLeast, why: []surplus{added, told}},
			discord: outcome{calls: discordTheirs, fewest: discordLeast, why: []surplus{taken, rights, told}},
		},
	}
}
