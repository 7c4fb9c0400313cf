package reconcile

import (
	"slices"

	"roomkeeper/connector"
)

// paths are the ways from one Record to its users.
type paths struct {
	order      []connector.UserID
	of         map[connector.UserID][]connector.Path
	unresolved int
}

func pathsOf(read connector.RecordTeam) paths {
	p := paths{of: map[connector.UserID][]connector.Path{}}
	external := map[string]bool{}
	for _, e := range read.Team.Entries {
		if e.Principal.Type == connector.PrincipalExternal {
			external[e.Principal.ID] = true
		}
	}
	add := func(id string, path connector.Path) {
		if external[id] || id == "" {
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
	if read.Record.Owner.Type == connector.PrincipalUser {
		add(read.Record.Owner.ID, connector.Path{Via: connector.ViaOwner, ID: read.Record.Owner.ID, Name: read.Record.Owner.Name})
	}
	for _, e := range read.Team.Entries {
		switch e.Principal.Type {
		case connector.PrincipalUser:
			add(e.Principal.ID, connector.Path{Via: viaTeam(read.Record.Key.Kind), ID: e.Principal.ID, Name: e.Role})
		case connector.PrincipalExternal:
		case connector.PrincipalDepartment, connector.PrincipalRole, connector.PrincipalUserGroup,
			connector.PrincipalQueue, connector.PrincipalTerritory:
			p.unresolved++
		default:
			p.unresolved++
		}
	}
	return p
}

// viaTeam is how people on the team of a kind's Records got there.
func viaTeam(kind connector.Kind) connector.Via {
	if kind == connector.KindAccountPool || kind == connector.KindLeadPool {
		return connector.ViaPool
	}
	return connector.ViaTeam
}
