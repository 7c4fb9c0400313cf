package reconcile

import (
	"context"
	"slices"
	"strings"

	"roomkeeper/connector"
)

// paths are the ways from one Record to its users.
type paths struct {
	external map[string]bool
	// outside are those whom an entry calls external.
	outside []Outsider
	order   []connector.UserID
	of      map[connector.UserID][]connector.Path
	// leads are the team members of role owner.
	leads map[connector.UserID]bool
	// missing are the ways through principals that the CRM does not know just now.
	missing    []connector.Path
	expanded   []expanded
	unresolved int
}

// pathsOf finds the ways that lead from a reading to users, expanding what it
// names. An error means that not all of it could be read.
func (r *Resolver) pathsOf(ctx context.Context, read connector.RecordTeam) (*paths, error) {
	p := &paths{external: map[string]bool{}, of: map[connector.UserID][]connector.Path{}, leads: map[connector.UserID]bool{}}
	for _, e := range read.Team.Entries {
		if e.Principal.Type == connector.PrincipalExternal {
			p.addExternal(read.Record.Key.Kind, e)
		}
	}
	owner := connector.Path{Via: connector.ViaOwner, ID: read.Record.Owner.ID, Name: read.Record.Owner.Name}
	owned := read.Record.Owner.Type == connector.PrincipalUser
	policy, _ := r.Policies.Kind(string(read.Record.Key.Kind))
	if source := policy.MembersOf; source != "" {
		whole := connector.Principal{Type: source, ID: read.Record.Key.ID, Name: read.Record.Name}
		if err := r.expand(ctx, p, whole); err != nil {
			return nil, err
		}
		if _, staff := p.of[connector.UserID(owner.ID)]; owned && staff {
			p.add(owner.ID, owner)
		}
		return p, nil
	}
	if owned {
		p.add(owner.ID, owner)
	}
	for _, e := range read.Team.Entries {
		switch {
		case e.Principal.Type == connector.PrincipalExternal:
		case e.Principal.Type == connector.PrincipalUser:
			p.add(e.Principal.ID, connector.Path{Via: viaTeam(read.Record.Key.Kind), ID: e.Principal.ID, Name: e.Role})
			if strings.EqualFold(e.Role, roleOwner) {
				p.leads[connector.UserID(e.Principal.ID)] = true
			}
		case r.Types[e.Principal.Type]:
			if err := r.expand(ctx, p, e.Principal); err != nil {
				return nil, err
			}
		default:
			p.unresolved++
		}
	}
	return p, nil
}

// roleOwner is the role of those who stand in for an owner that nobody can be.
const roleOwner = "owner"

func (p *paths) add(id string, path connector.Path) {
	if p.external[id] || id == "" {
		return
	}
	user := connector.UserID(id)
	if _, seen := p.of[user]; !seen {
		p.order = append(p.order, user)
	}
	if !slices.Contains(p.of[user], path) {
		p.of[user] = append(p.of[user], path)
	}
}

// expand adds the ways through a principal.
func (r *Resolver) expand(ctx context.Context, p *paths, principal connector.Principal) error {
	path := connector.Path{Via: viaOf(principal.Type), ID: principal.ID, Name: principal.Name}
	if principal.Type == connector.PrincipalUser {
		p.add(principal.ID, path)
		return nil
	}
	key := principal.Key()
	x, err := r.Expander.expand(ctx, key)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(p.expanded, func(e expanded) bool { return e.key == key }) {
		p.expanded = append(p.expanded, expanded{key: key, digest: x.digest(), generation: x.generation})
	}
	if x.unknown {
		p.unresolved++
		p.missing = append(p.missing, path)
		return nil
	}
	for _, id := range x.users {
		p.add(string(id), path)
	}
	return nil
}

// keep adds the ways through principals that the CRM does not know just now to
// those whom they had brought, and returns whom nothing else leads to.
func (p *paths) keep(rows []connector.Membership) map[connector.UserID]bool {
	kept := map[connector.UserID]bool{}
	for _, row := range rows {
		for _, missing := range p.missing {
			i := slices.IndexFunc(row.Why, func(w connector.Path) bool { return w.Via == missing.Via && w.ID == missing.ID })
			if i < 0 || row.User == "" {
				continue
			}
			if _, led := p.of[row.User]; !led {
				kept[row.User] = true
			}
			p.add(string(row.User), row.Why[i])
		}
	}
	return kept
}

// principals are the expanded ones, as a Group remembers them.
func (p *paths) principals() []connector.PrincipalKey {
	var keys []connector.PrincipalKey
	for _, e := range p.expanded {
		keys = append(keys, e.key)
	}
	slices.SortFunc(keys, connector.PrincipalKey.Compare)
	if len(keys) > connector.MaxPrincipals {
		return []connector.PrincipalKey{connector.ManyPrincipals()}
	}
	return keys
}

// viaTeam is how people on the team of a kind's Records got there.
func viaTeam(kind connector.Kind) connector.Via {
	if kind == connector.KindAccountPool || kind == connector.KindLeadPool {
		return connector.ViaPool
	}
	return connector.ViaTeam
}

// viaOf is how people behind a principal got there.
func viaOf(t connector.PrincipalType) connector.Via {
	switch t {
	case connector.PrincipalDepartment:
		return connector.ViaDepartment
	case connector.PrincipalRole:
		return connector.ViaRole
	case connector.PrincipalUserGroup:
		return connector.ViaUserGroup
	case connector.PrincipalQueue:
		return connector.ViaQueue
	case connector.PrincipalTerritory:
		return connector.ViaTerritory
	case connector.PrincipalUser, connector.PrincipalExternal:
	}
	return connector.ViaTeam
}
