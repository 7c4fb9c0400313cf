package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"roomkeeper/connector"
)

// Outsider is somebody whom the team names and who is never invited: the CRM calls
// them external, or they are not active.
type Outsider struct {
	// User has an id and External set, and all else as far as it was read: who is
	// external by an entry of the team is not looked up for a run.
	User connector.User
	// Why are the paths that would lead to them.
	Why []connector.Path
	// entry: an entry of the team calls them external, whatever the user is.
	entry bool
}

// idle counts the inactive among whom the team names; other inactive people were added
// by us and are named no more.
func (d Desired) idle() (n int) {
	for _, o := range d.Outside {
		if !o.entry && d.Inactive[o.User.ID] {
			n++
		}
	}
	return n
}

// addExternal notes an entry for somebody external.
func (p *paths) addExternal(kind connector.Kind, e connector.Entry) {
	id := e.Principal.ID
	if p.external[id] = true; id == "" {
		return
	}
	path := connector.Path{Via: viaTeam(kind), ID: id, Name: e.Role}
	i := slices.IndexFunc(p.outside, func(o Outsider) bool { return string(o.User.ID) == id })
	switch {
	case i < 0:
		p.outside = append(p.outside, Outsider{
			User: connector.User{ID: connector.UserID(id), Name: e.Principal.Name, Active: true, External: true},
			Why:  []connector.Path{path}, entry: true,
		})
	case !slices.Contains(p.outside[i].Why, path):
		p.outside[i].Why = append(p.outside[i].Why, path)
	}
}

// nameOutside completes those whom an entry calls external by what the CRM knows of
// them as users.
func (r *Resolver) nameOutside(ctx context.Context, outside []Outsider) error {
	var ids []connector.UserID
	for _, o := range outside {
		if o.entry {
			ids = append(ids, o.User.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	users, err := r.CRM.Users.UsersByID(ctx, ids)
	if err != nil {
		return fmt.Errorf("read external users: %w", err)
	}
	for i := range outside {
		o := &outside[i]
		if user, known := users[o.User.ID]; known && o.entry {
			user.Name, user.External = cmp.Or(user.Name, o.User.Name), true
			o.User = user
		}
	}
	return nil
}

func sortedOutside(list []Outsider) []Outsider {
	slices.SortFunc(list, func(a, b Outsider) int { return cmp.Compare(a.User.ID, b.User.ID) })
	return list
}

// maxOutside is how many inactive and external people a Group remembers.
const maxOutside = 200

// mayComeIn are the Outside who are wanted once the user changes, sorted; of very
// many the first ones.
func (d Desired) mayComeIn() (ids []connector.UserID) {
	for _, o := range d.Outside {
		if !o.entry && len(ids) < maxOutside {
			ids = append(ids, o.User.ID)
		}
	}
	return ids
}
