package model_test

import (
	"slices"
	"strconv"

	"pgregory.net/rapid"

	"roomkeeper/connector"
)

// What people do in the CRM.

func (m *machine) changeTeam(rt *rapid.T, what string, key connector.RecordKey, change func([]connector.Entry) []connector.Entry) {
	m.put(key, func(rec *connector.RecordTeam) { rec.Team.Entries = change(rec.Team.Entries) })
	m.note("CRM, %s: %s", key.ID, what)
	m.hint(key, connector.EventTeamChanged)
	_ = rt
}

func (m *machine) present(rt *rapid.T) connector.RecordKey {
	key := m.key(rt)
	if m.past.dropped[key] {
		rt.Skip("no such record")
	}
	return key
}

func (m *machine) addToTeam(rt *rapid.T) {
	key, u := m.present(rt), user(rt)
	t := rapid.SampledFrom([]connector.PrincipalType{
		connector.PrincipalUser, connector.PrincipalUser, connector.PrincipalUser, connector.PrincipalUser, connector.PrincipalExternal, connector.PrincipalRole,
	}).Draw(rt, "type")
	role := rapid.SampledFrom(roles(key.Kind)).Draw(rt, "role")
	m.changeTeam(rt, "on the team: "+string(t)+" "+string(u), key, func(es []connector.Entry) []connector.Entry {
		return append(es, entry(t, string(u), role))
	})
}

func (m *machine) takeOffTeam(rt *rapid.T) {
	key, u := m.present(rt), user(rt)
	m.changeTeam(rt, "off the team: "+string(u), key, func(es []connector.Entry) []connector.Entry {
		return slices.DeleteFunc(es, func(e connector.Entry) bool { return e.Principal.ID == string(u) })
	})
}

func (m *machine) replaceTeam(rt *rapid.T) {
	key := m.present(rt)
	team := rapid.SliceOfNDistinct(rapid.SampledFrom(people()), 0, 5, rapid.ID[connector.UserID]).Draw(rt, "team")
	m.changeTeam(rt, "the team is now "+joined(team), key, func([]connector.Entry) []connector.Entry {
		var es []connector.Entry
		for _, u := range team {
			es = append(es, entry(connector.PrincipalUser, string(u), "member"))
		}
		return es
	})
}

func joined(us []connector.UserID) string {
	out := ""
	for _, u := range us {
		out += " " + string(u)
	}
	return out
}

func (m *machine) changeOwner(rt *rapid.T) {
	key := m.present(rt)
	owner := rapid.SampledFrom([]connector.Principal{
		{}, {Type: connector.PrincipalQueue, ID: "desk"},
		{Type: connector.PrincipalUser, ID: "ann"}, {Type: connector.PrincipalUser, ID: "bob"},
		{Type: connector.PrincipalUser, ID: "cid"}, {Type: connector.PrincipalUser, ID: "fay"},
	}).Draw(rt, "owner")
	m.put(key, func(rec *connector.RecordTeam) { rec.Record.Owner = owner })
	m.note("CRM, %s: the owner is now %s %q", key.ID, owner.Type, owner.ID)
	m.hint(key, connector.EventRecordUpdated)
}

func (m *machine) changeUser(rt *rapid.T) {
	u := user(rt)
	person := m.past.users[u]
	what := rapid.SampledFrom([]string{"active", "active", "external", "unknown"}).Draw(rt, "what")
	switch what {
	case "active":
		person.Active = !person.Active
	case "external":
		person.External = !person.External
	case "unknown":
		m.past.gone[u] = !m.past.gone[u]
	}
	m.note("CRM: %s changes: %s", u, what)
	m.putUser(person)
	if m.past.gone[u] {
		m.crm.DropUser(u)
	}
	m.personChanged(u)
}

func (m *machine) personChanged(u connector.UserID) {
	at := m.clock.Now()
	m.send("principal.changed "+string(u), func(id string) error {
		return m.acceptor().Accept(m.ctx(), []connector.Event{{
			ID: id, Type: connector.EventPrincipalChanged, Principal: &connector.Principal{Type: connector.PrincipalUser, ID: string(u)}, At: at,
		}})
	})
}

// changeLink gives somebody another account, nobody's, or their own back.
func (m *machine) changeLink(rt *rapid.T) {
	u := user(rt)
	person := m.past.users[u]
	who := rapid.SampledFrom([]string{string(u), string(u), "ann", "gus", "no-such"}).Draw(rt, "whose")
	if byLink := m.chat.Platform().Directory == nil || rapid.Bool().Draw(rt, "link"); byLink {
		person.Links = map[connector.PlatformID]connector.MemberID{m.id: connector.MemberID("U:" + email(who))}
	} else {
		person.Links, person.Email = nil, email(who)
	}
	m.note("CRM: the account of %s is that of %s, link %v", u, who, person.Links)
	m.putUser(person)
	if m.past.gone[u] {
		m.crm.DropUser(u)
	}
	m.personChanged(u)
}

func (m *machine) dropOrRestore(rt *rapid.T) {
	key := m.key(rt)
	m.past.dropped[key] = !m.past.dropped[key]
	if m.past.dropped[key] {
		m.note("CRM: %s is deleted", key.ID)
		m.crm.Drop(key)
		m.hint(key, connector.EventRecordDeleted)
		return
	}
	m.note("CRM: %s is restored", key.ID)
	// The versions go on where they were.
	last, _ := strconv.Atoi(string(m.past.records[key].Team.Version))
	for range last {
		m.crm.SetTeam(key)
	}
	m.put(key, func(*connector.RecordTeam) {})
	m.hint(key, connector.EventRecordRestored)
}

// answerOld lets the CRM answer as it would have some edits ago, or no longer so.
func (m *machine) answerOld(rt *rapid.T) {
	key := m.present(rt)
	earlier := m.past.earlier[key]
	if m.past.old[key] != nil || len(earlier) == 0 {
		delete(m.past.old, key)
		m.note("CRM: answers about %s are up to date", key.ID)
		return
	}
	old := earlier[rapid.IntRange(max(0, len(earlier)-3), len(earlier)-1).Draw(rt, "which")]
	m.past.old[key] = &old
	m.note("CRM: answers about %s are old: version %s", key.ID, old.Team.Version)
}
