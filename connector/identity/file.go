package identity

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"roomkeeper/connector"
)

// Line is one line of the file of known accounts.
type Line struct {
	User     connector.UserID
	Platform connector.PlatformID
	Member   connector.MemberID
}

// filePage is how many people are compared with the file at once.
const filePage = connector.LargestPage

// ApplyFile takes over the file as it is now; no two lines are of one User and
// platform. The latest act counts: a line that is new or changed replaces what is
// stored, one that was applied before does nothing, so that what was done since by
// other means stays. A line that is gone takes its own Link back.
//
// Accounts and Users are not asked for: at a start platform and CRM may be away.
// Each account is asked for before somebody is first added by it; a Link with nobody
// leaves its User pending.
func (l *Linker) ApplyFile(ctx context.Context, lines []Line) error {
	file := map[connector.UserID]Links{}
	for _, line := range lines {
		if file[line.User] == nil {
			file[line.User] = Links{}
		}
		file[line.User][line.Platform] = line.Member
	}
	news, err := l.news(ctx, file)
	if err != nil || len(news) == 0 {
		return err
	}
	var concerned people
	err = l.Engine.People.UpdatePeople(ctx, news, func(p *connector.Person) {
		concerned.add(*p)
		l.applyTo(p, file[p.User.ID])
		concerned.add(*p)
	})
	if err != nil {
		return fmt.Errorf("store links: %w", err)
	}
	if err := l.queue(ctx, concerned); err != nil {
		return err
	}
	// Last: who dies before this applies the same again.
	err = l.Engine.People.UpdatePeople(ctx, news, func(p *connector.Person) {
		p.Filed = map[connector.PlatformID]connector.MemberID(file[p.User.ID])
	})
	if err != nil {
		return fmt.Errorf("store links: %w", err)
	}
	l.Logger.InfoContext(ctx, "file of known accounts applied", "lines", len(lines), "users", len(news))
	return nil
}

// news are the Users of whom the file says something else than when it was last
// applied.
func (l *Linker) news(ctx context.Context, file map[connector.UserID]Links) ([]connector.UserID, error) {
	var news []connector.UserID
	same := map[connector.UserID]bool{}
	for cursor := ""; ; {
		people, next, err := l.Engine.People.ListPeople(ctx, cursor, filePage)
		if err != nil {
			return nil, fmt.Errorf("list people: %w", err)
		}
		for _, p := range people {
			if maps.Equal(Links(p.Filed), file[p.User.ID]) {
				same[p.User.ID] = true
			} else if file[p.User.ID] == nil {
				news = append(news, p.User.ID)
			}
		}
		if cursor = next; next == "" {
			break
		}
	}
	for id := range file {
		if !same[id] {
			news = append(news, id)
		}
	}
	slices.Sort(news)
	return news, nil
}

func (l *Linker) applyTo(p *connector.Person, file Links) {
	for platform, filed := range p.Filed {
		link := p.Links[platform]
		if _, named := file[platform]; !named && link.Source == connector.LinkStored && link.By == connector.ByFile && link.Member == filed {
			delete(p.Links, platform)
		}
	}
	for platform, member := range file {
		if p.Filed[platform] != member {
			put(p, platform, connector.Link{Member: member, Source: connector.LinkStored, By: connector.ByFile, At: l.Clock()})
		}
	}
}
