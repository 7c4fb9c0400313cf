package command

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// join lets the asker into a Record's channel, making it if there is none, if the
// CRM says now that they belong. Everybody else gets the answer to a Record that
// does not exist.
func (h *Handler) join(ctx context.Context, a asker, ref RecordRef) (Answer, error) {
	t, err := h.target(ctx, a, VerbJoin, ref)
	if err != nil {
		return Answer{}, err
	}
	users, err := h.usersOf(ctx, a.platform, a.member)
	if err != nil {
		return Answer{}, err
	}
	_, desired, err := h.desiredOf(ctx, a, t.key, users)
	if err != nil {
		return Answer{}, fromCRM("reading the record", err)
	}
	people := asMembers(desired, a.member)
	if len(people) == 0 {
		return Answer{}, errRefused
	}
	group, _, err := h.o.Opener.Open(ctx, t.key, a.platform, a.id)
	if held, ok := errors.AsType[*connector.RecoverError](err); ok {
		return Answer{Text: h.texts.openHeld(held)}, nil
	}
	if errors.Is(err, connector.ErrConflict) {
		return Answer{Text: h.texts.openDeleted(t.key)}, nil
	}
	if err != nil {
		return Answer{}, fromCRM("opening", err)
	}
	before := lookFor(group, PersonRef{Member: a.member}, nil)
	if err := h.o.Enroller.Join(ctx, group.ID, people); err != nil {
		return Answer{}, fmt.Errorf("joining: %w", err)
	}
	t.group, t.exists = group, true
	return Answer{Text: h.texts.joining(t, slices.ContainsFunc(before, inNow)), Link: urlOf(group)}, nil
}

func inNow(m connector.Membership) bool { return present(m.Status) && !m.Leaving }

// asMembers are the Users among the wanted that the Member is.
func asMembers(d reconcile.Desired, member connector.MemberID) []reconcile.Wanted {
	return slices.DeleteFunc(slices.Clone(d.Wanted), func(w reconcile.Wanted) bool {
		return member == "" || w.Member != member
	})
}

// leave lets the asker out of a Record's channel.
func (h *Handler) leave(ctx context.Context, a asker, ref RecordRef) (Answer, error) {
	t, none, err := h.existing(ctx, a, VerbLeave, ref)
	if err != nil {
		return Answer{}, err
	}
	if none != nil {
		return *none, nil
	}
	if t.policy.Kind == "" {
		return Answer{Text: h.texts.nothingToRead(t)}, nil
	}
	if !t.group.SelfEnrol && t.policy.Leavers == connector.LeaversReadd && len(t.paths(a.member)) > 0 {
		return Answer{Text: h.texts.readded(t)}, nil
	}
	err = h.o.Enroller.Leave(ctx, t.group.ID, a.member)
	if errors.Is(err, connector.ErrNotFound) {
		return Answer{Text: h.texts.notIn(t)}, nil
	}
	if _, unread := errors.AsType[*reconcile.ReadError](err); unread {
		return Answer{}, fmt.Errorf("leaving: %w: %w", errChat, err)
	}
	if err != nil {
		return Answer{}, fmt.Errorf("leaving: %w", err)
	}
	return Answer{Text: h.texts.leaving(t)}, nil
}

// paths are the ways that lead to a Member, as last read.
func (t target) paths(member connector.MemberID) (why []connector.Path) {
	for _, m := range t.group.Memberships {
		if m.Member == member {
			why = append(why, m.Why...)
		}
	}
	return why
}

// enrolAsker lets whoever opens a channel that people join by themselves be the
// first of them, if they belong.
func (h *Handler) enrolAsker(ctx context.Context, a asker, group connector.Group) error {
	users, err := h.usersOf(ctx, a.platform, a.member)
	if err != nil {
		return err
	}
	_, desired, err := h.desiredOf(ctx, a, group.Record, users)
	if err != nil {
		return fromCRM("reading the record", err)
	}
	people := asMembers(desired, a.member)
	if !desired.SelfEnrol || len(people) == 0 {
		return nil
	}
	if err := h.o.Enroller.Join(ctx, group.ID, people); err != nil {
		return fmt.Errorf("joining: %w", err)
	}
	return nil
}
