package command

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"roomkeeper/connector"
	"roomkeeper/connector/identity"
)

// link says how to link oneself; an admin links others.
func (h *Handler) link(ctx context.Context, a asker, inv Invocation) (Answer, error) {
	if inv.Person == (PersonRef{}) {
		return h.linkMyself(ctx, a)
	}
	if err := h.onlyAdmin(ctx, a); err != nil {
		return Answer{}, err
	}
	if inv.Person.Member == "" {
		return Answer{}, &UsageError{Problem: ProblemMention, Verb: VerbLink, Got: inv.Person.Name}
	}
	err := h.o.Linker.Set(ctx, inv.User, a.platform, inv.Person.Member, byMember(a))
	var account *identity.AccountError
	var meaning *connector.MeaningError
	switch {
	case errors.As(err, &account):
		return Answer{Text: h.texts.notLinkable(inv.Person, account.Reason)}, nil
	case errors.As(err, &meaning):
		return Answer{Text: h.texts.notLinkable(inv.Person, connector.ReasonNoAccount)}, nil
	case errors.Is(err, connector.ErrNotFound):
		return Answer{Text: h.texts.noSuchUser(inv.User)}, nil
	case err != nil:
		return Answer{}, fmt.Errorf("linking somebody: %w: %w", errEither, err)
	}
	users, err := h.known(ctx, a.platform, inv.Person.Member)
	if err != nil {
		return Answer{}, err
	}
	return Answer{Text: h.texts.linked(inv.Person, inv.User, users)}, nil
}

func (h *Handler) linkMyself(ctx context.Context, a asker) (Answer, error) {
	users, err := h.known(ctx, a.platform, a.member)
	if err != nil {
		return Answer{}, err
	}
	signIn := h.o.SignIns[a.platform]
	if signIn == nil {
		looksUp := h.o.Platforms[a.platform].Directory != nil
		return Answer{Text: h.texts.linkByOthers(users, looksUp)}, nil
	}
	url, expires, err := signIn(ctx, a.member)
	if err != nil {
		return Answer{}, fmt.Errorf("starting a sign-in: %w", err)
	}
	card := h.texts.signInCard(url)
	return Answer{Text: h.texts.signIn(users, expires), Card: &card}, nil
}

// unlink takes back what was stored by hand of the asker; an admin's of others.
func (h *Handler) unlink(ctx context.Context, a asker, inv Invocation) (Answer, error) {
	member := a.member
	if inv.Person != (PersonRef{}) {
		if err := h.onlyAdmin(ctx, a); err != nil {
			return Answer{}, err
		}
		if member = inv.Person.Member; member == "" {
			return Answer{}, &UsageError{Problem: ProblemMention, Verb: VerbUnlink, Got: inv.Person.Name}
		}
	}
	users, err := h.known(ctx, a.platform, member)
	if err != nil {
		return Answer{}, err
	}
	looksUp := h.o.Platforms[a.platform].Directory != nil
	stored := slices.DeleteFunc(slices.Clone(users), func(p connector.Person) bool {
		return p.Links[a.platform].Source != connector.LinkStored
	})
	if len(stored) == 0 {
		return Answer{Text: h.texts.nothingStored(inv.Person, users)}, nil
	}
	for _, p := range stored {
		if err := h.o.Linker.Delete(ctx, p.User.ID, a.platform, byMember(a)); err != nil {
			return Answer{}, fmt.Errorf("unlinking somebody: %w", err)
		}
	}
	return Answer{Text: h.texts.unlinked(inv.Person, stored, looksUp)}, nil
}

// onlyAdmin refuses others like those who ask for what there is not.
func (h *Handler) onlyAdmin(ctx context.Context, a asker) error {
	admin, err := h.admin(ctx, a.platform, a.member)
	if err != nil {
		return err
	}
	if !admin {
		return errRefused
	}
	return nil
}

// known are the Users that a Member stands for, in the order of ids.
func (h *Handler) known(ctx context.Context, platform connector.PlatformID, member connector.MemberID) ([]connector.Person, error) {
	ids, err := h.usersOf(ctx, platform, member)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	people, err := h.o.Engine.People.People(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("reading who a member is: %w", err)
	}
	var known []connector.Person
	for _, id := range ids {
		if p, ok := people[id]; ok {
			known = append(known, p)
		}
	}
	return known, nil
}

func byMember(a asker) string { return "member:" + string(a.member) }
