package cases_test

import (
	"time"

	"roomkeeper/connector"
)

// eveByRole has eve in by the role "sales", and before the minute ends.
func eveByRole(w *world) {
	resolve(connector.PrincipalRole)(w)
	w.newTeam(team("role:sales")...)
	w.pass(time.Minute)
}

// below resolves departments: eve is in "sales", fay in one below it.
func below(w *world) {
	resolve(connector.PrincipalDepartment)(w)
	staff("department:sales+", "eve", "fay")(w)
}

// principalRows are the cases of who is behind what the team names.
func principalRows() []row {
	return append(belowRows(), append(unknownRows(), pathRows()...)...)
}

func belowRows() []row {
	return []row{
		{
			name:  "a department without those below it",
			given: below,
			act:   func(w *world) { w.newTeam(team("department:sales")...) },
			plan:  "add eve",
			state: "active; " + others + ", eve member; in: ann bob cid dan eve",
			slack: slackAdds(), discord: discordAdds(),
		},
		{
			name:  "a department with those below it",
			given: below,
			act:   func(w *world) { w.newTeam(team("department:sales+")...) },
			plan:  "add eve, add fay",
			state: "active; " + others + ", eve member, fay member; in: ann bob cid dan eve fay",
			slack: slackAddsTwo(), discord: discordAddsTwo(),
		},
		{
			name:   "a department by two entries, one with those below it",
			given:  below,
			before: func(w *world) { w.newTeam(team("department:sales", "department:sales+")...) },
			act:    func(w *world) { w.newTeam(team("department:sales")...) },
			plan:   "remove fay",
			state:  "active; " + others + ", eve member, fay removed; in: ann bob cid dan eve",
			slack:  slackRemoves(), discord: discordRemoves(),
		},
		{
			name: "somebody comes to a department below",
			given: func(w *world) {
				below(w)
				staff("department:sales+", "eve")(w)
			},
			before: func(w *world) { w.newTeam(team("department:sales+")...) },
			act: func(w *world) {
				staff("department:sales+", "eve", "fay")(w)
				w.newStaff("department:north", "fay")
			},
			plan:  "add fay",
			state: "active; " + others + ", eve member, fay member; in: ann bob cid dan eve fay",
			slack: slackAdds(), discord: discordAdds(),
		},
		{
			name:   "somebody comes to a department below, the entry is without those",
			given:  below,
			before: func(w *world) { w.newTeam(team("department:sales")...) },
			act:    func(w *world) { w.newStaff("department:north", "fay") },
			plan:   "nothing",
			state:  "active; " + others + ", eve member; in: ann bob cid dan eve",
			slack:  silent(), discord: silent(),
		},
	}
}

