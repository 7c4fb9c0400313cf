package model_test

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"roomkeeper/connector"
)

// Who is behind the departments, roles, user groups, queues and territories that
// teams name.

// heard is what the CRM last said of a principal; unknown: it knows none such.
type heard struct {
	users   []connector.UserID
	unknown bool
}

// principals are those of the CRM: a department, the one below it, and one of each
// other type.
func principals() []connector.Principal {
	return []connector.Principal{
		{Type: connector.PrincipalDepartment, ID: "sales", Name: "Sales"},
		{Type: connector.PrincipalDepartment, ID: "inside", Name: "Inside Sales"},
		{Type: connector.PrincipalRole, ID: "closer", Name: "Closer"},
		{Type: connector.PrincipalUserGroup, ID: "choir", Name: "Choir"},
		{Type: connector.PrincipalQueue, ID: "desk", Name: "Desk"},
		{Type: connector.PrincipalTerritory, ID: "west", Name: "West"},
	}
}

// resolving draws what RESOLVE says in a story, and first who is behind whom.
func (m *machine) resolving(rt *rapid.T, first bool) {
	types := rapid.SliceOfNDistinct(rapid.SampledFrom([]connector.PrincipalType{
		connector.PrincipalDepartment, connector.PrincipalRole, connector.PrincipalUserGroup,
		connector.PrincipalQueue, connector.PrincipalTerritory,
	}), 0, 5, rapid.ID[connector.PrincipalType]).Draw(rt, "resolve")
	m.types = map[connector.PrincipalType]bool{}
	for _, t := range types {
		m.types[t] = true
	}
	m.note("configured: RESOLVE=%v", types)
	if !first {
		return
	}
	for i, p := range principals() {
		m.past.staff[p.ID] = people()[i%4 : i%4+2]
	}
	m.hire()
}

// behind is who is behind a principal in truth: with what is below it, those of the
// department below too.
func (p *past) behind(key connector.PrincipalKey) heard {
	staff, known := p.staff[key.ID]
	if known = known && !p.missing[key.ID] && typeOf(key.ID) == key.Type; !known {
		return heard{unknown: true}
	}
	staff = slices.Clone(staff)
	if key.IncludeSub && key.ID == "sales" {
		staff = append(staff, p.staff["inside"]...)
	}
	slices.Sort(staff)
	return heard{users: slices.Compact(staff)}
}

func typeOf(id string) connector.PrincipalType {
	for _, p := range principals() {
		if p.ID == id {
			return p.Type
		}
	}
	return ""
}

// hire tells the CRM who is behind whom.
func (m *machine) hire() {
	for _, p := range principals() {
		for _, sub := range []bool{false, true} {
			p.IncludeSub = sub
			if is := m.past.behind(p.Key()); is.unknown {
				m.crm.DropPrincipal(p)
			} else {
				m.crm.SetPrincipal(p, is.users...)
			}
		}
	}
}

// tapedPrincipals note what the CRM said, and fail where it was told to.
type tapedPrincipals struct {
	connector.Principals
	w *world
}

func (p tapedPrincipals) Expand(ctx context.Context, of connector.Principal) ([]connector.UserID, error) {
	if p.w.past.refusing[of.ID] {
		p.w.tape.unexpanded, p.w.tape.refused = true, true
		return nil, fmt.Errorf("principal %s: %w", of.ID, connector.ErrForbidden)
	}
	users, err := p.Principals.Expand(ctx, of)
	switch {
	case err == nil:
		p.w.heard[of.Key()] = heard{users: users}
	case isNotFound(err):
		p.w.heard[of.Key()], p.w.unheardAt = heard{unknown: true}, p.w.clock.Now()
	default:
		p.w.tape.unexpanded = true
	}
	return users, err
}

// resolved are the principals on a team that are switched on, or the one that a
// Record is itself, whatever is.
func (s said) resolved() []connector.Principal {
	if itself, is := s.itself(); is {
		return []connector.Principal{itself}
	}
	var on []connector.Principal
	for _, e := range s.team.Entries {
		if s.types[e.Principal.Type] {
			on = append(on, e.Principal)
		}
	}
	return on
}

// through is the way that leads through a principal.
func through(p connector.Principal) connector.Path {
	return connector.Path{Via: connector.Via(p.Type), ID: p.ID, Name: p.Name}
}

// leadsTo reports whether somebody is behind a principal; of one that the CRM does
// not know, whether it had brought them.
func (s said) leadsTo(p connector.Principal, u connector.UserID) bool {
	if is, told := s.behind[p.Key()]; told && !is.unknown {
		return s.surelyLeadsTo(p, u)
	}
	return slices.ContainsFunc(s.before, func(row connector.Membership) bool {
		return row.User == u && slices.ContainsFunc(row.Why, func(way connector.Path) bool {
			return way.Via == through(p).Via && way.ID == p.ID
		})
	})
}

// surelyLeadsTo reports whether the CRM says that somebody is behind a principal.
func (s said) surelyLeadsTo(p connector.Principal, u connector.UserID) bool {
	return slices.Contains(s.behind[p.Key()].users, u)
}

