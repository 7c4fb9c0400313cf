package cases_test

import (
	"time"

	"roomkeeper/connector"
)

// fileRows are the cases of LINKS_FILE beside other links. The latest act counts: a line
// that is new or another one replaces what is stored, one that was applied before does
// nothing.
func fileRows() []row {
	comes := func(w *world) { w.newTeam(team("eve")...) }
	return []row{
		{
			name:   "the file of known accounts names an account that is gone: then who has the address, else nobody",
			given:  func(w *world) { w.depart(w.people["gus"]) },
			before: func(w *world) { w.file("eve", "gus") }, act: comes,
			slack:   outcome{plan: "add eve", state: "active; " + others + ", eve member; in: ann bob cid dan eve", calls: "1× conversations.invite, 1× conversations.members, 1× users.info, 1× users.lookupByEmail", fewest: "1× conversations.invite, 1× users.info, 1× users.lookupByEmail", why: []surplus{added}},
			discord: outcome{plan: "nothing", state: evePending("other_workspace"), calls: discordLooks().calls},
		},
		{
			name:   "the file of known accounts names a bot: then the person's own account",
			given:  func(w *world) { w.become(w.people["gus"], botAccount) },
			before: func(w *world) { w.file("eve", "gus") }, act: comes,
			plan:    "add eve",
			state:   "active; " + others + ", eve member; in: ann bob cid dan eve",
			slack:   and(slackAdds(), "1× users.info"),
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}, 3× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", fewest: "2× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, fresh, guild}},
		},
		{
			name: "the file of known accounts comes before what the CRM names",
			given: func(w *world) {
				w.putUser("eve", func(u *connector.User) {
					u.Links = map[connector.PlatformID]connector.MemberID{w.platform.ID: w.people["fay"]}
				})
			},
			before: func(w *world) { w.file("eve", "gus") }, act: comes,
			plan:    "add gus",
			state:   "active; " + others + ", eve member; in: ann bob cid dan gus",
			slack:   and(slackAddsKnown(), "1× users.info"),
			discord: discordAdds(),
		},
		{
			name:   "a line that is new comes before a link that was stored earlier",
			before: func(w *world) { w.link("eve", "fay"); w.file("eve", "gus") }, act: comes,
			plan:    "add gus",
			state:   "active; " + others + ", eve member; in: ann bob cid dan gus",
			slack:   and(slackAddsKnown(), "1× users.info"),
			discord: discordAdds(),
		},
		{
			name:   "a link that is stored later comes before a line, also when the file is read again",
			before: func(w *world) { w.file("eve", "gus"); w.link("eve", "fay"); w.file("eve", "gus") }, act: comes,
			plan:    "add fay",
			state:   "active; " + others + ", eve member; in: ann bob cid dan fay",
			slack:   slackAddsKnown(),
			discord: discordAddsKnown(),
		},
		{
			name:    "a line names another account",
			before:  func(w *world) { w.file("eve", "gus"); eveIsIn(w) },
			act:     func(w *world) { w.file("eve", "fay") },
			plan:    "remove gus, add fay",
			state:   "active; " + others + ", eve member; in: ann bob cid dan fay",
			slack:   outcome{calls: "1× conversations.invite, 1× conversations.kick, 2× conversations.members, 1× users.info", fewest: "1× conversations.invite, 1× conversations.kick, 1× conversations.members, 1× users.info", why: []surplus{added}},
			discord: discordSwaps(),
		},
		{
			name:    "a line is taken out of the file",
			before:  func(w *world) { w.file("eve", "gus"); eveIsIn(w) },
			act:     func(w *world) { w.file("gus", "gus") },
			plan:    "remove gus, add eve",
			state:   "active; " + others + ", eve member; in: ann bob cid dan eve",
			slack:   slackSwaps(),
			discord: discordSwaps(),
		},
		{
			name:    "the same file again",
			before:  func(w *world) { w.file("eve", "gus"); eveIsIn(w) },
			act:     func(w *world) { w.file("eve", "gus") },
			plan:    "nothing",
			state:   "active; " + others + ", eve member; in: ann bob cid dan gus",
			slack:   silent(),
			discord: silent(),
		},
	}
}

// waitRows are the cases of people who cannot be looked up just now.
func waitRows() []row {
	// fay's account is known: she was in, and is out again.
	fayKnown := func(w *world) {
		w.newTeam(team("fay")...)
		w.pass(time.Minute)
		w.newTeam(team()...)
		w.pass(time.Minute)
	}
	// Looking up eve has to wait; fay has not.
	comeBoth := func(w *world) { w.slowLookups(w.people["eve"]); w.newTeam(team("eve", "fay")...) }
	return []row{
		{
			name:   "a look-up has to wait: who is known is let in",
			before: fayKnown, act: comeBoth,
			plan:    "add fay",
			state:   "active; " + others + ", eve pending (rate_wait), fay member; in: ann bob cid dan fay",
			tells:   "nothing",
			slack:   and(slackAdds(), "1× chat.update"),
			discord: and(discordAdds(), "1× PATCH /channels/{channel}/messages/{message}"),
		},
		{
			name:   "a look-up has to wait: once it is over",
			before: fayKnown, act: comeBoth,
			after:   15 * time.Minute,
			plan:    "add fay",
			state:   "active; " + others + ", eve member, fay member; in: ann bob cid dan eve fay",
			tells:   "nothing",
			slack:   outcome{calls: "2× chat.update, 2× conversations.invite, 2× conversations.members, 2× users.lookupByEmail", fewest: "2× chat.update, 2× conversations.invite, 2× users.lookupByEmail", why: []surplus{added}},
			discord: outcome{calls: "2× GET /channels/{channel}, 2× GET /guilds/{guild}, 4× GET /guilds/{guild}/members/{user}, 2× PATCH /channels/{channel}/messages/{message}, 2× PUT /channels/{channel}/permissions/{id}", fewest: "2× GET /guilds/{guild}/members/{user}, 2× PATCH /channels/{channel}/messages/{message}, 2× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, fresh, guild}},
		},
		{
			name:    "a look-up has to wait: who is to go goes",
			act:     func(w *world) { w.slowLookups(w.people["eve"]); w.newTeam("ann", "bob", "cid", "eve") },
			plan:    "remove dan",
			state:   "active; ann member, bob member, cid member, dan removed, eve pending (rate_wait); in: ann bob cid",
			tells:   "nothing",
			slack:   and(and(slackRemoves(), "1× chat.update"), "1× users.lookupByEmail"),
			discord: and(and(discordRemoves(), "1× GET /guilds/{guild}/members/{user}"), "1× PATCH /channels/{channel}/messages/{message}"),
		},
	}
}
