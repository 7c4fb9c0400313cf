package cases_test

import (
	"time"

	"roomkeeper/connector"
)

// kindRows are the cases of the group types.
func kindRows() []row {
	rows := []row{
		{
			name:    "opportunity: team and owner",
			policy:  ofKind(connector.KindOpportunity),
			given:   func(w *world) { w.team("bob", "cid", "dan") },
			act:     func(w *world) { w.newTeam("bob", "cid", "eve") },
			plan:    "remove dan, add eve",
			state:   "active; ann member, bob member, cid member, dan removed, eve member; in: ann bob cid eve",
			paths:   "ann owner, bob team, cid team, eve team",
			slack:   slackSwaps(),
			discord: discordSwaps(),
		},
	}
	for _, pool := range []connector.Kind{connector.KindAccountPool, connector.KindLeadPool} {
		rows = append(rows, row{
			name:    string(pool) + ": administrators, members, owner",
			policy:  ofKind(pool),
			given:   func(w *world) { w.team("bob/administrator", "cid", "dan/administrator") },
			act:     func(w *world) { w.newTeam("bob/administrator", "cid", "eve/administrator") },
			plan:    "remove dan, add eve",
			state:   "active; ann member, bob member, cid member, dan removed, eve member; in: ann bob cid eve",
			paths:   "ann owner, bob pool, cid pool, eve pool",
			slack:   slackSwaps(),
			discord: discordSwaps(),
		})
	}
	return append(append(rows, departmentRows()...), customRows()...)
}

// department is one of ann's with a staff of ann, bob, cid and dan.
func department(w *world) { staff("department:north", "ann", "bob", "cid", "dan")(w) }

// bobAndCidJoined lets them join by command.
func bobAndCidJoined(w *world) {
	w.enrols("bob", "cid")
	w.pass(time.Minute)
}

// joined is somebody let in by command, whose address leads to their User.
func slackJoins() outcome {
	return outcome{
		calls:  "1× conversations.invite, 1× conversations.members, 1× users.info, 1× users.lookupByEmail",
		fewest: "1× conversations.invite, 1× users.info", why: []surplus{added, asked},
	}
}

func departmentRows() []row {
	rows := []row{
		{
			name:  "department: nobody is added by itself",
			act:   func(w *world) { w.newStaff("department:north", "ann", "bob", "cid", "dan", "eve") },
			plan:  "nothing",
			state: "active; 5 may join; ; in: ",
			slack: silent(), discord: silent(),
		},
		{
			name:  "department: one of the staff joins by command",
			act:   func(w *world) { w.enrols("bob") },
			plan:  "add bob",
			state: "active; 4 may join; bob joined; in: bob",
			paths: "bob department north",
			slack: slackJoins(), discord: discordAdds(),
		},
		{
			name:  "department: one who is not of the staff wants to join",
			act:   func(w *world) { w.refused("eve") },
			plan:  "nothing",
			state: "active; 4 may join; ; in: ",
			slack: outcome{calls: "1× users.info"}, discord: silent(),
		},
		{
			name:  "department: its owner, who is not of the staff, wants to join",
			given: func(w *world) { department(w); w.record("North", "fay") },
			act:   func(w *world) { w.refused("fay") },
			plan:  "nothing",
			state: "active; 4 may join; ; in: ",
			slack: outcome{calls: "1× users.info"}, discord: silent(),
		},
		{
			name:  "department: one of the staff asks the CRM for the channel",
			act:   func(w *world) { w.asks("bob") },
			plan:  "add bob",
			state: "active; 4 may join; bob joined; in: bob",
			slack: slackAdds(), discord: discordAdds(),
		},
		{
			name:  "department: a stranger asks the CRM for the channel",
			act:   func(w *world) { w.asks("eve") },
			plan:  "nothing",
			state: "active; 4 may join; ; in: ",
			slack: silent(), discord: silent(),
		},
		{
			name:   "department: somebody leaves by command",
			before: bobAndCidJoined,
			act:    func(w *world) { w.says("bob", "leave") },
			plan:   "remove bob",
			state:  "active; 4 may join; bob left, cid joined; in: cid",
			slack:  slackRemoves(), discord: discordRemoves(),
		},
		{
			name:    "department: somebody leaves by hand",
			before:  bobAndCidJoined,
			act:     func(w *world) { w.leaves("bob") },
			plan:    "nothing",
			state:   "active; 4 may join; bob left, cid joined; in: cid",
			slack:   outcome{calls: "1× conversations.members, 1× users.info"},
			discord: outcome{calls: "1× GET /channels/{channel}, 1× GET /guilds/{guild}/members/{user}"},
		},
		{
			name: "department: somebody who left joins again",
			before: func(w *world) {
				bobAndCidJoined(w)
				w.says("bob", "leave")
				w.pass(time.Minute)
			},
			act:   func(w *world) { w.enrols("bob") },
			plan:  "add bob",
			state: "active; 4 may join; bob joined, cid joined; in: bob cid",
			slack: slackAddsKnown(), discord: discordAddsKnown(),
		},
		{
			name:   "department: somebody who joined does not belong any more",
			before: bobAndCidJoined,
			act:    func(w *world) { w.newStaff("department:north", "ann", "cid", "dan") },
			plan:   "remove bob",
			state:  "active; 3 may join; bob removed, cid joined; in: cid",
			slack:  slackRemoves(), discord: discordRemoves(),
		},
		{
			name: "department: somebody belongs again",
			before: func(w *world) {
				bobAndCidJoined(w)
				w.newStaff("department:north", "ann", "cid", "dan")
				w.pass(time.Minute)
			},
			act:   func(w *world) { w.newStaff("department:north", "ann", "bob", "cid", "dan") },
			plan:  "nothing",
			state: "active; 4 may join; bob removed, cid joined; in: cid",
			slack: silent(), discord: silent(),
		},
		{
			name:   "department: its staff cannot be read",
			before: bobAndCidJoined,
			act:    func(w *world) { w.unreadable("department:north") },
			plan:   "none: temporary",
			state:  "held: team_unreadable; 4 may join; bob joined, cid joined; in: bob cid",
			slack:  silent(), discord: silent(),
		},
		{
			name:   "department: the CRM does not know it just now",
			before: bobAndCidJoined,
			act:    func(w *world) { w.unknown("department:north") },
			plan:   "nothing",
			state:  "active; 2 may join; 1 unresolved; bob joined, cid joined; in: bob cid",
			slack:  slackTells(), discord: discordTells(),
		},
		{
			name:   "department: one of the staff in by hand, EXTRAS=kick",
			policy: kick,
			act:    func(w *world) { w.joins("bob") },
			plan:   "nothing",
			state:  "active; 4 may join; bob hand_added; in: bob",
			slack:  slackReads(), discord: discordReads(),
		},
	}
	for i := range rows {
		r := &rows[i]
		if r.policy == nil {
			r.policy = func(*connector.Policy) {}
		}
		if r.given == nil {
			r.given = department
		}
		r.policy = with(ofKind(connector.KindDepartment), r.policy)
	}
	return rows
}

