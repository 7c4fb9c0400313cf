package command

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// standing is how somebody stands to a Record and its channel, as a set.
type standing uint8

const (
	asOwner standing = 1 << iota
	asTeam
	asMember
	asAdmin
)

// rights say which standing a command asks for; one of them is enough.
func (h *Handler) rights(v Verb) standing {
	switch v {
	case VerbOpen:
		return asOwner | asTeam | asAdmin
	case VerbDetails, VerbMembers, VerbWhy, VerbStatus:
		return asMember | asOwner | asTeam | asAdmin
	case VerbJoin:
		return asOwner | asTeam
	case VerbLeave:
		return asMember | asOwner | asTeam
	case VerbSubscriptions:
		return asMember | asOwner | asAdmin
	case VerbSubscribe, VerbUnsubscribe:
		if h.o.Everyone {
			return asMember | asOwner | asAdmin
		}
		return asOwner | asAdmin
	case VerbSync, VerbAdopt:
		return asOwner | asAdmin
	case VerbHelp, VerbLink, VerbUnlink:
		// About no Record.
	}
	return 0
}

// reading is what a check of rights read of the CRM, if it had to.
type reading struct {
	record  connector.Record
	desired reconcile.Desired
	whole   bool
}

// authorise checks that the asker has one of the standings that v asks for.
// Otherwise the error is errRefused, unless a failure left the question open;
// which of these it is never depends on whether there is a Group.
//
// Cheap answers come first: being in the channel, then being an admin. Owner
// and team are read fresh from the CRM; the stored memberships stand in when
// it cannot say.
func (h *Handler) authorise(ctx context.Context, a asker, v Verb, t target) (reading, error) {
	need := h.rights(v)
	if need&asMember != 0 && t.exists && inChannel(t, a.member) {
		return reading{}, nil
	}
	var admin bool
	var adminErr error
	if need&asAdmin != 0 {
		if admin, adminErr = h.admin(ctx, a.platform, a.member); admin && t.exists {
			return reading{}, nil
		}
	}
	users, err := h.usersOf(ctx, a.platform, a.member)
	if err != nil {
		return reading{}, err
	}
	record, desired, err := h.desiredOf(ctx, a, t.key, users)
	if err != nil {
		if t.exists && storedStanding(t.group, a.member, users)&need != 0 {
			return reading{}, nil
		}
		return reading{}, firstOf(adminErr, fromCRM("reading the record", err))
	}
	read := reading{record: record, desired: desired, whole: true}
	if admin || freshStanding(desired, a.member, users)&need != 0 {
		return read, nil
	}
	return reading{}, firstOf(adminErr, errRefused)
}

// desiredOf is desired as it concerns the asker. Somebody who was never looked up
// may be one of those who may join by themselves: they are found by the address
// that the platform has of them, or by what the CRM says.
func (h *Handler) desiredOf(ctx context.Context, a asker, key connector.RecordKey, users []connector.UserID) (connector.Record, reconcile.Desired, error) {
	record, desired, err := h.desired(ctx, a.platform, key, reconcile.Asker{Users: users})
	if err != nil || !desired.SelfEnrol || len(users) > 0 || a.member == "" {
		return record, desired, err
	}
	if users, err = h.byAddress(ctx, a); err != nil {
		return record, desired, err
	}
	return h.desired(ctx, a.platform, key, reconcile.Asker{Member: a.member, Users: users})
}

// byAddress are the Users with the asker's address.
func (h *Handler) byAddress(ctx context.Context, a asker) (ids []connector.UserID, err error) {
	profiles := h.o.Platforms[a.platform].Profiles
	if profiles == nil || h.o.Finder == nil {
		return nil, nil
	}
	email, err := profiles.Email(ctx, a.member)
	if err != nil {
		return nil, fmt.Errorf("asking for an address: %w: %w", errChat, err)
	}
	if email == "" {
		return nil, nil
	}
	found, err := h.o.Finder.UsersByEmail(ctx, email)
	if err != nil && !errors.Is(err, connector.ErrUnsupported) {
		return nil, fmt.Errorf("finding who asks: %w: %w", errCRM, err)
	}
	for _, u := range found {
		ids = append(ids, u.ID)
	}
	return ids, nil
}

// desired is the Resolver's answer, also where some people could not be looked
// up yet: those are in it without an account.
func (h *Handler) desired(ctx context.Context, platform connector.PlatformID, key connector.RecordKey, ask reconcile.Asker) (connector.Record, reconcile.Desired, error) {
	record, desired, err := h.o.Resolver.Desired(ctx, platform, key, ask)
	var partial *reconcile.PartialError
	if errors.As(err, &partial) {
		err = nil
	}
	return record, desired, err
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func (h *Handler) admin(ctx context.Context, platform connector.PlatformID, member connector.MemberID) (bool, error) {
	accounts := h.o.Platforms[platform].Accounts
	if accounts == nil || member == "" {
		return false, nil
	}
	admin, err := accounts.Admin(ctx, member)
	if errors.Is(err, connector.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("asking who is an admin: %w: %w", errChat, err)
	}
	return admin, nil
}

func (h *Handler) usersOf(ctx context.Context, platform connector.PlatformID, member connector.MemberID) ([]connector.UserID, error) {
	if member == "" {
		return nil, nil
	}
	users, err := h.o.Engine.People.UsersOf(ctx, platform, member)
	if err != nil && !errors.Is(err, connector.ErrNotFound) {
		return nil, fmt.Errorf("reading who a member is: %w", err)
	}
	return users, nil
}

// inChannel: a request made in the channel is a member's, for a private
// channel admits nobody else.
func inChannel(t target, member connector.MemberID) bool {
	if t.here {
		return true
	}
	return member != "" && slices.ContainsFunc(t.group.Memberships, func(m connector.Membership) bool {
		return m.Member == member && present(m.Status)
	})
}

// present reports whether somebody of this status is in the channel.
func present(s connector.MemberStatus) bool {
	switch s {
	case connector.StatusMember, connector.StatusHandAdded, connector.StatusJoined,
		connector.StatusService, connector.StatusToRemove:
		return true
	case connector.StatusPending, connector.StatusLeft, connector.StatusRemoved:
		return false
	}
	return false
}

func freshStanding(d reconcile.Desired, member connector.MemberID, users []connector.UserID) standing {
	var s standing
	owners := d.Owners()
	for _, w := range d.Wanted {
		if samePerson(w.Member, w.User.ID, member, users) {
			s |= standingOf(w.Why) | dutiesOf(owners, w.User.ID)
		}
	}
	return s
}

// dutiesOf: whoever has the owner's duties has the owner's rights.
func dutiesOf(owners []connector.UserID, user connector.UserID) standing {
	if slices.Contains(owners, user) {
		return asOwner
	}
	return 0
}

func storedStanding(g connector.Group, member connector.MemberID, users []connector.UserID) standing {
	var s standing
	for _, m := range g.Memberships {
		if samePerson(m.Member, m.User, member, users) {
			s |= standingOf(m.Why) | dutiesOf(g.Owners, m.User)
		}
	}
	return s
}

// samePerson compares by account; where no account is known, by what the
// member was known to be.
func samePerson(m connector.MemberID, u connector.UserID, member connector.MemberID, users []connector.UserID) bool {
	if m != "" {
		return m == member
	}
	return u != "" && slices.Contains(users, u)
}

func standingOf(why []connector.Path) standing {
	var s standing
	for _, p := range why {
		s |= asTeam
		if p.Via == connector.ViaOwner {
			s |= asOwner
		}
	}
	return s
}
