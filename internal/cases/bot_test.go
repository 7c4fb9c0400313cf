package cases_test

import (
	"time"

	"roomkeeper/connector"
)

// botRows are the cases of our bot and of the channel itself.
func botRows() []row {
	return []row{
		{
			name:    "bot taken out of a private channel",
			act:     func(w *world) { w.botRemoved() },
			plan:    "none: not_in_channel",
			state:   "unreachable; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			tells:   "unreachable to owner_and_admins",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:    "bot invited back",
			before:  func(w *world) { w.botRemoved() },
			act:     func(w *world) { w.botInvited() },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			tells:   "nothing",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:    "somebody taken off while the bot is out",
			before:  func(w *world) { w.botRemoved() },
			act:     func(w *world) { w.newTeam("ann", "bob", "cid") },
			plan:    "none: not_in_channel",
			state:   "unreachable; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			tells:   "nothing",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{calls: "1× GET /channels/{channel}"},
		},
		{
			name:    "bot taken out of a public channel",
			policy:  public,
			act:     func(w *world) { w.botRemoved() },
			plan:    "none: not_in_channel",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			tells:   "nothing",
			slack:   outcome{calls: "1× conversations.info, 1× conversations.join, 2× conversations.members", fewest: "1× conversations.join, 1× conversations.members", why: []surplus{outside, rejoin}},
			discord: outcome{plan: "nothing", calls: "1× GET /channels/{channel}"},
		},
		{
			name:    "bot taken out of a public channel again the same day",
			policy:  public,
			before:  func(w *world) { w.botRemoved() },
			act:     func(w *world) { w.botRemoved() },
			plan:    "none: not_in_channel",
			state:   "unreachable; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			tells:   "unreachable to owner_and_admins",
			slack:   outcome{calls: "1× conversations.info, 1× conversations.members", fewest: "1× conversations.members", why: []surplus{outside}},
			discord: outcome{absent: "the bot sees a public channel without being in it"},
		},
		{
			name:    "our bot on the team",
			act:     func(w *world) { w.robot(); w.newTeam("ann", "bob", "cid", "dan", "robot") },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member, robot pending (no_account); in: ann bob cid dan",
			slack:   outcome{calls: "1× chat.update, 1× users.info, 1× users.lookupByEmail"},
			discord: outcome{calls: "1× GET /guilds/{guild}/members/{user}, 1× PATCH /channels/{channel}/messages/{message}"},
		},
		{
			name: "a machine on the team, named in IGNORE_USERS",
			act: func(w *world) {
				w.robot()
				w.ignore = map[connector.UserID]bool{"robot": true}
				w.newTeam("ann", "bob", "cid", "dan", "robot")
			},
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "none"},
			discord: outcome{calls: "none"},
		},
		{
			name:    "archived by hand",
			act:     archived,
			plan:    "none: archived",
			state:   "archived; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			tells:   "archived to owner",
			slack:   outcome{calls: "1× conversations.info, 1× conversations.members", fewest: "1× conversations.members", why: []surplus{outside}},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/channels", fewest: "1× GET /channels/{channel}", why: []surplus{list}},
		},
		{
			name:    "unarchived by hand",
			before:  archived,
			act:     func(w *world) { w.unarchive(w.here()); w.told(connector.ChatChannelRestored, "") },
			plan:    "none: not_in_channel",
			state:   "unreachable; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{plan: "nothing", state: "active; ann member, bob member, cid member, dan member; in: ann bob cid dan", calls: "1× GET /channels/{channel}"},
		},
		{
			name:    "unarchived by hand, then the bot invited back",
			before:  func(w *world) { archived(w); w.unarchive(w.here()); w.told(connector.ChatChannelRestored, "") },
			act:     func(w *world) { w.botInvited() },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			tells:   "nothing",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{absent: "archiving takes nobody out of a channel"},
		},
		{
			name:    "the channel gets another id",
			act:     func(w *world) { w.moved() },
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			tells:   "nothing",
			slack:   outcome{calls: "1× conversations.members"},
			discord: outcome{absent: "the ids of channels never change"},
		},
		{
			name:    "taken off after the channel got another id",
			before:  func(w *world) { w.moved() },
			act:     func(w *world) { w.newTeam("ann", "bob", "cid") },
			plan:    "remove dan",
			state:   "active; ann member, bob member, cid member, dan removed; in: ann bob cid",
			slack:   outcome{calls: "1× conversations.kick, 1× conversations.members"},
			discord: outcome{absent: "the ids of channels never change"},
		},
		{
			name:    "the channel gets another id, the event lost, found by the drift check",
			act:     func(w *world) { w.rekey(w.here()); w.age() },
			after:   time.Hour,
			plan:    "nothing",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:   outcome{calls: "1× conversations.list, 2× conversations.members", fewest: "1× conversations.list, 1× conversations.members", why: []surplus{anew}},
			discord: outcome{absent: "the ids of channels never change"},
		},
		{
			name:    "another id with the event lost, somebody taken off, then recovered",
			before:  func(w *world) { w.rekey(w.here()); danOff(w) },
			act:     func(w *world) { w.recovered() },
			plan:    "remove dan",
			state:   "active; ann member, bob member, cid member, dan removed; in: ann bob cid",
			slack:   outcome{calls: "1× chat.update, 1× conversations.kick, 1× conversations.list, 1× conversations.members", fewest: "1× conversations.kick, 1× conversations.list, 1× conversations.members", why: []surplus{card}},
			discord: outcome{absent: "the ids of channels never change"},
		},
	}
}
