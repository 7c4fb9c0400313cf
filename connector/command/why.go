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
	who, err := h.whom(ctx, a.platform, inv.Person)
	if err != nil {
		return Answer{}, err
	}
	found := lookFor(t.group, inv.Person, who.linked)
	if len(found) > 1 && inv.Person.Member == "" {
		return Answer{Text: h.texts.ambiguous(inv.Person.Name, found)}, nil
	}
	// By an account that is of no use several people may be meant, whoever was found.
	settled := func(m connector.Membership) bool { return hasPath(m) && (m.Member != "" || who.Member == "") }
	if !slices.ContainsFunc(found, settled) {
		h.ask(ctx, &who)
		read, err := h.readOf(ctx, t, who, found)
		if err != nil {
			return Answer{}, err
		}
		more, err := h.unlinked(ctx, t.group, who, found, read.wanted)
		if err != nil {
			return Answer{}, err
		}
		if found = append(found, more...); len(found) == 0 {
			return h.whyNot(ctx, t, who, read)
		}
	}
	lines := make([]string, len(found))
	for i, m := range found {
		if lines[i], err = h.whyOne(ctx, a.platform, t, m, who); err != nil {
			return Answer{}, err
		}
	}
	return Answer{Text: strings.Join(lines, "\n")}, nil
}

// fresh is a fresh reading as it concerns somebody who is asked about.
type fresh struct {
	desired reconcile.Desired
	found
	// away: there was none, for the CRM does not answer.
	away bool
}

// readOf reads afresh who should be in, where that is needed: somebody who is found by
// name is told of by what is stored.
func (h *Handler) readOf(ctx context.Context, t target, who whom, found []connector.Membership) (f fresh, err error) {
	ask := reconcile.Asker{Member: who.Member, Users: who.users}
	if who.Member == "" {
		if ask.Name = who.Name; len(found) > 0 {
			return f, nil
		}
	}
	_, f.desired, err = h.desired(ctx, who.platform, t.key, ask)
	if errors.Is(err, connector.ErrStoreAway) {
		return f, fmt.Errorf("reading who should be in: %w", err)
	}
	if err != nil {
		f.away = true
		return f, nil
	}
	f.found, err = h.among(ctx, f.desired, who)
	return f, err
}

func hasPath(m connector.Membership) bool { return len(m.Why) > 0 }

// whyOne explains a Membership.
func (h *Handler) whyOne(ctx context.Context, platform connector.PlatformID, t target, m connector.Membership, who whom) (string, error) {
	e := explained{m: m, read: true}
	if m.Name == "" && m.User == "" {
		e.m.Name = who.Name
	}
	if e.m.Name == "" {
		e.m.Name = h.called(ctx, platform, PersonRef{Member: m.Member})
	}
	if len(m.Why) == 0 && m.Status != connector.StatusService {
		f, selfEnrol, err := h.pathless(ctx, platform, t, &e, who)
		if err != nil {
			return "", err
		}
		if m.Status == connector.StatusRemoved && len(f.wanted) > 0 {
			// They are out by what was, and may or should be in by now.
			return h.texts.whyFound(t, PersonRef{Member: m.Member, Name: e.m.Name}, selfEnrol, f), nil
		}
	}
	return strings.Join(h.texts.why(t, e), "\n"), nil
}

// pathless completes what is said of somebody whom the Group lists without a path, by a
// fresh reading, and returns what that says of them and whether people join by themselves.
func (h *Handler) pathless(ctx context.Context, platform connector.PlatformID, t target, e *explained, who whom) (f found, selfEnrol bool, err error) {
	if who.Member == "" && e.m.Member != "" {
		if who, err = h.whom(ctx, platform, PersonRef{Member: e.m.Member, Name: e.m.Name}); err != nil {
			return f, false, err
		}
		h.ask(ctx, &who)
	}
	if e.m.User != "" && !slices.Contains(who.users, e.m.User) {
		who.linked, who.users = append(who.linked, e.m.User), append(who.users, e.m.User)
	}
	_, desired, err := h.desired(ctx, platform, t.key, reconcile.Asker{Member: who.Member, Users: who.users})
	if err != nil {
		e.read = false
	} else {
		if f, err = h.among(ctx, desired, who); err != nil {
			return f, false, err
		}
		e.outside = f.outside
	}
	if len(who.users) == 0 {
		e.stranger, e.silent, e.perhaps = true, who.silent, perhaps(t.group, desired, e.m.Name)
	}
	return f, desired.SelfEnrol, nil
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
	for _, same := range sameNames() {
		if found := matches(func(m connector.Membership) bool { return same(m.Name, who.Name) }); len(found) > 0 {
			return found
		}
	}
	return nil
}

// sameNames compare a name with one as it was typed, the strictest first.
func sameNames() []func(name, typed string) bool {
	return []func(name, typed string) bool{strings.EqualFold, connector.SameName, connector.StartsName}
}

// whyNot explains somebody whom the Group does not list, by a fresh reading.
func (h *Handler) whyNot(ctx context.Context, t target, who whom, read fresh) (Answer, error) {
	if read.away {
		at, err := h.crmReadAt(ctx, t.group.ID)
		if err != nil {
			return Answer{}, err
		}
		return Answer{Text: h.texts.whyNotStored(who.PersonRef, at)}, nil
	}
	if read.none() {
		return h.unknownHere(ctx, t, who, read.desired)
	}
	return Answer{Text: h.texts.whyFound(t, who.PersonRef, read.desired.SelfEnrol, read.found)}, nil
}

// unknownHere answers about somebody whom no path is known to lead to.
func (h *Handler) unknownHere(ctx context.Context, t target, who whom, desired reconcile.Desired) (Answer, error) {
	switch {
	case who.Member == "":
		return Answer{Text: h.texts.nobodyOfThatName(t, who.Name, likely(t.group, desired, who.Name), desired)}, nil
	case len(who.users) == 0 && who.silent:
		return Answer{Text: h.texts.chatSilent(who.PersonRef)}, nil
	case len(who.users) == 0:
		return Answer{Text: h.texts.strangerHere(t, who.PersonRef, perhaps(t.group, desired, who.Name))}, nil
	}
	people, err := h.knownUsers(ctx, who.users)
	if err != nil {
		return Answer{}, err
	}
	users := make([]connector.Person, len(who.users))
	for i, id := range who.users {
		users[i] = people[id]
		if users[i].User.ID = id; users[i].User.Name == "" {
			users[i].User.Name = who.names[id]
		}
	}
	return Answer{Text: h.texts.noPath(t, who, users, desired.Unresolved)}, nil
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
