package cases_test

import "roomkeeper/connector"

// bobLeads has bob on the team as an owner, beside the Record's.
func bobLeads(w *world) { w.team("ann", "bob/owner", "cid", "dan") }

// owned gives the Record an owner, "type:id", or nobody.
func (w *world) owned(by string) {
	w.Helper()
	record := connector.Record{Key: w.north(), Name: "North"}
	if by != "" {
		record.Owner = principal(by)
	}
	w.crm.Put(record)
	w.hook(connector.EventRecordUpdated)
}

// dutyRows are the cases of who has the owner's duties.
func dutyRows() []row {
	return []row{
		{
			name:   "the owner has an account, somebody is on the team as owner",
			given:  bobLeads,
			act:    func(w *world) { w.hook(connector.EventTeamChanged) },
			plan:   "nothing",
			state:  "active; " + others + "; in: ann bob cid dan",
			duties: "ann",
			slack:  silent(), discord: silent(),
		},
		{
			name:   "the owner becomes a queue, somebody is on the team as owner",
			given:  bobLeads,
			act:    func(w *world) { w.owned("queue:support") },
			plan:   "nothing",
			state:  "active; " + others + "; in: ann bob cid dan",
			duties: "bob",
			slack:  slackTells(), discord: discordTells(),
		},
		{
			name:   "the owner becomes a queue, two are on the team as owners",
			given:  func(w *world) { w.team("ann", "bob/owner", "cid/owner", "dan") },
			act:    func(w *world) { w.owned("queue:support") },
			plan:   "nothing",
			state:  "active; " + others + "; in: ann bob cid dan",
			duties: "bob cid",
			slack:  slackTells(), discord: discordTells(),
		},
		{
			name:   "the owner becomes a queue, nobody is on the team as owner",
			act:    func(w *world) { w.owned("queue:support") },
			plan:   "nothing",
			state:  "active; " + others + "; in: ann bob cid dan",
			duties: "ADMIN_CHANNEL",
			slack:  slackTells(), discord: discordTells(),
		},
		{
			name:   "the owner becomes a queue, RESOLVE=queues",
			given:  resolve(connector.PrincipalQueue),
			act:    func(w *world) { w.owned("queue:sales") },
			plan:   "nothing",
			state:  "active; " + others + "; in: ann bob cid dan",
			duties: "ADMIN_CHANNEL",
			slack:  slackTells(), discord: discordTells(),
		},
		{
			name:   "nobody is the owner any more, somebody is on the team as owner",
			given:  bobLeads,
			act:    func(w *world) { w.owned("") },
			plan:   "nothing",
			state:  "active; " + others + "; in: ann bob cid dan",
			duties: "bob",
			slack:  slackTells(), discord: discordTells(),
		},
		{
			name:   "nobody is the owner any more",
			act:    func(w *world) { w.owned("") },
			plan:   "nothing",
			state:  "active; " + others + "; in: ann bob cid dan",
			duties: "ADMIN_CHANNEL",
			slack:  slackTells(), discord: discordTells(),
		},
		{
			name:   "the owner becomes inactive, somebody is on the team as owner",
			given:  bobLeads,
			act:    func(w *world) { w.inactive(true, "ann") },
			plan:   "remove ann",
			state:  "active; ann removed, bob member, cid member, dan member; in: bob cid dan",
			duties: "bob",
			slack:  slackRemoves(), discord: discordRemoves(),
		},
		{
			name:   "the owner has no account, somebody is on the team as owner",
			given:  func(w *world) { bobLeads(w); are(guestAccount)(w) },
			act:    func(w *world) { w.owned("eve") },
			plan:   "nothing",
			state:  evePending("guest"),
			duties: "bob",
			slack:  slackLooks(), discord: discordLooks(),
		},
		{
			name:   "the owner has no account, nobody is on the team as owner",
			given:  are(guestAccount),
			act:    func(w *world) { w.owned("eve") },
			plan:   "nothing",
			state:  evePending("guest"),
			duties: "ADMIN_CHANNEL",
			slack:  slackLooks(), discord: discordLooks(),
		},
		{
			name:   "a hold where the owner is a queue, somebody is on the team as owner",
			given:  func(w *world) { bobLeads(w); w.owned("queue:support") },
			act:    func(w *world) { w.newTeam("bob/owner") },
			plan:   "remove ann, remove cid, remove dan, held: large_removal",
			state:  "held: large_removal; ann to_remove, bob member, cid to_remove, dan to_remove; in: ann bob cid dan",
			tells:  "held to owner_and_admins",
			duties: "bob",
			slack:  slackReads(), discord: discordReads(),
		},
	}
}
