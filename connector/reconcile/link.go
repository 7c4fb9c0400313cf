package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"roomkeeper/connector"
)

// How old an answer must be to be asked for again: one that found nobody as soon as it
// is needed, one that found somebody before they are added by it.
const (
	lookupAgain  = 5 * time.Minute
	accountAgain = 24 * time.Hour
)

// link finds the Member of everybody wanted: a stored link, else what the CRM
// says, else a look-up by e-mail. Answers are remembered.
func (r *Resolver) link(ctx context.Context, platform connector.PlatformID, want *Desired) error {
	return r.linkAfter(ctx, platform, want, lookupAgain)
}

// linkAnew is link with no regard to look-ups that found nobody.
func (r *Resolver) linkAnew(ctx context.Context, platform connector.PlatformID, want *Desired) error {
	return r.linkAfter(ctx, platform, want, 0)
}

func (r *Resolver) linkAfter(ctx context.Context, platform connector.PlatformID, want *Desired, again time.Duration) error {
	l, err := r.linker(ctx, platform, want.Wanted)
	if err != nil {
		return err
	}
	l.again = again
	for i := range want.Wanted {
		l.fromMemory(ctx, &want.Wanted[i])
	}
	return r.linkRest(ctx, l, want.Wanted)
}

// linkDue asks again for people whose answer is due. Where there is none now, the one
// of before stays, and they wait.
func (r *Resolver) linkDue(ctx context.Context, platform connector.PlatformID, due []Wanted) error {
	l, err := r.linker(ctx, platform, due)
	if err != nil {
		return err
	}
	for i := range due {
		l.anew(ctx, &due[i])
	}
	return r.linkRest(ctx, l, due)
}