const project connector.Kind = "project"

func limitOf4(p *connector.Policy) { p.EnrolLimit = 4 }

func selfEnrol(p *connector.Policy) { p.SelfEnrol = true }

// tooMany brings a fifth on the team.
func tooMany(w *world) {
	w.newTeam("ann", "bob", "cid", "dan", "eve")
	w.pass(time.Minute)
}

func customRows() []row {
	return []row{
		{
			name:   "a custom kind: team and owner",
			policy: ofKind(project),
			given:  func(w *world) { w.team("bob", "cid", "dan") },
			act:    func(w *world) { w.newTeam("bob", "cid", "eve") },
			plan:   "remove dan, add eve",
			state:  "active; ann member, bob member, cid member, dan removed, eve member; in: ann bob cid eve",
			paths:  "ann owner, bob team, cid team, eve team",
			slack:  slackSwaps(), discord: discordSwaps(),
		},
		{
			name:   "a custom kind, MEMBERS=principal:role",
			policy: with(ofKind(project), func(p *connector.Policy) { p.MembersOf = connector.PrincipalRole }),
			given:  staff("role:north", "bob", "cid", "dan"),
			act:    func(w *world) { w.newStaff("role:north", "bob", "cid", "eve") },
			plan:   "remove dan, add eve",
			state:  "active; bob member, cid member, dan removed, eve member; in: bob cid eve",
			paths:  "bob role north, cid role north, eve role north",
			slack:  slackSwaps(), discord: discordSwaps(),
		},
		{
			name:   "a custom kind, ENROL=self: nobody is added by itself",
			policy: with(ofKind(project), selfEnrol),
			act:    func(w *world) { w.newTeam("ann", "bob", "cid", "dan", "eve") },
			plan:   "nothing",
			state:  "active; 5 may join; ; in: ",
			slack:  silent(), discord: silent(),
		},
		{
			name:   "a custom kind, ENROL=self: one of the team joins by command",
			policy: with(ofKind(project), selfEnrol),
			act:    func(w *world) { w.enrols("bob") },
			plan:   "add bob",
			state:  "active; 4 may join; bob joined; in: bob",
			slack:  slackJoins(), discord: discordAdds(),
		},
		{
			name:   "the team grows above ENROL_LIMIT",
			policy: with(ofKind(project), limitOf4),
			act:    func(w *world) { w.newTeam("ann", "bob", "cid", "dan", "eve") },
			plan:   "nothing",
			state:  "active; 5 may join; ann member, bob member, cid member, dan member; in: ann bob cid dan",
			slack:  silent(), discord: silent(),
		},
		{
			name:   "above ENROL_LIMIT: one of the team joins by command",
			policy: with(ofKind(project), limitOf4),
			before: tooMany,
			act:    func(w *world) { w.enrols("eve") },
			plan:   "add eve",
			state:  "active; 5 may join; ann member, bob member, cid member, dan member, eve joined; in: ann bob cid dan eve",
			slack:  slackJoins(), discord: discordAdds(),
		},
		{
			name:   "above ENROL_LIMIT: somebody is taken off",
			policy: with(ofKind(project), limitOf4),
			before: tooMany,
			act:    func(w *world) { w.newTeam("ann", "bob", "cid", "eve", "fay") },
			plan:   "remove dan",
			state:  "active; 5 may join; ann member, bob member, cid member, dan removed; in: ann bob cid",
			slack:  slackRemoves(), discord: discordRemoves(),
		},
		{
			name:   "the team shrinks below ENROL_LIMIT again",
			policy: with(ofKind(project), limitOf4),
			before: tooMany,
			act:    func(w *world) { w.newTeam("ann", "bob", "cid", "eve") },
			plan:   "remove dan, add eve",
			state:  "active; ann member, bob member, cid member, dan removed, eve member; in: ann bob cid eve",
			slack:  slackSwaps(), discord: discordSwaps(),
		},
		{
			name:   "the team shrinks below ENROL_LIMIT again, somebody had joined",
			policy: with(ofKind(project), limitOf4),
			before: func(w *world) { tooMany(w); w.enrols("eve"); w.pass(time.Minute) },
			act:    func(w *world) { w.newTeam("ann", "bob", "cid", "eve") },
			plan:   "remove dan",
			state:  "active; ann member, bob member, cid member, dan removed, eve member; in: ann bob cid eve",
			slack:  slackRemoves(), discord: discordRemoves(),
		},
	}
}
