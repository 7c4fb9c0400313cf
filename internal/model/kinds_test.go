package model_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"roomkeeper/connector"
)

// What kinds of Records there are, and who belongs to one of each, by product.md
// section 2: to an account its Related Team and owner, to a pool its administrators,
// members and owner, to a department and the like whoever is behind it.

// choir is a kind of an operator's own, with MEMBERS=principal:user_group.
const choir connector.Kind = "choir"

func account(id string) connector.RecordKey { return recordKey(connector.KindAccount, id) }

func recordKey(kind connector.Kind, id string) connector.RecordKey {
	return connector.RecordKey{CRM: "crm", Kind: kind, ID: id}
}

// usual is the policy of a kind unless a story says other.
func usual(kind connector.Kind) connector.Policy {
	return connector.Policy{
		Kind: kind, NameTemplate: "{name}", Private: true, Leavers: connector.LeaversRespect,
		Remove: connector.RemoveOwned, RemovalShare: 0.5, RemovalPeople: 1, MembersOf: source(kind),
	}
}

// source is the type of principal that a Record of a kind is itself, "" for one that
// has a team.
func source(kind connector.Kind) connector.PrincipalType {
	return map[connector.Kind]connector.PrincipalType{
		connector.KindDepartment: connector.PrincipalDepartment, choir: connector.PrincipalUserGroup,
	}[kind]
}

// itself is the principal that a Record is, if it is one.
func (s said) itself() (p connector.Principal, is bool) {
	t := source(s.record.Key.Kind)
	return connector.Principal{Type: t, ID: s.record.Key.ID, Name: s.record.Name}, t != ""
}

func isPool(kind connector.Kind) bool {
	return kind == connector.KindAccountPool || kind == connector.KindLeadPool
}

// use says which Records there are, and which kinds are in use with them.
func (w *world) use(records ...connector.RecordKey) {
	w.records, w.kinds = records, map[connector.Kind]connector.Policy{}
	for _, key := range records {
		w.kinds[key.Kind] = usual(key.Kind)
	}
}

// adjust changes the policy of each kind.
func (w *world) adjust(change func(*connector.Policy)) {
	for _, kind := range slices.Sorted(maps.Keys(w.kinds)) {
		policy := w.kinds[kind]
		change(&policy)
		w.kinds[kind] = policy
	}
}

// drawKinds draws what the two Records of a story are.
func (m *machine) drawKinds(rt *rapid.T) {
	of := func(id string, more ...connector.RecordKey) connector.RecordKey {
		may := []connector.RecordKey{
			account(id), account(id), recordKey(connector.KindAccountPool, id), recordKey(connector.KindLeadPool, id),
		}
		return rapid.SampledFrom(append(may, more...)).Draw(rt, "kind")
	}
	m.use(of("north"), of("south", recordKey(connector.KindDepartment, "sales"), recordKey(choir, "choir")))
	m.note("the records are %v", m.records)
}

// roles are those that somebody may have on a team; each counts.
func roles(kind connector.Kind) []string {
	if isPool(kind) {
		return []string{"administrator", "member", "owner", "guest", ""}
	}
	return []string{"member", "helper"}
}

// changeRole gives somebody on a team another role there, which brings nobody in or out.
func (m *machine) changeRole(rt *rapid.T) {
	key := m.present(rt)
	entries := m.past.records[key].Team.Entries
	if len(entries) == 0 {
		rt.Skip("nobody")
	}
	i := rapid.IntRange(0, len(entries)-1).Draw(rt, "which")
	role := rapid.SampledFrom(roles(key.Kind)).Draw(rt, "role")
	m.changeTeam(rt, fmt.Sprintf("%s is now %q", entries[i].Principal.ID, role), key, func(es []connector.Entry) []connector.Entry {
		es[i].Role = role
		return es
	})
}

// movePool moves a Record into the other one, as from pool to pool: it loses its owner,
// or gets another. Who is in either channel follows teams and owners only.
func (m *machine) movePool(rt *rapid.T) {
	key := m.present(rt)
	owner := connector.Principal{}
	if rapid.Bool().Draw(rt, "claimed") {
		owner = connector.Principal{Type: connector.PrincipalUser, ID: string(user(rt))}
	}
	m.put(key, func(rec *connector.RecordTeam) {
		rec.Record.Fields = []connector.Field{{Key: "pool", Label: "Pool", Value: fmt.Sprint("pool ", rec.Team.Version)}}
		rec.Record.Owner = owner
	})
	m.note("CRM, %s: moves to another pool, its owner is %q", key.ID, owner.ID)
	for _, other := range m.records {
		m.hint(other, connector.EventRecordUpdated)
	}
}

// hide takes a Record out of our sight, or lets us see it again.
func (m *machine) hide(rt *rapid.T) {
	key := m.present(rt)
	m.past.hidden[key] = !m.past.hidden[key]
	m.note("CRM: %s is hidden from us: %t", key.ID, m.past.hidden[key])
	if rapid.Bool().Draw(rt, "told") {
		m.hint(key, connector.EventRecordUpdated)
	}
}

// spoken is a path in words.
func spoken(kind connector.Kind, p connector.Path) string {
	called := p.ID
	if p.Name != "" && p.Name != p.ID {
		called = p.Name + " (" + p.ID + ")"
	}
	switch {
	case p.Via == connector.ViaOwner:
		return "owner of the " + strings.ReplaceAll(string(kind), "_", " ")
	case p.Via == connector.ViaPool:
		return "one of the pool's people: " + called
	case p.Via != connector.ViaTeam:
		return "in the " + strings.ReplaceAll(string(p.Via), "_", " ") + " " + called
	case p.Name == "":
		return "on the Related Team as user " + p.ID
	}
	return fmt.Sprintf("on the Related Team as user %s (%s)", p.ID, p.Name)
}
