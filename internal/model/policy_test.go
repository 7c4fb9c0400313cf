package model_test

import (
	"maps"
	"slices"
	"strings"

	"roomkeeper/connector"
)

// The policy of who should be in a channel, read once more and naively: from
// product.md section 2, person by person, with no regard to cost.

// said is one whole answer of the CRM's about a Record.
type said struct {
	record connector.Record
	team   connector.Team
	users  map[connector.UserID]connector.User
	// types are what RESOLVE switches on, behind is who is behind whom.
	types  map[connector.PrincipalType]bool
	behind map[connector.PrincipalKey]heard
	// before are the rows of the Group: whom a principal had brought.
	before []connector.Membership
}

// claim is how a Record stands to a person.
type claim string

const (
	wanted   claim = "wanted"   // a path leads to them
	inactive claim = "inactive" // one would, were they active, or none does and they are not
	unknown  claim = "unknown"  // one does, and the CRM knows no such user
	nobody   claim = "nobody"   // none does
)

// paths are the ways that lead from the Record to a user: being its owner, and
// each entry of the Related Team with its role, of a pool likewise. Of a Record that
// is a principal itself only those behind it belong, and the owner if one of them.
func (s said) paths(u connector.UserID) []connector.Path {
	var ways []connector.Path
	if itself, is := s.itself(); is {
		if s.leadsTo(itself, u) {
			ways = append(ways, through(itself))
		}
		if s.record.Owner.Type == connector.PrincipalUser && s.record.Owner.ID == string(u) && s.surelyLeadsTo(itself, u) {
			ways = append(ways, connector.Path{Via: connector.ViaOwner, ID: string(u)})
		}
		return ways
	}
	if s.record.Owner.Type == connector.PrincipalUser && s.record.Owner.ID == string(u) {
		ways = append(ways, connector.Path{Via: connector.ViaOwner, ID: string(u)})
	}
	for _, entry := range s.team.Entries {
		if way := through(entry.Principal); s.types[entry.Principal.Type] && s.leadsTo(entry.Principal, u) && !slices.Contains(ways, way) {
			ways = append(ways, way)
		}
		if entry.Principal.ID != string(u) {
			continue
		}
		if entry.Principal.Type == connector.PrincipalExternal {
			return nil // external in one entry wins over another
		}
		way := connector.Path{Via: connector.ViaTeam, ID: string(u), Name: entry.Role}
		if isPool(s.record.Key.Kind) {
			way.Via = connector.ViaPool
		}
		if entry.Principal.Type == connector.PrincipalUser && !slices.Contains(ways, way) {
			ways = append(ways, way)
		}
	}
	return ways
}

func (s said) claim(u connector.UserID) claim {
	user, known := s.users[u]
	switch {
	case known && !user.Active && !user.External:
		return inactive
	case len(s.paths(u)) == 0, user.External:
		return nobody
	case !known:
		return unknown
	}
	return wanted
}

// shutOut reports whether the Record names a user, one whom the CRM knows, who is
// inactive or external.
func (s said) shutOut(u connector.UserID) bool {
	user := s.users[u]
	external := slices.ContainsFunc(s.team.Entries, func(e connector.Entry) bool {
		return e.Principal.Type == connector.PrincipalExternal && e.Principal.ID == string(u)
	})
	return external || len(s.paths(u)) > 0 && (user.External || !user.Active)
}

// named are all users that the Record speaks of.
func (s said) named() []connector.UserID {
	var ids []connector.UserID
	add := func(id string) {
		if u := connector.UserID(id); id != "" && !slices.Contains(ids, u) && len(s.paths(u)) > 0 {
			ids = append(ids, u)
		}
	}
	add(s.record.Owner.ID)
	for _, entry := range s.team.Entries {
		add(entry.Principal.ID)
	}
	for _, u := range people() {
		add(string(u))
	}
	return ids
}

// spoken are the named, and who else is known to be inactive.
func (s said) spoken() []connector.UserID {
	ids := s.named()
	for _, u := range slices.Sorted(maps.Keys(s.users)) {
		if s.claim(u) == inactive && !slices.Contains(ids, u) {
			ids = append(ids, u)
		}
	}
	return ids
}

// empty reports whether nobody is left, owner included. Whoever is inactive counts
// for nothing.
func (s said) empty() bool {
	return !slices.ContainsFunc(s.named(), func(u connector.UserID) bool { return s.claim(u) == wanted || s.claim(u) == unknown })
}