func unknownRows() []row {
	return []row{
		{
			name:  "a role that the CRM never knew",
			given: resolve(connector.PrincipalRole),
			act:   func(w *world) { w.newTeam(team("role:nobody")...) },
			plan:  "nothing",
			state: "active; 1 unresolved; " + others + "; in: ann bob cid dan",
			slack: slackTells(), discord: discordTells(),
		},
		{
			name:   "a role that the CRM does not know just now",
			before: eveByRole,
			act:    func(w *world) { w.unknown("role:sales") },
			plan:   "nothing",
			state:  "active; 1 unresolved; " + others + ", eve member; in: ann bob cid dan eve",
			slack:  slackTells(), discord: discordTells(),
		},
		{
			name:   "a role that the CRM does not know just now, somebody taken off the team besides",
			before: eveByRole,
			act: func(w *world) {
				w.crm.DropPrincipal(principal("role:sales"))
				w.newTeam("ann", "bob", "cid", "role:sales")
				w.changed("role:sales")
			},
			plan:    "remove dan",
			state:   "active; 1 unresolved; ann member, bob member, cid member, dan removed, eve member; in: ann bob cid eve",
			slack:   and(slackRemoves(), "1× chat.update"),
			discord: and(discordRemoves(), "1× PATCH /channels/{channel}/messages/{message}"),
		},
		{
			name:    "a role that the CRM knows again, with somebody else",
			before:  func(w *world) { eveByRole(w); w.unknown("role:sales") },
			act:     func(w *world) { w.newStaff("role:sales", "fay") },
			plan:    "remove eve, add fay",
			state:   "active; " + others + ", eve removed, fay member; in: ann bob cid dan fay",
			slack:   and(slackSwaps(), "1× chat.update"),
			discord: and(discordSwaps(), "1× PATCH /channels/{channel}/messages/{message}"),
		},
		{
			name:   "a role that cannot be read, somebody else on the team besides",
			before: eveByRole,
			act: func(w *world) {
				w.unreadable("role:sales")
				w.newTeam(team("fay", "role:sales")...)
			},
			plan:  "none: temporary",
			state: "held: team_unreadable; " + others + ", eve member; in: ann bob cid dan eve",
			slack: silent(), discord: silent(),
		},
		{
			name: "a role that can be read again",
			before: func(w *world) {
				eveByRole(w)
				w.unreadable("role:sales")
				w.newTeam(team("fay", "role:sales")...)
				w.pass(time.Minute)
			},
			act:   func(w *world) { w.crm.Calls.Each = nil; w.changed("role:sales") },
			after: 6 * time.Minute, // what failed is tried again by then
			plan:  "add fay",
			state: "active; " + others + ", eve member, fay member; in: ann bob cid dan eve fay",
			slack: slackAdds(), discord: discordAdds(),
		},
	}
}

func pathRows() []row {
	return []row{
		{
			name:   "somebody comes into a role",
			before: eveByRole,
			act:    func(w *world) { w.newStaff("role:sales", "eve", "fay") },
			plan:   "add fay",
			state:  "active; " + others + ", eve member, fay member; in: ann bob cid dan eve fay",
			slack:  slackAdds(), discord: discordAdds(),
		},
		{
			name:   "somebody comes into a role, the event was lost",
			before: eveByRole,
			act:    func(w *world) { staff("role:sales", "eve", "fay")(w); w.sweep() },
			plan:   "add fay",
			state:  "active; " + others + ", eve member, fay member; in: ann bob cid dan eve fay",
			slack:  slackAdds(), discord: discordAdds(),
		},
		{
			name:   "somebody goes out of a role",
			before: eveByRole,
			act:    func(w *world) { w.newStaff("role:sales") },
			plan:   "remove eve",
			state:  "active; " + others + ", eve removed; in: ann bob cid dan",
			slack:  slackRemoves(), discord: discordRemoves(),
		},
		{
			name:   "somebody goes out of a role, the event was lost",
			before: eveByRole,
			act:    func(w *world) { staff("role:sales")(w); w.sweep() },
			plan:   "remove eve",
			state:  "active; " + others + ", eve removed; in: ann bob cid dan",
			slack:  slackJudged(), discord: discordJudged(),
		},
		{
			name:   "somebody goes out of a role, and is on the team",
			before: func(w *world) { eveByRole(w); w.newTeam(team("eve", "role:sales")...) },
			act:    func(w *world) { w.newStaff("role:sales") },
			plan:   "nothing",
			state:  "active; " + others + ", eve member; in: ann bob cid dan eve",
			paths:  "ann owner + team, bob team, cid team, dan team, eve team",
			slack:  silent(), discord: silent(),
		},
		{
			name:   "somebody goes off the team, and is in a role",
			before: func(w *world) { eveByRole(w); w.newTeam(team("eve", "role:sales")...) },
			act:    func(w *world) { w.newTeam(team("role:sales")...) },
			plan:   "nothing",
			state:  "active; " + others + ", eve member; in: ann bob cid dan eve",
			paths:  "ann owner + team, bob team, cid team, dan team, eve role sales",
			slack:  silent(), discord: silent(),
		},
		{
			name:  "somebody by three paths",
			given: func(w *world) { resolve(connector.PrincipalRole)(w); resolve(connector.PrincipalQueue)(w) },
			act:   func(w *world) { w.newTeam(team("eve", "role:sales", "queue:sales")...) },
			plan:  "add eve",
			state: "active; " + others + ", eve member; in: ann bob cid dan eve",
			paths: "ann owner + team, bob team, cid team, dan team, eve team + role sales + queue sales",
			slack: slackAdds(), discord: discordAdds(),
		},
		{
			name:   "the last of three paths goes",
			given:  func(w *world) { resolve(connector.PrincipalRole)(w); resolve(connector.PrincipalQueue)(w) },
			before: func(w *world) { w.newTeam(team("eve", "role:sales", "queue:sales")...) },
			act:    func(w *world) { w.newTeam(team()...) },
			plan:   "remove eve",
			state:  "active; " + others + ", eve removed; in: ann bob cid dan",
			slack:  slackRemoves(), discord: discordRemoves(),
		},
		{
			name:  "the owner is taken off the team",
			act:   func(w *world) { w.newTeam("bob", "cid", "dan") },
			plan:  "nothing",
			state: "active; " + others + "; in: ann bob cid dan",
			paths: "ann owner, bob team, cid team, dan team",
			slack: silent(), discord: silent(),
		},
	}
}

