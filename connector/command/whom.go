package command

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// whom is somebody who is asked about, and who they are in the CRM as far as that is
// known.
type whom struct {
	PersonRef
	platform connector.PlatformID
	// linked are the Users that the Member is linked with; users are these, or else
	// those of whom the CRM has the Member's address.
	linked, users []connector.UserID
	// email is the address that the platform has of the Member, "" where it tells none;
	// silent: it did not answer, or the CRM did not say whose that is.
	email  string
	silent bool
	names  map[connector.UserID]string
}

// whom reads who somebody is linked with.
func (h *Handler) whom(ctx context.Context, platform connector.PlatformID, ref PersonRef) (whom, error) {
	users, err := h.usersOf(ctx, platform, ref.Member)
	return whom{PersonRef: ref, platform: platform, linked: users, users: users, names: map[connector.UserID]string{}}, err
}

// ask finds out of a Member what no link tells: their name, their address, and the Users
// of whom the CRM has that address.
func (h *Handler) ask(ctx context.Context, who *whom) {
	if who.Member == "" {
		return
	}
	who.Name = h.called(ctx, who.platform, who.PersonRef)
	if profiles := h.o.Platforms[who.platform].Profiles; profiles != nil {
		email, err := profiles.Email(ctx, who.Member)
		if who.silent = err != nil; err == nil {
			who.email = connector.Address(email)
		}
	}
	if who.email == "" || len(who.users) > 0 || h.o.Finder == nil {
		return
	}
	found, err := h.o.Finder.UsersByEmail(ctx, who.email)
	if err != nil {
		who.silent = !errors.Is(err, connector.ErrUnsupported)
		return
	}
	for _, u := range found {
		who.users = append(who.users, u.ID)
		who.names[u.ID] = u.Name
	}
}

// called is what somebody is called: by the mention, or else by the platform; "" where
// neither tells.
func (h *Handler) called(ctx context.Context, platform connector.PlatformID, ref PersonRef) string {
	names := h.o.Platforms[platform].Names
	if ref.Name != "" || ref.Member == "" || names == nil {
		return ref.Name
	}
	name, err := names.Called(ctx, ref.Member)
	if err != nil {
		return "" // the id says who is meant
	}
	return name
}

// mostNamed is how many people one answer asks the platform for the names of.
const mostNamed = 10

// named is a Group with the names of accounts that nobody is linked with, as far as the
// platform tells them.
func (h *Handler) named(ctx context.Context, g connector.Group) connector.Group {
	g.Memberships = slices.Clone(g.Memberships)
	asked := 0
	for i := range g.Memberships {
		m := &g.Memberships[i]
		if m.Name != "" || m.User != "" || m.Member == "" || m.Status == connector.StatusRemoved {
			continue
		}
		if asked++; asked > mostNamed {
			break
		}
		m.Name = h.called(ctx, g.Platform, PersonRef{Member: m.Member})
	}
	return g
}

// is reports whether a User without an account here may be the Member: by what is stored
// by hand, or else by the account that the CRM names, or by the address, which counts
// where the CRM names one that is gone.
func (who whom) is(u connector.User, link connector.Link) bool {
	if who.Member == "" {
		return false
	}
	if slices.Contains(who.linked, u.ID) {
		return true
	}
	if link.Source == connector.LinkStored && link.Member != "" && !link.Gone {
		return link.Member == who.Member
	}
	return u.Links[who.platform] == who.Member || who.email != "" && connector.Address(u.Email) == who.email
}

// isOutsider is the same of a User whose account nobody looked up: the address counts where
// the CRM names no account.
func (who whom) isOutsider(u connector.User, link connector.Link) bool {
	byHand := link.Source == connector.LinkStored || slices.Contains(who.linked, u.ID)
	if named := u.Links[who.platform]; named != "" && named != who.Member && !byHand {
		return false
	}
	return who.is(u, link)
}

// knownUsers are what is stored of Users.
func (h *Handler) knownUsers(ctx context.Context, ids []connector.UserID) (map[connector.UserID]connector.Person, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	people, err := h.o.Engine.People.People(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("reading who people are: %w", err)
	}
	return people, nil
}

// unlinked are the Memberships of Users without an account who are the Member, as stored
// or as a fresh reading says, beside those that were found.
func (h *Handler) unlinked(
	ctx context.Context, g connector.Group, who whom, found []connector.Membership, wanted []reconcile.Wanted,
) ([]connector.Membership, error) {
	if who.Member == "" {
		return nil, nil
	}
	var ids []connector.UserID
	for _, m := range g.Memberships {
		if m.Member == "" && m.User != "" && !slices.ContainsFunc(found, func(f connector.Membership) bool { return f.User == m.User }) {
			ids = append(ids, m.User)
		}
	}
	people, err := h.knownUsers(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []connector.Membership
	for _, m := range g.Memberships {
		p := people[m.User]
		p.User.ID = m.User
		if m.Member == "" && slices.Contains(ids, m.User) && (slices.Contains(who.users, m.User) || isWanted(wanted, m.User) || who.is(p.User, p.Links[who.platform])) {
			out = append(out, m)
		}
	}
	return out, nil
}

func isWanted(wanted []reconcile.Wanted, id connector.UserID) bool {
	return slices.ContainsFunc(wanted, func(w reconcile.Wanted) bool { return w.User.ID == id })
}
