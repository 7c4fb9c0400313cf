package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

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
	inv.Person.Name = h.called(ctx, a.platform, inv.Person)
	before, err := h.linkOf(ctx, inv.User, a.platform)
	if err != nil {
		return Answer{}, err
	}
	err = h.o.Linker.Set(ctx, inv.User, a.platform, inv.Person.Member, byMember(a))
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
	text := h.texts.linked(inv.Person, inv.User, users)
	if before.Member != "" && before.Member != inv.Person.Member {
		text += " " + h.texts.inPlaceOf(h.refTo(ctx, a.platform, before.Member), h.storedBy(ctx, a.platform, before))
	}
	return Answer{Text: text}, nil
}

// linkOf is how a User is linked on a platform as far as is known.
func (h *Handler) linkOf(ctx context.Context, id connector.UserID, platform connector.PlatformID) (connector.Link, error) {
	people, err := h.knownUsers(ctx, []connector.UserID{id})
	return people[id].Links[platform], err
}

func (h *Handler) refTo(ctx context.Context, platform connector.PlatformID, member connector.MemberID) PersonRef {
	return PersonRef{Member: member, Name: h.called(ctx, platform, PersonRef{Member: member})}
}

// storedBy words who stored a Link by hand, "" for one that was found.
func (h *Handler) storedBy(ctx context.Context, platform connector.PlatformID, link connector.Link) string {
	if link.Source != connector.LinkStored {
		return ""
	}
	who := ""
	if id, ok := strings.CutPrefix(link.By, byMemberPrefix); ok {
		who = h.refTo(ctx, platform, connector.MemberID(id)).called()
	}
	return h.texts.storedBy(link, who)
}

// blocked are the Users with the asker's address who are linked by hand with another
// account. None is found where the platform or the CRM does not answer.
func (h *Handler) blocked(ctx context.Context, a asker) []connector.Person {
	who, err := h.whom(ctx, a.platform, PersonRef{Member: a.member, Name: a.name})
	if err != nil || len(who.linked) > 0 {
		return nil
	}
	h.ask(ctx, &who)
	people, err := h.knownUsers(ctx, who.users)
	if err != nil {
		return nil
	}
	var out []connector.Person
	for _, id := range who.users {
		if link := people[id].Links[a.platform]; link.Source == connector.LinkStored && link.Member != a.member {
			out = append(out, people[id])
		}
	}
	return out
}

func (h *Handler) linkMyself(ctx context.Context, a asker) (Answer, error) {
	users, err := h.known(ctx, a.platform, a.member)
	if err != nil {
		return Answer{}, err
	}
	known := []string{h.texts.whoYouAre(users)}
	hand := false
	for _, p := range users {
		if by := h.storedBy(ctx, a.platform, p.Links[a.platform]); by != "" {
			known, hand = append(known, h.texts.youWereLinked(p, by)), true
		}
	}
	for _, p := range h.blocked(ctx, a) {
		link := p.Links[a.platform]
		known, hand = append(known, h.texts.linkInTheWay(p, h.refTo(ctx, a.platform, link.Member), h.storedBy(ctx, a.platform, link))), true
	}
	signIn := h.o.SignIns[a.platform]
	if signIn == nil {
		looksUp := !hand && h.o.Platforms[a.platform].Directory != nil
		return Answer{Text: h.texts.linkByOthers(strings.Join(known, " "), looksUp)}, nil
	}
	url, expires, err := signIn(ctx, a.member)
	if err != nil {
		return Answer{}, fmt.Errorf("starting a sign-in: %w", err)
	}
	card := h.texts.signInCard(url)
	return Answer{Text: h.texts.signIn(strings.Join(known, " "), expires), Card: &card}, nil
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
		inv.Person.Name = h.called(ctx, a.platform, inv.Person)
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

// byMemberPrefix begins Link.By of what was stored by command.
const byMemberPrefix = "member:"

func byMember(a asker) string { return byMemberPrefix + string(a.member) }