// address is the account that a user should have: as somebody linked them by hand,
// while there is such an account, else the CRM's link, in the same way, else by e-mail.
func (w *world) address(user connector.User) connector.MemberID {
	if m := w.past.byHand[user.ID]; m != "" && w.past.reason(m) != connector.ReasonNoAccount {
		return m
	}
	named := user.Links[w.id]
	if named != "" && w.past.reason(named) != connector.ReasonNoAccount || w.chat.Platform().Directory == nil || user.Email == "" {
		return named
	}
	return connector.MemberID("U:" + strings.ToLower(strings.TrimSpace(user.Email)))
}

// standsFor reports whether a user is a Member as far as Roomkeeper may think: by
// what the CRM says now, or as they were linked before where that leads nowhere.
func (w *world) standsFor(user connector.User, m connector.MemberID) bool {
	now := w.address(user)
	return now == m || !w.past.fit(now) && w.past.linked[user.ID][m]
}

// mayStandFor is standsFor for five minutes longer: that is how long a look-up that
// found nobody is good for.
func (w *world) mayStandFor(s said, m connector.MemberID) bool {
	return slices.ContainsFunc(s.named(), func(u connector.UserID) bool {
		return s.claim(u) == wanted && w.past.linked[u][m] && w.past.misled[u]
	})
}

// claimOn is how a Record stands to a Member: by the best claim of any user that
// they are.
func (w *world) claimOn(s said, m connector.MemberID, before connector.Group) claim {
	best := nobody
	for _, u := range s.spoken() {
		is := s.claim(u)
		stands := w.standsFor(s.users[u], m)
		was := slices.ContainsFunc(before.Memberships, func(row connector.Membership) bool { return row.User == u && row.Member == m })
		switch {
		case is == unknown:
			stands = was // who they are is known from before only
		case s.keptOnly(u) && !w.isIn(before.Record, w.address(s.users[u])):
			stands = stands || was // by another account they would not be let in
		}
		if stands && rank(is) > rank(best) {
			best = is
		}
	}
	return best
}

func rank(c claim) int {
	return slices.Index([]claim{nobody, inactive, unknown, wanted}, c)
}

// ownerIs returns the owner if that is a user who stands for the Member.
func (w *world) ownerIs(s said, m connector.MemberID) connector.UserID {
	u := connector.UserID(s.record.Owner.ID)
	if s.record.Owner.Type == connector.PrincipalUser && s.claim(u) == wanted && w.standsFor(s.users[u], m) {
		return u
	}
	return ""
}

// wasInactive reports whether a user whom the CRM calls inactive was the Member.
func (w *world) wasInactive(s said, m connector.MemberID) bool {
	return slices.ContainsFunc(s.spoken(), func(u connector.UserID) bool {
		return s.claim(u) == inactive && w.past.linked[u][m]
	})
}

// wasActive reports whether a user whom the CRM does not call inactive was the Member.
func (w *world) wasActive(s said, m connector.MemberID) bool {
	return slices.ContainsFunc(w.users(), func(u connector.UserID) bool {
		return s.claim(u) != inactive && w.past.linked[u][m]
	})
}

// counts reports whether somebody with a claim counts for the brakes: not who is
// inactive, unless somebody else is wanted by the same account.
func (w *world) counts(s said, m connector.MemberID, c claim) bool {
	return c == wanted || c == unknown || c != inactive && !w.wasInactive(s, m)
}

// isAddress reports whether a Member is what the CRM now says of somebody wanted.
func (w *world) isAddress(s said, m connector.MemberID) bool {
	return slices.ContainsFunc(s.named(), func(u connector.UserID) bool {
		return s.claim(u) == wanted && w.address(s.users[u]) == m
	})
}

// surely reports whether somebody wanted is this Member and nobody else: of several
// that they were, the one that was looked up last stands.
func (w *world) surely(s said, m connector.MemberID) bool {
	return slices.ContainsFunc(s.named(), func(u connector.UserID) bool {
		only := w.past.linked[u][m] && len(w.past.linked[u]) == 1 && !w.past.lapsed[m]
		return s.claim(u) == wanted && (w.address(s.users[u]) == m || only)
	})
}

// was reports whether somebody wanted was the Member at some time: they still are
// while a look-up fails.
func (w *world) was(s said, m connector.MemberID) bool {
	return slices.ContainsFunc(s.named(), func(u connector.UserID) bool { return s.claim(u) == wanted && w.past.linked[u][m] })
}
