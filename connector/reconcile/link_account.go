package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"roomkeeper/connector"
)

// markGone notes of links that were stored by hand what the platform said of their
// account: whether it is gone. They stay as they are otherwise.
func (r *Resolver) markGone(ctx context.Context, platform connector.PlatformID, members map[connector.UserID]connector.MemberID, gone bool) error {
	if len(members) == 0 {
		return nil
	}
	err := r.People.UpdatePeople(ctx, slices.Sorted(maps.Keys(members)), func(p *connector.Person) {
		if link := p.Links[platform]; link.Source == connector.LinkStored && link.Member == members[p.User.ID] {
			if link.Gone, link.Checked = gone, true; gone {
				link.GoneAt = r.Clock()
			} else {
				link.AskedAt = r.Clock()
			}
			p.Links[platform] = link
		}
	})
	if err != nil {
		return fmt.Errorf("remember who is gone: %w", err)
	}
	return nil
}

// gone asks for somebody who left the workspace: true until they are back. Whoever
// was linked by hand to an account that there is no more may have another one.
func (l *linker) gone(ctx context.Context, w *Wanted, link connector.Link) bool {
	account, err := l.account(ctx, w.Member)
	stored := link.Source == connector.LinkStored
	switch {
	case err != nil:
		l.err, w.trust = err, trustWaits // unknown is not absent
		w.Member = cmp.Or(w.place, w.Member)
		return true
	case account.Reason == "":
		w.asked = true
		if stored {
			l.back[w.User.ID] = link.Member
		}
		return false
	case stored && account.Reason == connector.ReasonNoAccount:
		w.Member, w.Reason = "", ""
	default:
		w.Member, w.Reason = "", account.Reason
	}
	return true
}

// stay lets somebody whose other account is of no use stand by the one by which they
// have their place here, as long as that is fit. That is this Group's, and no answer that
// others go by. A link that was taken back has nobody stay by it.
func (l *linker) stay(ctx context.Context, w *Wanted) {
	link, known := l.known[w.User.ID].Links[l.platform]
	other := link.Member != "" && link.Member != w.place
	if w.Member != "" || w.place == "" || !known || !other && !w.stays {
		return
	}
	account, err := l.account(ctx, w.place)
	switch {
	case err != nil:
		l.err = err
		w.Member, w.trust = w.place, trustWaits
	case account.Reason == "":
		w.Member, w.asked = w.place, true
	}
}

// account is accountOf, once in a round.
func (l *linker) account(ctx context.Context, member connector.MemberID) (connector.Account, error) {
	account, known := l.asked[member]
	if known {
		return account, nil
	}
	account, err := accountOf(ctx, l.accounts, member)
	if err == nil {
		l.asked[member] = account
	}
	return account, err
}

// accountOf answers for one Member; an account that is gone is an answer too.
func accountOf(ctx context.Context, accounts connector.Accounts, member connector.MemberID) (connector.Account, error) {
	account, err := accounts.Account(ctx, member)
	if errors.Is(err, connector.ErrNotFound) {
		return connector.Account{Reason: connector.ReasonNoAccount}, nil
	}
	if err != nil {
		return account, fmt.Errorf("check account: %w", err)
	}
	return account, nil
}

// forget takes back a link whose account is no longer fit; it is looked up
// again after a while. What somebody stored by hand is theirs to take back: it is
// only noted that the account is gone.
func (r *Resolver) forget(ctx context.Context, platform connector.PlatformID, w Wanted, reason connector.PendingReason) error {
	known, err := r.People.People(ctx, []connector.UserID{w.User.ID})
	if err != nil {
		return fmt.Errorf("read people: %w", err)
	}
	l := linker{platform: platform, now: r.Clock(), known: known}
	link := known[w.User.ID].Links[platform]
	if link.Source == connector.LinkStored {
		return r.markGone(ctx, platform, map[connector.UserID]connector.MemberID{w.User.ID: link.Member}, true)
	}
	if link.Source == connector.LinkCRM && link.Told == "" {
		link.Told = link.Member
	}
	link.Member, link.Reason, link.At = "", reason, r.Clock()
	if reason == connector.ReasonNoAccount {
		link.GoneAt = link.At
	}
	l.remember(w, link)
	if err := r.People.SavePeople(ctx, l.changed); err != nil {
		return fmt.Errorf("remember people: %w", err)
	}
	return nil
}
