package command

import (
	"context"
	"slices"
	"strings"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// found is what a fresh reading says of somebody.
type found struct {
	wanted  []reconcile.Wanted
	outside []reconcile.Outsider
	// unknown: the team names them, and the CRM does not know the user just now.
	unknown bool
	// other are those of their Users who are wanted by another account.
	other []reconcile.Wanted
}

func (f found) none() bool {
	return len(f.wanted) == 0 && len(f.outside) == 0 && len(f.other) == 0 && !f.unknown
}

// among finds somebody in a reading: by mention, or else by name.
func (h *Handler) among(ctx context.Context, desired reconcile.Desired, who whom) (f found, err error) {
	if who.Member == "" {
		return byName(desired, who.Name), nil
	}
	var ids []connector.UserID
	for _, w := range desired.Wanted {
		ids = append(ids, w.User.ID)
	}
	for id := range desired.Unknown {
		ids = append(ids, id)
	}
	for _, o := range desired.Outside {
		ids = append(ids, o.User.ID)
	}
	people, err := h.knownUsers(ctx, ids)
	if err != nil {
		return found{}, err
	}
	for _, w := range desired.Wanted {
		mine := slices.Contains(who.users, w.User.ID)
		switch {
		case w.Member == who.Member, w.Member == "" && (mine || who.is(w.User, people[w.User.ID].Links[who.platform])):
			f.wanted = append(f.wanted, w)
		case mine:
			f.other = append(f.other, w)
		}
	}
	for _, o := range desired.Outside {
		if slices.Contains(who.users, o.User.ID) || who.isOutsider(o.User, people[o.User.ID].Links[who.platform]) {
			f.outside = append(f.outside, o)
		}
	}
	for id := range desired.Unknown {
		p := people[id]
		p.User.ID = id
		f.unknown = f.unknown || slices.Contains(who.users, id) || who.is(p.User, p.Links[who.platform])
	}
	return f, nil
}

// byName finds whoever has a name in a reading.
func byName(desired reconcile.Desired, name string) (f found) {
	for _, same := range sameNames() {
		for _, w := range desired.Wanted {
			if same(w.User.Name, name) {
				f.wanted = append(f.wanted, w)
			}
		}
		for _, o := range desired.Outside {
			if same(o.User.Name, name) {
				f.outside = append(f.outside, o)
			}
		}
		if !f.none() {
			return f
		}
	}
	return f
}

// perhaps are the Users without an account, among whom the CRM names, who are called
// like an account that nobody is linked with.
func perhaps(g connector.Group, desired reconcile.Desired, name string) (out []connector.User) {
	add := func(u connector.User) {
		called := connector.StartsName(u.Name, name) || connector.StartsName(name, u.Name)
		if called && !slices.ContainsFunc(out, func(o connector.User) bool { return o.ID == u.ID }) {
			out = append(out, u)
		}
	}
	for _, m := range g.Memberships {
		if m.Member == "" && m.User != "" && m.Status == connector.StatusPending {
			add(connector.User{ID: m.User, Name: m.Name})
		}
	}
	for _, w := range desired.Wanted {
		if w.Member == "" {
			add(w.User)
		}
	}
	return out
}

// likely are the names, among those that are known here, that were perhaps meant.
func likely(g connector.Group, desired reconcile.Desired, typed string) (names []string) {
	var known []string
	for _, m := range g.Memberships {
		known = append(known, m.Name)
	}
	for _, w := range desired.Wanted {
		known = append(known, w.User.Name)
	}
	for _, o := range desired.Outside {
		known = append(known, o.User.Name)
	}
	for _, name := range known {
		meant := connector.HintsAtName(name, typed) || misspelt(name, typed)
		if shown := oneLine(name, nameLimit); meant && !slices.Contains(names, shown) {
			names = append(names, shown)
		}
	}
	return names
}

// misspelt reports whether a name, or its first word, is one or two edits away from a
// typed one that is long enough to tell.
func misspelt(name, typed string) bool {
	words := strings.Fields(name)
	if len([]rune(typed)) < 4 || len(words) == 0 {
		return false
	}
	return nearest(typed, []string{strings.Join(words, " "), words[0]}) != ""
}