func (r *Resolver) linker(ctx context.Context, platform connector.PlatformID, wanted []Wanted) (*linker, error) {
	ids := make([]connector.UserID, len(wanted))
	for i, w := range wanted {
		ids[i] = w.User.ID
	}
	known, err := r.People.People(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	return &linker{
		accounts: r.Platforms[platform].Accounts, directory: r.Platforms[platform].Directory, platform: platform,
		now: r.Clock(), known: known, asked: map[connector.MemberID]connector.Account{},
		back: map[connector.UserID]connector.MemberID{}, left: map[connector.UserID]connector.MemberID{},
	}, nil
}

// linkRest asks for whoever is left, and stores what was found out.
func (r *Resolver) linkRest(ctx context.Context, l *linker, wanted []Wanted) error {
	l.fromCRM(ctx, wanted)
	l.byEmail(ctx, wanted)
	for i := range wanted {
		l.stay(ctx, &wanted[i])
		wanted[i].goneAt = l.known[wanted[i].User.ID].Links[l.platform].GoneAt
	}
	if len(l.changed) > 0 {
		if err := r.People.SavePeople(ctx, l.changed); err != nil {
			return fmt.Errorf("remember people: %w", err)
		}
	}
	if err := r.markGone(ctx, l.platform, l.back, false); err != nil {
		return err
	}
	if err := r.markGone(ctx, l.platform, l.left, true); err != nil {
		return err
	}
	if l.err != nil {
		return &PartialError{Err: l.err}
	}
	return nil
}

// linker is one round of linking.
type linker struct {
	accounts  connector.Accounts
	directory connector.Directory
	platform  connector.PlatformID
	now       time.Time
	// asked are the accounts that were asked for in this round.
	asked map[connector.MemberID]connector.Account
	// again is how old a look-up that found nobody must be to be repeated.
	again   time.Duration
	known   map[connector.UserID]connector.Person
	changed []connector.Person
	// back are users whose stored link is good, and left those whose is not, as the
	// platform said just now.
	back, left map[connector.UserID]connector.MemberID
	err        error
}

// fromMemory uses a link that still stands for what the CRM says now.
func (l *linker) fromMemory(ctx context.Context, w *Wanted) {
	link, ok := l.known[w.User.ID].Links[l.platform]
	if !ok {
		return
	}
	if (link.Reason != "" || instead(link)) && l.now.Sub(link.At) >= l.again {
		return
	}
	switch link.Source {
	case connector.LinkStored:
	case connector.LinkCRM:
		if told := w.User.Links[l.platform]; told == "" || told != cmp.Or(link.Told, link.Member) {
			return
		}
		if instead(link) && link.Email != connector.Address(w.User.Email) {
			return
		}
	case connector.LinkEmail:
		if w.User.Links[l.platform] != "" || link.Email != connector.Address(w.User.Email) {
			return
		}
	}
	w.Member, w.Reason = link.Member, link.Reason
	if link.Gone {
		if link.Gone = l.gone(ctx, w, link); !link.Gone {
			answered(&link, l.now)
		}
	}
	if !link.Gone && l.due(link) {
		w.trust = trustDue
	}
	l.remember(*w, link)
}

// instead reports whether somebody was found by e-mail because the account that the CRM
// names is gone.
func instead(link connector.Link) bool {
	return link.Source == connector.LinkCRM && link.Reason == "" && link.Told != "" && link.Member != link.Told
}

// due reports whether somebody is asked for before they are added by a link. What was
// stored by hand is no answer of the platform: it has no age, and was asked for when it
// was stored, except what a file says.
func (l *linker) due(link connector.Link) bool {
	if link.Source == connector.LinkStored {
		return link.By == connector.ByFile && !link.Checked
	}
	return l.now.Sub(link.At) >= accountAgain
}

// anew forgets for this round what is known of somebody, unless it is known anew. A
// link that was stored by hand is asked for.
func (l *linker) anew(ctx context.Context, w *Wanted) {
	link, ok := l.known[w.User.ID].Links[l.platform]
	due := w.trust == trustAfresh || l.due(link)
	w.Member, w.Reason, w.trust = "", "", ""
	if !ok || due && link.Source != connector.LinkStored {
		return
	}
	w.Member, w.Reason = link.Member, link.Reason
	if due && l.gone(ctx, w, link) && w.trust != trustWaits {
		l.left[w.User.ID] = link.Member
	}
}

// fromCRM checks the accounts that the CRM names. Whose is gone may have another one.
func (l *linker) fromCRM(ctx context.Context, wanted []Wanted) {
	for i := range wanted {
		w := &wanted[i]
		member := w.User.Links[l.platform]
		if w.Member != "" || w.Reason != "" || member == "" {
			continue
		}
		if l.err != nil {
			l.keep(w)
			continue
		}
		account, err := l.account(ctx, member)
		if err != nil {
			l.err = err
			l.keep(w)
			continue
		}
		if account.Reason == connector.ReasonNoAccount && l.directory != nil && connector.Address(w.User.Email) != "" {
			continue
		}
		l.settle(ctx, w, account, connector.LinkCRM)
	}
}

// byEmail looks up whoever is left. What the CRM named was asked for before.
func (l *linker) byEmail(ctx context.Context, wanted []Wanted) {
	var emails []string
	for i := range wanted {
		w := &wanted[i]
		email := connector.Address(w.User.Email)
		switch {
		case w.Member != "" || w.Reason != "":
		case email == "" || l.directory == nil:
			w.Reason = connector.ReasonNoAccount
		case !slices.Contains(emails, email):
			emails = append(emails, email)
		}
	}
	if len(emails) == 0 {
		return
	}
	answers, err := l.directory.Lookup(ctx, emails)
	if err != nil {
		l.err = fmt.Errorf("look up people: %w", err)
	}
	for i := range wanted {
		w := &wanted[i]
		if w.Member != "" || w.Reason != "" {
			continue
		}
		if account, ok := answers[connector.Address(w.User.Email)]; ok {
			source := connector.LinkEmail
			if w.User.Links[l.platform] != "" {
				source = connector.LinkCRM
			}
			l.settle(ctx, w, account, source)
		} else {
			l.keep(w)
		}
	}
}

// keep leaves somebody who could not be looked up as they were: unknown is
// not absent. Nobody is added by what was not asked for.
func (l *linker) keep(w *Wanted) {
	w.trust = trustWaits
	if w.Member = cmp.Or(w.place, l.known[w.User.ID].Links[l.platform].Member); w.Member == "" {
		w.Reason = connector.ReasonRateWait
	}
}

// settle takes over what was found. Where that is nobody, the Member of before
// stands as long as the account does: a new address alone is no reason to leave.
func (l *linker) settle(ctx context.Context, w *Wanted, account connector.Account, source connector.LinkSource) {
	w.Member, w.Reason, w.trust, w.asked = account.Member, account.Reason, "", true
	if w.Reason != "" {
		w.Member = ""
	}
	if before := l.known[w.User.ID].Links[l.platform].Member; w.Member == "" && before != "" {
		if l.err != nil {
			l.keep(w)
			return
		}
		old, err := l.account(ctx, before)
		if err != nil {
			l.err = err
			l.keep(w)
			return
		}
		w.Member = old.Member
	}
	link := connector.Link{Member: w.Member, Reason: w.Reason, Source: source, Email: connector.Address(w.User.Email), At: l.now}
	if source == connector.LinkCRM {
		link.Told = w.User.Links[l.platform]
	}
	l.remember(*w, link)
}

// remember stores how somebody is linked when that is new.
func (l *linker) remember(w Wanted, link connector.Link) {
	before, known := l.known[w.User.ID]
	if link.GoneAt.IsZero() {
		link.GoneAt = before.Links[l.platform].GoneAt
	}
	if known && before.Links[l.platform] == link {
		return
	}
	user, otherwise := w.User, false
	if known {
		// What is new of the User concerns their other Groups too: a Sweep that finds
		// it there queues them, and stores it.
		user, otherwise = before.User, before.SeenOtherwise || !sameUser(w.User, before.User)
	}
	links := map[connector.PlatformID]connector.Link{l.platform: link}
	l.changed = append(l.changed, connector.Person{User: user, Links: links, SeenOtherwise: otherwise, ReadAt: l.now})
}

func sameUser(a, b connector.User) bool {
	if a.ID != b.ID || a.Name != b.Name || a.Email != b.Email || a.Active != b.Active || a.External != b.External || len(a.Links) != len(b.Links) {
		return false
	}
	for platform, member := range a.Links {
		if b.Links[platform] != member {
			return false
		}
	}
	return true
}
