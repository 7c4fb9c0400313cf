package cases_test

import (
	"time"
)

// goesOff takes dan off the team, whose removal then waits for some seconds more.
func goesOff(w *world) {
	w.slow(removals, 1)
	w.newTeam("ann", "bob", "cid")
	w.pass(debounced)
}

// debounced is long enough for what an event asked for to have begun.
const debounced = 2 * time.Second

// pacedRows are the cases of changes that have to wait for their rate, more than once.
func pacedRows() []row {
	return []row{
		{
			name:    "taken off the team, the removal has to wait three times",
			act:     func(w *world) { w.slow(removals, 3); w.newTeam("ann", "bob") },
			plan:    "remove cid, remove dan",
			state:   "active; ann member, bob member, cid removed, dan removed; in: ann bob",
			tells:   "nothing",
			slack:   outcome{calls: "5× conversations.kick, 1× conversations.members"},
			discord: outcome{calls: "5× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}"},
		},
		{
			name:    "added to the team, the invitation has to wait three times",
			act:     func(w *world) { w.slow(additions, 3); w.newTeam(team("eve")...) },
			plan:    "add eve",
			state:   "active; " + others + ", eve member; in: ann bob cid dan eve",
			tells:   "nothing",
			slack:   outcome{calls: "4× conversations.invite, 2× conversations.members, 1× users.lookupByEmail", fewest: "4× conversations.invite, 1× users.lookupByEmail", why: []surplus{paced, added}},
			discord: outcome{calls: "2× GET /channels/{channel}, 1× GET /guilds/{guild}, 2× GET /guilds/{guild}/members/{user}, 4× PUT /channels/{channel}/permissions/{id}", fewest: "1× GET /guilds/{guild}/members/{user}, 4× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, fresh, guild, paced}},
		},
		{
			name:    "one taken off, one added, and each has to wait three times",
			act:     func(w *world) { w.slow(removals, 3); w.slow(additions, 3); w.newTeam("ann", "bob", "cid", "eve") },
			plan:    "remove dan, add eve",
			state:   "active; ann member, bob member, cid member, dan removed, eve member; in: ann bob cid eve",
			tells:   "nothing",
			slack:   outcome{calls: "4× conversations.invite, 4× conversations.kick, 2× conversations.members, 1× users.lookupByEmail", fewest: "4× conversations.invite, 4× conversations.kick, 1× conversations.members, 1× users.lookupByEmail", why: []surplus{added}},
			discord: outcome{calls: "4× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}, 1× GET /guilds/{guild}, 2× GET /guilds/{guild}/members/{user}, 4× PUT /channels/{channel}/permissions/{id}", fewest: "4× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}, 4× PUT /channels/{channel}/permissions/{id}", why: []surplus{own, guild}},
		},
		{
			name:    "a removal has to wait, and somebody else leaves by hand",
			act:     func(w *world) { goesOff(w); w.leaves("bob") },
			plan:    "remove dan",
			state:   "active; ann member, bob left, cid member, dan removed; in: ann cid",
			slack:   outcome{calls: "2× conversations.kick, 2× conversations.members, 1× users.info"},
			discord: outcome{calls: "2× DELETE /channels/{channel}/permissions/{id}, 2× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}"},
		},
		{
			name:    "a removal has to wait, and somebody is added by hand and comes on the team",
			act:     func(w *world) { goesOff(w); w.joins("eve"); w.newTeam("ann", "bob", "cid", "eve") },
			plan:    "remove dan",
			state:   "active; ann member, bob member, cid member, dan removed, eve hand_added; in: ann bob cid eve",
			slack:   outcome{calls: "2× conversations.kick, 2× conversations.members, 1× users.lookupByEmail"},
			discord: outcome{calls: "2× DELETE /channels/{channel}/permissions/{id}, 2× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}"},
		},
		{
			name:    "a removal has to wait, and they are back on the team",
			act:     func(w *world) { goesOff(w); w.newTeam(team()...) },
			plan:    "nothing",
			state:   "active; " + others + "; in: ann bob cid dan",
			slack:   outcome{calls: "1× conversations.kick, 2× conversations.members", fewest: "1× conversations.kick, 1× conversations.members", why: []surplus{meant}},
			discord: outcome{calls: "1× DELETE /channels/{channel}/permissions/{id}, 2× GET /channels/{channel}", fewest: "1× DELETE /channels/{channel}/permissions/{id}, 1× GET /channels/{channel}", why: []surplus{meant}},
		},
		{
			name: "a removal has to wait, and another replica reads the channel",
			act: func(w *world) {
				goesOff(w)
				g := w.group()
				g.ChatReadAt = w.clock.Now()
				_, err := w.engine.Groups.SaveGroup(w.Context(), g)
				w.ok(err)
			},
			plan:    "remove dan",
			state:   "active; ann member, bob member, cid member, dan removed; in: ann bob cid",
			slack:   outcome{calls: "2× conversations.kick, 2× conversations.members"},
			discord: outcome{calls: "2× DELETE /channels/{channel}/permissions/{id}, 2× GET /channels/{channel}"},
		},
		{
			name:    "another topic has to wait twice",
			act:     func(w *world) { w.slow(topics, 2); w.newRecord("NORTH!", "ann") },
			after:   time.Hour,
			plan:    "topic NORTH!",
			state:   "active; " + others + "; in: ann bob cid dan",
			titled:  "north | NORTH!",
			tells:   "nothing",
			slack:   outcome{calls: "1× chat.update, 3× conversations.info, 3× conversations.setTopic", fewest: "1× chat.update, 1× conversations.info, 3× conversations.setTopic", why: []surplus{title}},
			discord: outcome{calls: "4× GET /channels/{channel}, 3× PATCH /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}", fewest: "1× GET /channels/{channel}, 3× PATCH /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}", why: []surplus{title}},
		},
		{
			name: "another topic has to wait, and is taken back",
			act: func(w *world) {
				w.slow(topics, 1)
				w.newRecord("NORTH!", "ann")
				w.pass(debounced)
				w.newRecord("North", "ann")
			},
			after:   time.Hour,
			plan:    "nothing",
			state:   "active; " + others + "; in: ann bob cid dan",
			titled:  "north | North",
			tells:   "nothing",
			slack:   outcome{calls: "2× chat.update, 1× conversations.info, 1× conversations.setTopic"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× PATCH /channels/{channel}, 2× PATCH /channels/{channel}/messages/{message}"},
		},
		{
			name:    "the topic of a new channel has to wait three times",
			act:     func(w *world) { w.slow(topics, 3); w.south("South") },
			plan:    "create south, add ann, add bob, topic South",
			state:   "active; ann member, bob member; in: ann bob",
			titled:  "south | South",
			tells:   "nothing",
			slack:   outcome{calls: "1× chat.postMessage, 1× conversations.create, 1× conversations.invite, 1× conversations.members, 1× conversations.setPurpose, 4× conversations.setTopic, 1× pins.add", fewest: "1× chat.postMessage, 1× conversations.create, 1× conversations.invite, 1× conversations.setPurpose, 4× conversations.setTopic, 1× pins.add", why: []surplus{added}},
			discord: outcome{absent: "the topic comes with the channel"},
		},
	}
}
