package cases_test

import (
	"time"

	"roomkeeper/connector"
)

const noDirectory = "people are not looked up by e-mail there: who is not linked has no account"

// are makes eve's account of another sort before she comes on the team.
func are(what standing) func(*world) {
	return func(w *world) { w.become(w.people["eve"], what) }
}

func evePending(reason string) string {
	return "active; " + others + ", eve pending (" + reason + "); in: ann bob cid dan"
}

// accountRows are the cases of how a User becomes a Member.
func accountRows() []row {
	comes := func(w *world) { w.newTeam(team("eve")...) }
	return []row{
		{
			name:   "a stored link comes first",
			before: func(w *world) { w.link("eve", "gus") },
			act:    comes,
			plan:   "add gus",
			state:  "active; " + others + ", eve member; in: ann bob cid dan gus",
			slack:  slackAddsKnown(), discord: discordAddsKnown(),
		},
		{
			name: "then the account that the CRM names",
			given: func(w *world) {
				w.putUser("eve", func(u *connector.User) {
					u.Links = map[connector.PlatformID]connector.MemberID{w.platform.ID: w.people["gus"]}
				})
			},
			act:     comes,
			plan:    "add gus",
			state:   "active; " + others + ", eve member; in: ann bob cid dan gus",
			slack:   and(slackAddsKnown(), "1× users.info"),
			discord: discordAdds(),
		},
		{
			name: "an account that the CRM names, and that is deactivated: then the e-mail address",
			given: func(w *world) {
				w.depart(w.people["gus"])
				w.putUser("eve", func(u *connector.User) {
					u.Links = map[connector.PlatformID]connector.MemberID{w.platform.ID: w.people["gus"]}
				})
			},
			act:     comes,
			plan:    "add eve",
			state:   "active; " + others + ", eve member; in: ann bob cid dan eve",
			slack:   and(slackAdds(), "1× users.info"),
			discord: outcome{absent: noDirectory},
		},
		{
			name:   "the address is another account's since yesterday",
			before: func(w *world) { eveIsIn(w); w.pass(2 * time.Hour); w.newTeam(team()...); w.pass(23 * time.Hour) },
			act: func(w *world) {
				w.readdress(w.people["eve"], "eve.before@example.com")
				w.readdress(w.people["gus"], "eve@example.com")
				comes(w)
			},
			plan:    "add gus",
			state:   "active; " + others + ", eve member; in: ann bob cid dan gus",
			slack:   slackAdds(),
			discord: outcome{absent: noDirectory},
		},
		{
			name:   "the file of known accounts names somebody",
			before: func(w *world) { w.file("eve", "gus") }, act: comes,
			plan:  "add gus",
			state: "active; " + others + ", eve member; in: ann bob cid dan gus",
			slack: and(slackAddsKnown(), "1× users.info"), discord: discordAdds(),
		},
		{
			name:   "the file of known accounts names a guest",
			given:  func(w *world) { w.become(w.people["gus"], guestAccount) },
			before: func(w *world) { w.file("eve", "gus") }, act: comes,
			plan:  "nothing",
			state: evePending("guest"),
			slack: and(slackTells(), "1× users.info"), discord: discordLooks(),
		},
		{
			name:    "then the e-mail address, whatever its capitals and blanks",
			given:   func(w *world) { w.putUser("eve", func(u *connector.User) { u.Email = "  Eve@Example.COM " }) },
			act:     comes,
			plan:    "add eve",
			state:   "active; " + others + ", eve member; in: ann bob cid dan eve",
			slack:   slackAdds(),
			discord: outcome{absent: noDirectory},
		},
		{
			name: "nobody has the address",
			given: func(w *world) {
				w.putUser("eve", func(u *connector.User) { u.Email, u.Links = "nobody@example.com", nil })
			},
			act:   comes,
			plan:  "nothing",
			state: evePending("no_account"),
			slack: slackLooks(), discord: discordTells(),
		},
		{
			name:  "a guest",
			given: are(guestAccount), act: comes,
			plan:  "nothing",
			state: evePending("guest"),
			slack: slackLooks(), discord: discordLooks(),
		},
		{
			name:  "a bot",
			given: are(botAccount), act: comes,
			plan:  "nothing",
			state: evePending("no_account"),
			slack: slackLooks(), discord: discordLooks(),
		},
		{
			name:  "invited to the workspace, not joined",
			given: are(invited), act: comes,
			plan:    "nothing",
			state:   evePending("no_account"),
			slack:   slackLooks(),
			discord: outcome{absent: "who has not joined the guild is not in it"},
		},
		{
			name: "an account that the CRM names, of another workspace or not in the guild",
			given: func(w *world) {
				are(elsewhere)(w)
				w.putUser("eve", func(u *connector.User) {
					u.Links = map[connector.PlatformID]connector.MemberID{w.platform.ID: w.people["eve"]}
				})
			},
			act:   comes,
			plan:  "nothing",
			state: evePending("other_workspace"),
			slack: and(slackTells(), "1× users.info"), discord: discordLooks(),
		},
		{
			// Slack does not find people of another workspace by their address.
			name:  "of another workspace",
			given: are(elsewhere), act: comes,
			plan:    "nothing",
			state:   evePending("no_account"),
			slack:   slackLooks(),
			discord: outcome{absent: noDirectory},
		},
		{
			name:  "a deactivated account",
			given: func(w *world) { w.depart(w.people["eve"]) }, act: comes,
			plan:    "nothing",
			state:   evePending("no_account"),
			slack:   slackLooks(),
			discord: but(discordLooks(), evePending("other_workspace")),
		},
		{
			name:  "two accounts with one address",
			given: func(w *world) { w.people["eve too"] = w.person("eve") },
			act:   func(w *world) { w.newTeam(team("eve", "fay")...) },
			plan:  "add fay",
			state: "active; " + others + ", eve pending (ambiguous_account), fay member; in: ann bob cid dan fay",
			slack: and(slackAddsTwo(), "1× chat.update"),
			discord: outcome{
				absent: "a link names one account",
			},
		},
		{
			name:    "an account becomes fit, found by the next Sweep",
			given:   are(elsewhere),
			before:  comes,
			act:     func(w *world) { w.become(w.people["eve"], full); w.changes() },
			plan:    "add eve",
			state:   "active; " + others + ", eve member; in: ann bob cid dan eve",
			slack:   and(slackAdds(), "1× chat.update"),
			discord: and(discordAdds(), "1× PATCH /channels/{channel}/messages/{message}"),
		},
		{
			name:  "IGNORE_USERS names somebody on the team",
			given: func(w *world) { w.ignore = map[connector.UserID]bool{"eve": true} }, act: comes,
			plan:  "nothing",
			state: "active; " + others + "; in: ann bob cid dan",
			slack: silent(), discord: silent(),
		},
	}
}