// externalRows are the cases of people who are not of the organisation.
func externalRows() []row {
	partner := func(who string) func(*world) {
		return func(w *world) { w.putUser(who, func(u *connector.User) { u.External = true }) }
	}
	return []row{
		{
			name:  "an external entry wins",
			act:   func(w *world) { w.newTeam(team("eve", "external:eve")...) },
			plan:  "nothing",
			state: "active; " + others + "; in: ann bob cid dan",
			slack: silent(), discord: silent(),
		},
		{
			name:  "an external entry wins over a role",
			given: resolve(connector.PrincipalRole),
			act:   func(w *world) { w.newTeam(team("role:sales", "external:eve")...) },
			plan:  "nothing",
			state: "active; " + others + "; in: ann bob cid dan",
			slack: silent(), discord: silent(),
		},
		{
			name:  "an external entry about somebody who is in",
			act:   func(w *world) { w.newTeam(team("external:dan")...) },
			plan:  "remove dan",
			state: "active; ann member, bob member, cid member, dan removed; in: ann bob cid",
			slack: slackRemoves(), discord: discordRemoves(),
		},
		{
			name:   "an external entry goes",
			before: func(w *world) { w.newTeam(team("eve", "external:eve")...) },
			act:    func(w *world) { w.newTeam(team("eve")...) },
			plan:   "add eve",
			state:  "active; " + others + ", eve member; in: ann bob cid dan eve",
			slack:  slackAdds(), discord: discordAdds(),
		},
		{
			name:  "an external company on the team",
			act:   func(w *world) { w.newTeam(team("external:acme")...) },
			plan:  "nothing",
			state: "active; " + others + "; in: ann bob cid dan",
			slack: silent(), discord: silent(),
		},
		{
			name:  "a partner on the team",
			given: partner("eve"),
			act:   func(w *world) { w.newTeam(team("eve")...) },
			plan:  "nothing",
			state: "active; " + others + "; in: ann bob cid dan",
			slack: silent(), discord: silent(),
		},
		{
			name:  "a partner in a role",
			given: func(w *world) { resolve(connector.PrincipalRole)(w); partner("eve")(w) },
			act:   func(w *world) { w.newTeam(team("role:sales")...) },
			plan:  "nothing",
			state: "active; " + others + "; in: ann bob cid dan",
			slack: silent(), discord: silent(),
		},
		{
			name:  "somebody becomes a partner",
			act:   func(w *world) { partner("dan")(w); w.sweep() },
			plan:  "remove dan",
			state: "active; ann member, bob member, cid member, dan removed; in: ann bob cid",
			slack: slackJudged(), discord: discordJudged(),
		},
		{
			name:   "a partner becomes an employee",
			given:  partner("eve"),
			before: func(w *world) { w.newTeam(team("eve")...) },
			act:    func(w *world) { w.putUser("eve", func(*connector.User) {}); w.sweep() },
			plan:   "add eve",
			state:  "active; " + others + ", eve member; in: ann bob cid dan eve",
			slack:  slackAdds(), discord: discordAdds(),
		},
	}
}
