package cases_test

import "roomkeeper/connector"

// peopleRows are the cases of who should be in.
func peopleRows() []row {
	var rows []row
	for _, rs := range [][]row{dimensionRows(), principalRows(), externalRows(), accountRows(), fileRows(), waitRows(), linkRows(), dutyRows()} {
		rows = append(rows, rs...)
	}
	return rows
}

// others are everybody in the Record's channel at the beginning, and in a line what
// becomes of them where nothing does.
const others = "ann member, bob member, cid member, dan member"

// team is the Related Team of the beginning, and more entries.
func team(more ...string) []string { return append([]string{"ann", "bob", "cid", "dan"}, more...) }

// dimensionRows are the cases of the switches of RESOLVE.
func dimensionRows() []row {
	var rows []row
	for _, d := range []struct {
		option string
		of     connector.PrincipalType
	}{
		{"departments", connector.PrincipalDepartment},
		{"roles", connector.PrincipalRole},
		{"user_groups", connector.PrincipalUserGroup},
		{"queues", connector.PrincipalQueue},
		{"territories", connector.PrincipalTerritory},
	} {
		sales := string(d.of) + ":sales"
		rows = append(rows,
			row{
				name:  "RESOLVE without " + d.option,
				given: staff(sales, "eve"),
				act:   func(w *world) { w.newTeam(team(sales)...) },
				plan:  "nothing",
				state: "active; 1 unresolved; " + others + "; in: ann bob cid dan",
				slack: slackTells(), discord: discordTells(),
			},
			row{
				name:  "RESOLVE=" + d.option,
				given: resolve(d.of),
				act:   func(w *world) { w.newTeam(team(sales)...) },
				plan:  "add eve",
				state: "active; " + others + ", eve member; in: ann bob cid dan eve",
				paths: "ann owner + team, bob team, cid team, dan team, eve " + string(d.of) + " sales",
				slack: slackAdds(), discord: discordAdds(),
			})
	}
	return append(rows, row{
		name:    "RESOLVE=roles, a department besides",
		given:   func(w *world) { resolve(connector.PrincipalRole)(w); staff("department:sales", "fay")(w) },
		act:     func(w *world) { w.newTeam(team("role:sales", "department:sales")...) },
		plan:    "add eve",
		state:   "active; 1 unresolved; " + others + ", eve member; in: ann bob cid dan eve",
		slack:   and(slackAdds(), "1× chat.update"),
		discord: and(discordAdds(), "1× PATCH /channels/{channel}/messages/{message}"),
	})
}
