package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

func (h *Handler) why(ctx context.Context, a asker, inv Invocation) (Answer, error) {
	t, none, err := h.existing(ctx, a, VerbWhy, inv.Record)
	if err != nil {
		return Answer{}, err
	}
	if none != nil {
		return *none, nil
	}
	users, err := h.usersOf(ctx, a.platform, inv.Person.Member)
	if err != nil {
		return Answer{}, err
	}
	found := lookFor(t.group, inv.Person, users)
	if len(found) > 1 && inv.Person.Member == "" {
		return Answer{Text: h.texts.ambiguous(inv.Person.Name, found)}, nil
	}
	if len(found) > 0 {
		lines := make([]string, len(found))
		for i, m := range found {
			outside, read := h.outsideOf(ctx, a.platform, t, m)
			lines[i] = strings.Join(h.texts.why(t, m, outside, read), "\n")
		}
		return Answer{Text: strings.Join(lines, "\n")}, nil
	}
	return h.whyNot(ctx, a, t, inv.Person, users)
}

// lookFor finds the Memberships of a person: by mention, else by whole name,
// else by the name's first words.
func lookFor(g connector.Group, who PersonRef, users []connector.UserID) []connector.Membership {
	matches := func(same func(connector.Membership) bool) []connector.Membership {
		var out []connector.Membership
		for _, m := range g.Memberships {
			if same(m) {
				out = append(out, m)
			}
		}
		return out
	}
	if who.Member != "" {
		return matches(func(m connector.Membership) bool { return samePerson(m.Member, m.User, who.Member, users) })
	}
	if whole := matches(func(m connector.Membership) bool { return strings.EqualFold(m.Name, who.Name) }); len(whole) > 0 {
		return whole
	}
	return matches(func(m connector.Membership) bool { return firstWords(m.Name, who.Name) })
}

func firstWords(name, start string) bool {
	have, want := strings.Fields(name), strings.Fields(start)
	return len(want) > 0 && len(have) >= len(want) &&
		strings.EqualFold(strings.Join(have[:len(want)], " "), strings.Join(want, " "))
}

// whyNot explains somebody whom the Group does not list, by a fresh reading.
func (h *Handler) whyNot(ctx context.Context, a asker, t target, who PersonRef, users []connector.UserID) (Answer, error) {
	_, desired, err := h.desired(ctx, a.platform, t.key, reconcile.Asker{Member: who.Member, Users: users})
	if errors.Is(err, connector.ErrStoreAway) {
		return Answer{}, fmt.Errorf("reading who should be in: %w", err)
	}
	if err != nil {
		read, err := h.crmReadAt(ctx, t.group.ID)
		if err != nil {
			return Answer{}, err
		}
		return Answer{Text: h.texts.whyNotStored(who, read)}, nil
	}
	wanted := slices.DeleteFunc(slices.Clone(desired.Wanted), func(w reconcile.Wanted) bool {
		if who.Member == "" {
			return !strings.EqualFold(w.User.Name, who.Name) && !firstWords(w.User.Name, who.Name)
		}
		return !samePerson(w.Member, w.User.ID, who.Member, users)
	})
	outside := h.outside(ctx, a.platform, desired, who, users)
	switch {
	case len(wanted) == 1 && desired.SelfEnrol:
		return Answer{Text: h.texts.notJoined(t, userName(wanted[0].User), wanted[0].Why)}, nil
	case len(wanted) == 1:
		return Answer{Text: h.texts.notYetIn(t, wanted[0])}, nil
	case len(wanted) > 1 && who.Member == "":
		return Answer{Text: h.texts.ambiguousWanted(who.Name, wanted)}, nil
	case len(wanted) > 1:
		return Answer{Text: h.texts.notYetIn(t, mergeWanted(wanted))}, nil
	case len(outside) > 0:
		return Answer{Text: h.texts.notInvited(t, outside)}, nil
	case slices.ContainsFunc(users, func(u connector.UserID) bool { return desired.Unknown[u] }):
		return Answer{Text: h.texts.unknownUser(who)}, nil
	}
	return Answer{Text: h.texts.noPath(t, who, desired.Unresolved)}, nil
}

// mergeWanted makes one of several Users who are one Member.
func mergeWanted(list []reconcile.Wanted) reconcile.Wanted {
	one := list[0]
	one.Why = slices.Clone(one.Why)
	for _, w := range list[1:] {
		one.Why = append(one.Why, w.Why...)
	}
	return one
}
