package command

import (
	"context"
	"slices"
	"strings"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// outsideOf is what a fresh reading says of somebody whom the Group lists without a
// path: that they are inactive or external. Not read: the CRM does not answer.
func (h *Handler) outsideOf(
	ctx context.Context, platform connector.PlatformID, t target, m connector.Membership,
) (found []reconcile.Outsider, read bool) {
	if len(m.Why) > 0 || m.Status == connector.StatusService {
		return nil, true
	}
	users, err := h.usersOf(ctx, platform, m.Member)
	if err != nil {
		return nil, false
	}
	if m.User != "" && !slices.Contains(users, m.User) {
		users = append(users, m.User)
	}
	_, desired, err := h.desired(ctx, platform, t.key, reconcile.Asker{Member: m.Member, Users: users})
	if err != nil {
		return nil, false
	}
	return h.outside(ctx, platform, desired, PersonRef{Member: m.Member}, users), true
}

// outside finds a person among the inactive and external of a reading: by mention,
// where nobody like that need be linked, so that the CRM's word on their account and
// their address count too; else by name.
func (h *Handler) outside(
	ctx context.Context, platform connector.PlatformID, desired reconcile.Desired, who PersonRef, users []connector.UserID,
) []reconcile.Outsider {
	matching := func(same func(connector.User) bool) (out []reconcile.Outsider) {
		for _, o := range desired.Outside {
			if same(o.User) {
				out = append(out, o)
			}
		}
		return out
	}
	found := matching(func(u connector.User) bool {
		return slices.Contains(users, u.ID) || who.Member != "" && u.Links[platform] == who.Member
	})
	switch {
	case len(found) > 0 || len(desired.Outside) == 0:
		return found
	case who.Member == "" && who.Name == "":
		return nil
	case who.Member == "":
		return matching(func(u connector.User) bool {
			return strings.EqualFold(u.Name, who.Name) || firstWords(u.Name, who.Name)
		})
	}
	ids, err := h.byAddress(ctx, asker{platform: platform, member: who.Member})
	if err != nil {
		return nil // who is meant is not found out, which the answer says may be so
	}
	return matching(func(u connector.User) bool { return slices.Contains(ids, u.ID) })
}
