package identity

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"roomkeeper/connector"
)

// Links are the Members that one User was linked with by hand, by platform.
type Links map[connector.PlatformID]connector.MemberID

// Linker stores Links by hand and takes them back. What it was told is durable
// when it returns nil; every Group that this concerns is queued by then, before
// the rest if somebody waits (connector.WithUrgent). After an error it may be
// told the same again. by says who did it, see connector.Link.
type Linker struct {
	Engine connector.Engine
	CRM    connector.CRM
	// Platforms are those in use.
	Platforms map[connector.PlatformID]connector.ChatPlatform
	Clock     func() time.Time
	Logger    *slog.Logger
}

// Get returns what was stored by hand for a User. ErrNotFound: neither we nor the
// CRM know them.
func (l *Linker) Get(ctx context.Context, id connector.UserID) (Links, error) {
	if err := checkUser(id); err != nil {
		return nil, err
	}
	person, known, err := l.person(ctx, id)
	if err != nil {
		return nil, err
	}
	if !known {
		if _, err := l.user(ctx, id); err != nil {
			return nil, err
		}
	}
	return byHand(person), nil
}

// Set links a User with a Member on one platform, in place of any other one.
// Other Users may have the same Member. ErrNotFound: the CRM does not know the
// User. *AccountError, *connector.MeaningError: there can be no such Link.
func (l *Linker) Set(ctx context.Context, id connector.UserID, platform connector.PlatformID, member connector.MemberID, by string) error {
	return l.link(ctx, id, Links{platform: member}, by, func(connector.PlatformID) bool { return false })
}

// Replace links a User with exactly these Members, as Set does; on platforms that
// are not named, the Link that was stored is taken back. When it fails because of
// one of them, nothing is changed.
func (l *Linker) Replace(ctx context.Context, id connector.UserID, links Links, by string) error {
	return l.link(ctx, id, links, by, func(platform connector.PlatformID) bool { return links[platform] == "" })
}

// Delete takes back what was stored on one platform. Then what the CRM says
// counts again, or the look-up. Nothing stored is no error.
func (l *Linker) Delete(ctx context.Context, id connector.UserID, platform connector.PlatformID, by string) error {
	return l.unlink(ctx, id, by, func(p connector.PlatformID) bool { return p == platform })
}

// Clear is Delete on all platforms. ErrNotFound: neither we nor the CRM know the
// User.
func (l *Linker) Clear(ctx context.Context, id connector.UserID, by string) error {
	if _, err := l.Get(ctx, id); err != nil {
		return err
	}
	return l.unlink(ctx, id, by, func(connector.PlatformID) bool { return true })
}

func (l *Linker) link(ctx context.Context, id connector.UserID, links Links, by string, gone func(connector.PlatformID) bool) error {
	if err := checkUser(id); err != nil {
		return err
	}
	for _, platform := range slices.Sorted(maps.Keys(links)) {
		if err := l.served(platform, links[platform]); err != nil {
			return err
		}
	}
	user, err := l.user(ctx, id)
	if err != nil {
		return err
	}
	for _, platform := range slices.Sorted(maps.Keys(links)) {
		if err := l.check(ctx, platform, links[platform]); err != nil {
			return err
		}
	}
	return l.store(ctx, id, by, func(p *connector.Person) {
		p.User, p.ReadAt = user, l.Clock()
		takeBack(p, gone)
		for platform, member := range links {
			put(p, platform, connector.Link{Member: member, Source: connector.LinkStored, By: by, At: l.Clock()})
		}
	})
}

func (l *Linker) unlink(ctx context.Context, id connector.UserID, by string, gone func(connector.PlatformID) bool) error {
	if _, known, err := l.person(ctx, id); err != nil || !known {
		return err
	}
	return l.store(ctx, id, by, func(p *connector.Person) { takeBack(p, gone) })
}

// store changes one Person and queues whom it concerns.
func (l *Linker) store(ctx context.Context, id connector.UserID, by string, change func(*connector.Person)) error {
	var before, after Links
	var concerned people
	err := l.Engine.People.UpdatePeople(ctx, []connector.UserID{id}, func(p *connector.Person) {
		before, concerned = byHand(*p), people{}
		concerned.add(*p)
		change(p)
		concerned.add(*p)
		after = byHand(*p)
	})
	if err != nil {
		return fmt.Errorf("store link: %w", err)
	}
	if !maps.Equal(before, after) {
		l.Logger.InfoContext(ctx, "links changed", "user", id, "by", by)
	}
	return l.queue(ctx, concerned)
}

// user is what the CRM says of a User; ErrNotFound when it knows none.
func (l *Linker) user(ctx context.Context, id connector.UserID) (connector.User, error) {
	users, err := l.CRM.Users.UsersByID(ctx, []connector.UserID{id})
	if err != nil {
		return connector.User{}, fmt.Errorf("read user: %w", err)
	}
	user, known := users[id]
	if !known {
		return connector.User{}, fmt.Errorf("user %q: %w", id, connector.ErrNotFound)
	}
	return user, nil
}

func (l *Linker) person(ctx context.Context, id connector.UserID) (p connector.Person, known bool, err error) {
	people, err := l.Engine.People.People(ctx, []connector.UserID{id})
	if err != nil {
		return p, false, fmt.Errorf("read people: %w", err)
	}
	p, known = people[id]
	return p, known, nil
}

// served refuses platforms that are not in use and what can be no id.
func (l *Linker) served(platform connector.PlatformID, member connector.MemberID) error {
	field := string(platform)
	if _, used := l.Platforms[platform]; !used {
		var names []string
		for _, id := range slices.Sorted(maps.Keys(l.Platforms)) {
			names = append(names, string(id))
		}
		return &connector.MeaningError{Index: -1, Field: field, Detail: "not in use; in use: " + strings.Join(names, ", ")}
	}
	if detail := connector.BadID(string(member)); detail != "" {
		return &connector.MeaningError{Index: -1, Field: field, Detail: detail}
	}
	return nil
}

// check asks the platform whether somebody can be linked with an account.
func (l *Linker) check(ctx context.Context, platform connector.PlatformID, member connector.MemberID) error {
	account, err := l.Platforms[platform].Accounts.Account(ctx, member)
	switch {
	case errors.Is(err, connector.ErrNotFound), errors.Is(err, connector.ErrInvalid):
		// What cannot even be asked for is no account: the id came from outside.
		return &AccountError{Platform: platform, Member: member, Reason: connector.ReasonNoAccount}
	case err != nil:
		return fmt.Errorf("check account: %w", err)
	case account.Reason != "":
		return &AccountError{Platform: platform, Member: member, Reason: account.Reason}
	}
	return nil
}

func checkUser(id connector.UserID) error {
	if detail := connector.BadID(string(id)); detail != "" {
		return &connector.MeaningError{Index: -1, Field: "user_id", Detail: detail}
	}
	return nil
}

func byHand(p connector.Person) Links {
	links := Links{}
	for platform, link := range p.Links {
		if link.Source == connector.LinkStored {
			links[platform] = link.Member
		}
	}
	return links
}

func put(p *connector.Person, platform connector.PlatformID, link connector.Link) {
	if p.Links == nil {
		p.Links = map[connector.PlatformID]connector.Link{}
	}
	p.Links[platform] = link
}

// takeBack removes stored Links.
func takeBack(p *connector.Person, gone func(connector.PlatformID) bool) {
	maps.DeleteFunc(p.Links, func(platform connector.PlatformID, link connector.Link) bool {
		return link.Source == connector.LinkStored && gone(platform)
	})
}
