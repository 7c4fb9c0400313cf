package cases_test

import (
	"slices"
	"strings"
	"time"

	"roomkeeper/connector"
)

// anyScript is why no workspace refuses letters.
const anyScript = "a name there has letters of every script"

// nameRows are the cases of names and topics.
func nameRows() []row {
	return slices.Concat(newNameRows(), platformNameRows(), renameRows(), nameByHandRows(), topicRows())
}

// newNameRows are the cases of the name that a channel gets.
func newNameRows() []row {
	return []row{
		{
			name:    "a name of many scripts",
			act:     func(w *world) { w.south("Ünïcode & Ёлка 株式会社") },
			plan:    "create ünïcode-ёлка-株式会社, add ann, add bob, topic Ünïcode & Ёлка 株式会社",
			state:   "active; ann member, bob member; in: ann bob",
			titled:  "ünïcode-ёлка-株式会社 | Ünïcode & Ёлка 株式会社",
			tells:   "nothing",
			slack:   outcome{calls: "1× chat.postMessage, 1× conversations.create, 1× conversations.invite, 1× conversations.members, 1× conversations.setPurpose, 1× conversations.setTopic, 1× pins.add", fewest: "1× chat.postMessage, 1× conversations.create, 1× conversations.invite, 1× conversations.setPurpose, 1× conversations.setTopic, 1× pins.add", why: []surplus{added}},
			discord: outcome{calls: "1× GET /guilds/{guild}, 1× GET /guilds/{guild}/channels, 1× GET /guilds/{guild}/members/{user}, 1× POST /channels/{channel}/messages, 1× POST /guilds/{guild}/channels, 1× PUT /channels/{channel}/messages/pins/{message}", fewest: "1× POST /channels/{channel}/messages, 1× POST /guilds/{guild}/channels, 1× PUT /channels/{channel}/messages/pins/{message}", why: []surplus{guild, own, rooms}},
		},
		{
			name:    "a name with emoji",
			act:     func(w *world) { w.south("🚀 Rocket 1️⃣ Co") },
			plan:    "create rocket-1-co, add ann, add bob, topic 🚀 Rocket 1️⃣ Co",
			state:   "active; ann member, bob member; in: ann bob",
			titled:  "rocket-1-co | 🚀 Rocket 1️⃣ Co",
			tells:   "nothing",
			slack:   outcome{calls: "1× chat.postMessage, 1× conversations.create, 1× conversations.invite, 1× conversations.members, 1× conversations.setPurpose, 1× conversations.setTopic, 1× pins.add", fewest: "1× chat.postMessage, 1× conversations.create, 1× conversations.invite, 1× conversations.setPurpose, 1× conversations.setTopic, 1× pins.add", why: []surplus{added}},
			discord: outcome{calls: "1× GET /guilds/{guild}, 1× GET /guilds/{guild}/channels, 1× GET /guilds/{guild}/members/{user}, 1× POST /channels/{channel}/messages, 1× POST /guilds/{guild}/channels, 1× PUT /channels/{channel}/messages/pins/{message}", fewest: "1× POST /channels/{channel}/messages, 1× POST /guilds/{guild}/channels, 1× PUT /channels/{channel}/messages/pins/{message}", why: []surplus{guild, own, rooms}},
		},
		{
			name:    "a name of punctuation alone",
			act:     func(w *world) { w.south("!!! ???") },
			plan:    "create account-south, add ann, add bob, topic !!! ???",
			state:   "active; ann member, bob member; in: ann bob",
			titled:  "account-south | !!! ???",
			tells:   "nothing",
			slack:   outcome{calls: "1× chat.postMessage, 1× conversations.create, 1× conversations.invite, 1× conversations.members, 1× conversations.setPurpose, 1× conversations.setTopic, 1× pins.add", fewest: "1× chat.postMessage, 1× conversations.create, 1× conversations.invite, 1× conversations.setPurpose, 1× conversations.setTopic, 1× pins.add", why: []surplus{added}},
			discord: outcome{calls: "1× GET /guilds/{guild}, 1× GET /guilds/{guild}/channels, 1× GET /guilds/{guild}/members/{user}, 1× POST /channels/{channel}/messages, 1× POST /guilds/{guild}/channels, 1× PUT /channels/{channel}/messages/pins/{message}", fewest: "1× POST /channels/{channel}/messages, 1× POST /guilds/{guild}/channels, 1× PUT /channels/{channel}/messages/pins/{message}", why: []surplus{guild, own, rooms}},
		},
		{
			name:    "a name that is too long",
			act:     func(w *world) { w.south(strings.Repeat("Ж", 400)) },
			state:   "active; ann member, bob member; in: ann bob",
			slack:   outcome{calls: "1× chat.postMessage, 1× conversations.create, 1× conversations.invite, 1× conversations.members, 1× conversations.setPurpose, 1× conversations.setTopic, 1× pins.add", fewest: "1× chat.postMessage, 1× conversations.create, 1× conversations.invite, 1× conversations.setPurpose, 1× conversations.setTopic, 1× pins.add", why: []surplus{added}, plan: "create " + strings.Repeat("ж", 80) + ", add ann, add bob, topic " + strings.Repeat("Ж", 249) + "…", titled: strings.Repeat("ж", 80) + " | " + strings.Repeat("Ж", 249) + "…"},
			discord: outcome{calls: "1× GET /guilds/{guild}, 1× GET /guilds/{guild}/channels, 1× GET /guilds/{guild}/members/{user}, 1× POST /channels/{channel}/messages, 1× POST /guilds/{guild}/channels, 1× PUT /channels/{channel}/messages/pins/{message}", fewest: "1× POST /channels/{channel}/messages, 1× POST /guilds/{guild}/channels, 1× PUT /channels/{channel}/messages/pins/{message}", why: []surplus{guild, own, rooms}, plan: "create " + strings.Repeat("ж", 100) + ", add ann, add bob, topic " + strings.Repeat("Ж", 299) + "…", titled: strings.Repeat("ж", 100) + " | " + strings.Repeat("Ж", 299) + "…"},
		},
		{
			name:    "NAME_TEMPLATE={kind}-{name}-{id}",
			policy:  template("{kind}-{name}-{id}"),
			act:     func(w *world) { w.south("South Pole") },
			plan:    "create account-south-pole-south, add ann, add bob, topic South Pole",
			state:   "active; ann member, bob member; in: ann bob",
			titled:  "account-south-pole-south | South Pole",
			tells:   "nothing",
			slack:   outcome{calls: "1× chat.postMessage, 1× conversations.create, 1× conversations.invite, 1× conversations.members, 1× conversations.setPurpose, 1× conversations.setTopic, 1× pins.add", fewest: "1× chat.postMessage, 1× conversations.create, 1× conversations.invite, 1× conversations.setPurpose, 1× conversations.setTopic, 1× pins.add", why: []surplus{added}},
			discord: outcome{calls: "1× GET /guilds/{guild}, 1× GET /guilds/{guild}/channels, 1× GET /guilds/{guild}/members/{user}, 1× POST /channels/{channel}/messages, 1× POST /guilds/{guild}/channels, 1× PUT /channels/{channel}/messages/pins/{message}", fewest: "1× POST /channels/{channel}/messages, 1× POST /guilds/{guild}/channels, 1× PUT /channels/{channel}/messages/pins/{message}", why: []surplus{guild, own, rooms}},
		},
		{
			name: "NAME_TEMPLATE of another kind",
			before: func(w *world) {
				w.kinds = append(w.kinds, w.policy)
				w.kinds[0].Kind, w.kinds[0].NameTemplate = connector.KindDepartment, "team-{name}"
			},
			act:     func(w *world) { w.turnTo(key(connector.KindDepartment, "south"), "South Pole") },
			plan:    "create team-south-pole, add ann, add bob, topic South Pole",
			state:   "active; ann member, bob member; in: ann bob",
			titled:  "team-south-pole | South Pole",
			tells:   "nothing",
			slack:   outcome{calls: "1× chat.postMessage, 1× conversations.create, 1× conversations.invite, 1× conversations.members, 1× conversations.setPurpose, 1× conversations.setTopic, 1× pins.add", fewest: "1× chat.postMessage, 1× conversations.create, 1× conversations.invite, 1× conversations.setPurpose, 1× conversations.setTopic, 1× pins.add", why: []surplus{added}},
			discord: outcome{calls: "1× GET /guilds/{guild}, 1× GET /guilds/{guild}/channels, 1× GET /guilds/{guild}/members/{user}, 1× POST /channels/{channel}/messages, 1× POST /guilds/{guild}/channels, 1× PUT /channels/{channel}/messages/pins/{message}", fewest: "1× POST /channels/{channel}/messages, 1× POST /guilds/{guild}/channels, 1× PUT /channels/{channel}/messages/pins/{message}", why: []surplus{guild, own, rooms}},
		},
		{
			name:    "only ASCII, found out",
			before:  func(w *world) { w.ascii() },
			act:     func(w *world) { w.south("Łódź Ёлка GmbH") },
			plan:    "create łódź-ёлка-gmbh, add ann, add bob, topic Łódź Ёлка GmbH",
			state:   "active; ann member, bob member; in: ann bob",
			titled:  "lodz-gmbh | Łódź Ёлка GmbH",
			slack:   outcome{calls: "1× chat.postMessage, 2× conversations.create, 1× conversations.invite, 1× conversations.members, 1× conversations.setPurpose, 1× conversations.setTopic, 1× pins.add", fewest: "1× chat.postMessage, 1× conversations.create, 1× conversations.invite, 1× conversations.setPurpose, 1× conversations.setTopic, 1× pins.add", why: []surplus{added, ascii}},
			discord: outcome{absent: anyScript},
		},
		{
			name:    "only ASCII, remembered",
			before:  asciiKnown,
			act:     func(w *world) { w.turnTo(key(connector.KindAccount, "west"), "Łódź Ёлка AG") },
			plan:    "create lodz-ag, add ann, add bob, topic Łódź Ёлка AG",
			state:   "active; ann member, bob member; in: ann bob",
			titled:  "lodz-ag | Łódź Ёлка AG",
			slack:   outcome{calls: "1× chat.postMessage, 1× conversations.create, 1× conversations.invite, 1× conversations.members, 1× conversations.setPurpose, 1× conversations.setTopic, 1× pins.add", fewest: "1× chat.postMessage, 1× conversations.create, 1× conversations.invite, 1× conversations.setPurpose, 1× conversations.setTopic, 1× pins.add", why: []surplus{added}},
			discord: outcome{absent: anyScript},
		},
		{
			name:    "only ASCII, no letter of it",
			before:  asciiKnown,
			act:     func(w *world) { w.turnTo(key(connector.KindAccount, "west"), "株式会社 7") },
			plan:    "create account-west, add ann, add bob, topic 株式会社 7",
			state:   "active; ann member, bob member; in: ann bob",
			titled:  "account-west | 株式会社 7",
			slack:   outcome{calls: "1× chat.postMessage, 1× conversations.create, 1× conversations.invite, 1× conversations.members, 1× conversations.setPurpose, 1× conversations.setTopic, 1× pins.add", fewest: "1× chat.postMessage, 1× conversations.create, 1× conversations.invite, 1× conversations.setPurpose, 1× conversations.setTopic, 1× pins.add", why: []surplus{added}},
			discord: outcome{absent: anyScript},
		},
		{
			name:    "only ASCII, found out by a rename",
			before:  func(w *world) { w.ascii() },
			act:     func(w *world) { w.newRecord("Łódź", "ann") },
			plan:    "rename łódź, topic Łódź",
			state:   "active; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			titled:  "lodz | Łódź",
			slack:   outcome{calls: "1× chat.update, 1× conversations.info, 2× conversations.rename, 1× conversations.setTopic", fewest: "1× chat.update, 1× conversations.info, 1× conversations.rename, 1× conversations.setTopic", why: []surplus{ascii}},
			discord: outcome{absent: anyScript},
		},
		{
			name:    "another Record's name",
			act:     func(w *world) { w.south("North") },
			plan:    "create north-8cab29, add ann, add bob, topic North",
			state:   "active; ann member, bob member; in: ann bob",
			titled:  "north-8cab29 | North",
			tells:   "nothing",
			slack:   outcome{calls: "1× chat.postMessage, 1× conversations.create, 1× conversations.invite, 1× conversations.members, 1× conversations.setPurpose, 1× conversations.setTopic, 1× pins.add", fewest: "1× chat.postMessage, 1× conversations.create, 1× conversations.invite, 1× conversations.setPurpose, 1× conversations.setTopic, 1× pins.add", why: []surplus{added}},
			discord: outcome{calls: "1× GET /guilds/{guild}, 1× GET /guilds/{guild}/channels, 1× GET /guilds/{guild}/members/{user}, 1× POST /channels/{channel}/messages, 1× POST /guilds/{guild}/channels, 1× PUT /channels/{channel}/messages/pins/{message}", fewest: "1× POST /channels/{channel}/messages, 1× POST /guilds/{guild}/channels, 1× PUT /channels/{channel}/messages/pins/{message}", why: []surplus{guild, own, rooms}},
		},
		{
			name:    "the name of somebody's channel",
			before:  func(w *world) { w.found("south", w.people["gus"]) },
			act:     func(w *world) { w.south("South") },
			plan:    "create south, add ann, add bob, topic South",
			state:   "active; ann member, bob member; in: ann bob",
			slack:   outcome{calls: "1× chat.postMessage, 2× conversations.create, 1× conversations.invite, 1× conversations.list, 1× conversations.members, 1× conversations.setPurpose, 1× conversations.setTopic, 1× pins.add", fewest: "1× chat.postMessage, 2× conversations.create, 1× conversations.invite, 1× conversations.setPurpose, 1× conversations.setTopic, 1× pins.add", why: []surplus{added, earlier}, titled: "south-8cab29 | South"},
			discord: outcome{calls: "1× GET /guilds/{guild}, 1× GET /guilds/{guild}/channels, 1× GET /guilds/{guild}/members/{user}, 1× POST /channels/{channel}/messages, 1× POST /guilds/{guild}/channels, 1× PUT /channels/{channel}/messages/pins/{message}", fewest: "1× POST /channels/{channel}/messages, 1× POST /guilds/{guild}/channels, 1× PUT /channels/{channel}/messages/pins/{message}", why: []surplus{guild, own, rooms}, titled: "south | South"},
		},
		{
			name:    "another Record's name, again",
			before:  south,
			act:     func(w *world) { w.newRecord("North", "ann") },
			plan:    "rename north-8cab29, topic North",
			state:   "active; ann member, bob member; in: ann bob",
			titled:  "north-8cab29 | North",
			slack:   outcome{calls: "1× chat.update, 1× conversations.info, 1× conversations.rename, 1× conversations.setTopic"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× PATCH /channels/{channel}, 1× PATCH /channels/{channel}/messages/{message}"},
		},
		{
			name:    "another Record's name, too long for the hash",
			before:  longNorth,
			act:     func(w *world) { w.south(strings.Repeat("n", 120)) },
			state:   "active; ann member, bob member; in: ann bob",
			slack:   outcome{calls: "1× chat.postMessage, 1× conversations.create, 1× conversations.invite, 1× conversations.members, 1× conversations.setPurpose, 1× conversations.setTopic, 1× pins.add", fewest: "1× chat.postMessage, 1× conversations.create, 1× conversations.invite, 1× conversations.setPurpose, 1× conversations.setTopic, 1× pins.add", why: []surplus{added}, plan: "create " + strings.Repeat("n", 73) + "-8cab29, add ann, add bob, topic " + strings.Repeat("n", 120), titled: strings.Repeat("n", 73) + "-8cab29 | " + strings.Repeat("n", 120)},
			discord: outcome{calls: "1× GET /guilds/{guild}, 1× GET /guilds/{guild}/channels, 1× GET /guilds/{guild}/members/{user}, 1× POST /channels/{channel}/messages, 1× POST /guilds/{guild}/channels, 1× PUT /channels/{channel}/messages/pins/{message}", fewest: "1× POST /channels/{channel}/messages, 1× POST /guilds/{guild}/channels, 1× PUT /channels/{channel}/messages/pins/{message}", why: []surplus{guild, own, rooms}, plan: "create " + strings.Repeat("n", 93) + "-8cab29, add ann, add bob, topic " + strings.Repeat("n", 120), titled: strings.Repeat("n", 93) + "-8cab29 | " + strings.Repeat("n", 120)},
		},
	}
}

func template(text string) func(*connector.Policy) {
	return func(p *connector.Policy) { p.NameTemplate = text }
}

// ascii has the workspace take no other letters, where there are such.
func (w *world) ascii() {
	if w.asciiNames != nil {
		w.asciiNames()
	}
}

// asciiKnown has it found out by a channel.
func asciiKnown(w *world) {
	w.ascii()
	w.south("Łódź")
	w.pass(time.Minute)
}

func south(w *world) {
	w.south("South")
	w.pass(time.Minute)
}

func longNorth(w *world) {
	w.newRecord(strings.Repeat("n", 120), "ann")
	w.pass(time.Minute)
}