// keptOnly reports whether nothing leads to somebody but principals that the CRM does
// not know just now: they stay as they are.
func (s said) keptOnly(u connector.UserID) bool {
	return s.claim(u) == wanted && !slices.ContainsFunc(s.paths(u), func(way connector.Path) bool {
		return !slices.ContainsFunc(s.resolved(), func(p connector.Principal) bool {
			return through(p) == way && s.behind[p.Key()].unknown
		}) || slices.ContainsFunc(s.resolved(), func(p connector.Principal) bool {
			return through(p) == way && slices.Contains(s.behind[p.Key()].users, u)
		})
	})
}

// isKept is keptOnly for whoever a Member is.
func (w *world) isKept(s said, m connector.MemberID) bool {
	kept := false
	for _, u := range s.named() {
		if s.claim(u) == wanted && w.standsFor(s.users[u], m) {
			if !s.keptOnly(u) {
				return false
			}
			kept = true
		}
	}
	return kept
}

// someoneMissing reports whether anybody may be behind a principal that the CRM does
// not know.
func (s said) someoneMissing() bool {
	return slices.ContainsFunc(s.resolved(), func(p connector.Principal) bool { return s.behind[p.Key()].unknown })
}

// unresolved counts the entries that lead to nobody because they are switched off or
// not known.
func (s said) unresolved() int {
	n := 0
	if itself, is := s.itself(); is && s.behind[itself.Key()].unknown {
		n++
	}
	for _, e := range s.team.Entries {
		switch t := e.Principal.Type; {
		case t == connector.PrincipalUser, t == connector.PrincipalExternal:
		case !s.types[t], s.behind[e.Principal.Key()].unknown:
			n++
		}
	}
	return n
}

// expanded tells of each resolved principal of a team what the run heard last; ok is
// false when of one it heard nothing.
func (w *world) expanded(s said) (behind map[connector.PrincipalKey]heard, ok bool) {
	behind = map[connector.PrincipalKey]heard{}
	for _, p := range s.resolved() {
		is, told := w.heard[p.Key()]
		if !told || w.tape.unexpanded {
			return nil, false
		}
		behind[p.Key()] = is
	}
	return behind, true
}

// unreadable checks a run that could not find out who is behind a principal: the
// Group says so.
func (w *world) unreadable(after connector.Group) {
	w.Helper()
	if w.tape.refused && !w.tape.mishap && after.Channel.ID != "" && after.Held == nil {
		w.fail("who is behind a principal of %s cannot be read, and nothing is held", after.Record)
	}
}

func (m *machine) changeStaff(rt *rapid.T) {
	p := rapid.SampledFrom(principals()).Draw(rt, "principal")
	what := rapid.SampledFrom([]string{"staff", "staff", "staff", "all", "missing", "refusing"}).Draw(rt, "what")
	switch what {
	case "staff":
		u, staff := user(rt), slices.Clone(m.past.staff[p.ID])
		if i := slices.Index(staff, u); i >= 0 {
			staff = slices.Delete(staff, i, i+1)
		} else {
			staff = append(staff, u)
		}
		m.past.staff[p.ID] = staff
	case "all":
		m.past.staff[p.ID] = rapid.SliceOfNDistinct(rapid.SampledFrom(people()), 0, 5, rapid.ID[connector.UserID]).Draw(rt, "all")
	case "missing":
		m.past.missing[p.ID] = !m.past.missing[p.ID]
	case "refusing":
		m.past.refusing[p.ID] = !m.past.refusing[p.ID]
	}
	m.hire()
	m.note("CRM: %s %s changes: behind it are now %v, missing %t, refused %t", p.Type, p.ID, m.past.staff[p.ID], m.past.missing[p.ID], m.past.refusing[p.ID])
	at := m.clock.Now()
	m.send("principal.changed "+p.ID, func(id string) error {
		return m.acceptor().Accept(m.ctx(), []connector.Event{{
			ID: id, Type: connector.EventPrincipalChanged, Principal: &connector.Principal{Type: p.Type, ID: p.ID}, At: at,
		}})
	})
}

func (m *machine) changePrincipals(rt *rapid.T) {
	key := m.present(rt)
	p := rapid.SampledFrom(principals()).Draw(rt, "principal")
	if p.Type == connector.PrincipalDepartment {
		p.IncludeSub = rapid.Bool().Draw(rt, "include_sub")
	}
	is := func(e connector.Entry) bool { return e.Principal == p }
	if slices.ContainsFunc(m.past.records[key].Team.Entries, is) {
		m.changeTeam(rt, fmt.Sprintf("off the team: %s %s", p.Type, p.ID), key, func(es []connector.Entry) []connector.Entry {
			return slices.DeleteFunc(es, is)
		})
		return
	}
	m.changeTeam(rt, fmt.Sprintf("on the team: %s %s, with sub %t", p.Type, p.ID, p.IncludeSub), key, func(es []connector.Entry) []connector.Entry {
		return append(es, connector.Entry{Principal: p, Role: "member"})
	})
}

// staffing is who is behind whom, in words.
func (p *past) staffing() string {
	out := ""
	for _, id := range slices.Sorted(maps.Keys(p.staff)) {
		out += fmt.Sprintf("\n      %s: %v missing=%t refusing=%t", id, p.staff[id], p.missing[id], p.refusing[id])
	}
	return out
}