// eveIsIn brings eve on the team, and in.
func eveIsIn(w *world) {
	w.newTeam(team("eve")...)
	w.pass(time.Minute)
}

// eveAsFay ties eve to fay's account, and brings both on the team.
func eveAsFay(w *world) {
	w.link("eve", "fay")
	w.newTeam(team("eve", "fay")...)
}

// linkRows are the cases of links that change, and of Users who are one Member.
func linkRows() []row {
	return []row{
		{
			name:   "a link is stored",
			before: eveIsIn,
			act:    func(w *world) { w.link("eve", "gus") },
			plan:   "remove eve, add gus",
			state:  "active; " + others + ", eve member; in: ann bob cid dan gus",
			slack: outcome{
				calls:  "1× conversations.invite, 1× conversations.kick, 2× conversations.members, 2× users.info",
				fewest: "1× conversations.invite, 1× conversations.kick, 1× conversations.members, 1× users.info", why: []surplus{added, swapped},
			},
			discord: outcome{
				calls:  "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}, 1× GET /guilds/{guild}, 3× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}",
				fewest: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}, 1× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, guild, swapped},
			},
		},
		{
			name:   "a link is stored, and its account goes before anybody is let in by it",
			before: eveIsIn,
			act:    func(w *world) { w.link("eve", "gus"); w.depart(w.people["gus"]) },
			plan:   "nothing",
			state:  "active; " + others + ", eve member; in: ann bob cid dan eve",
			slack:  outcome{calls: "2× users.info, 1× users.lookupByEmail"},
			discord: outcome{
				calls: "3× GET /guilds/{guild}/members/{user}",
				state: "active; " + others + ", eve member (other_workspace); in: ann bob cid dan eve",
			},
		},
		{
			name:   "a stored link is taken back",
			before: func(w *world) { w.link("eve", "gus"); eveIsIn(w) },
			act:    func(w *world) { w.unlink("eve") },
			plan:   "remove gus, add eve",
			state:  "active; " + others + ", eve member; in: ann bob cid dan eve",
			slack:  slackSwaps(), discord: discordSwaps(),
		},
		{
			name:   "a link is stored for somebody without an account",
			given:  are(guestAccount),
			before: eveIsIn,
			act:    func(w *world) { w.link("eve", "gus") },
			plan:   "add gus",
			state:  "active; " + others + ", eve member; in: ann bob cid dan gus",
			slack:  and(and(slackAddsKnown(), "1× chat.update"), "1× users.info"),
			discord: and(
				discordAdds(), "1× PATCH /channels/{channel}/messages/{message}"),
		},
		{
			name:   "two Users are one Member: one goes off the team",
			before: eveAsFay,
			act:    func(w *world) { w.newTeam(team("fay")...) },
			plan:   "nothing",
			state:  "active; " + others + ", fay member; in: ann bob cid dan fay",
			slack:  silent(), discord: silent(),
		},
		{
			name:   "two Users are one Member: the other goes off the team",
			before: eveAsFay,
			act:    func(w *world) { w.newTeam(team("eve")...) },
			plan:   "nothing",
			state:  "active; " + others + ", eve member; in: ann bob cid dan fay",
			slack:  silent(), discord: silent(),
		},
		{
			name:   "two Users are one Member: one becomes inactive",
			before: eveAsFay,
			act:    func(w *world) { w.inactive(true, "eve") },
			plan:   "nothing",
			state:  "active; " + others + ", fay member; in: ann bob cid dan fay",
			slack:  silent(), discord: silent(),
		},
		{
			name:   "two Users are one Member: one gets an account of their own",
			before: eveAsFay,
			act:    func(w *world) { w.unlink("eve") },
			plan:   "add eve",
			state:  "active; " + others + ", eve member, fay member; in: ann bob cid dan eve fay",
			slack:  slackAdds(), discord: discordAdds(),
		},
		{
			name:    "two Users are one Member, who leaves",
			before:  eveAsFay,
			act:     func(w *world) { w.leaves("fay") },
			plan:    "nothing",
			state:   "active; " + others + ", eve left, fay left; in: ann bob cid dan",
			slack:   outcome{calls: "1× conversations.members, 1× users.info"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}"},
		},
		{
			name:   "two Users are one Member, one left the team before the other: back on it",
			before: func(w *world) { eveAsFay(w); w.newTeam(team("fay")...); w.pass(time.Minute); w.newTeam(team()...) },
			act:    func(w *world) { w.newTeam(team("fay")...) },
			plan:   "add fay",
			state:  "active; " + others + ", fay member; in: ann bob cid dan fay",
			slack:  slackAddsKnown(), discord: discordAddsKnown(),
		},
		{
			name:   "two Users are one Member, one within GRACE and the other inactive",
			policy: grace,
			before: eveAsFay,
			act: func(w *world) {
				w.newTeam(team("eve")...)
				w.pass(time.Minute)
				w.newTeam(team()...)
				w.pass(time.Minute)
				w.inactive(true, "fay")
			},
			plan:  "nothing",
			state: "active; " + others + ", eve to_remove; in: ann bob cid dan fay",
			slack: silent(), discord: silent(),
		},
		{
			name:   "two Users are one Member: both go off the team",
			before: eveAsFay,
			act:    func(w *world) { w.newTeam(team()...) },
			plan:   "remove fay",
			state:  "active; " + others + ", eve removed, fay removed; in: ann bob cid dan",
			slack:  slackRemoves(), discord: discordRemoves(),
		},
	}
}
