package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"roomkeeper/connector"
)

// lookupAgain is how old a look-up that found nobody must be to be repeated.
const lookupAgain = 5 * time.Minute

// Resolver turns a Record and its Related Team into the people who should be
// in its channel.
type Resolver struct {
	CRM       connector.CRM
	People    connector.People
	Platforms map[connector.PlatformID]connector.ChatPlatform
	// Ignore names machines: users who are never wanted.
	Ignore map[connector.UserID]bool
	Clock  func() time.Time
}

// Read reads Record and team, both or an error.
func (r *Resolver) Read(ctx context.Context, key connector.RecordKey) (connector.RecordTeam, error) {
	record, err := r.CRM.Records.Record(ctx, key)
	if err != nil {
		return connector.RecordTeam{}, fmt.Errorf("read record: %w", err)
	}
	team, err := r.CRM.Teams.Team(ctx, key)
	if err != nil {
		return connector.RecordTeam{}, fmt.Errorf("read team: %w", err)
	}
	return connector.RecordTeam{Record: record, Team: team}, nil
}

// Desired reads a Record and resolves its people, for questions that need a
// fresh answer.
func (r *Resolver) Desired(ctx context.Context, platform connector.PlatformID, key connector.RecordKey) (connector.Record, Desired, error) {
	read, err := r.Read(ctx, key)
	if err != nil {
		return connector.Record{}, Desired{}, err
	}
	want, err := r.Resolve(ctx, platform, read)
	return read.Record, want, err
}

// Resolve finds the people of one reading. An error that leaves Desired
// usable is a *PartialError: people without an answer yet are in it with
// the reason rate_wait, and the run should come back.
func (r *Resolver) Resolve(ctx context.Context, platform connector.PlatformID, read connector.RecordTeam) (Desired, error) {
	paths := pathsOf(read)
	users, err := r.CRM.Users.UsersByID(ctx, paths.order)
	if err != nil {
		return Desired{}, fmt.Errorf("read users: %w", err)
	}
	want := Desired{
		Inactive:   map[connector.UserID]bool{},
		Unknown:    map[connector.UserID]bool{},
		Unresolved: paths.unresolved,
	}
	for _, id := range paths.order {
		user, known := users[id]
		switch {
		case r.Ignore[id], user.External:
		case !known:
			want.Unknown[id] = true
		case !user.Active:
			want.Inactive[id] = true
		default:
			want.Wanted = append(want.Wanted, Wanted{User: user, Why: paths.of[id]})
		}
	}
	return want, r.link(ctx, platform, &want)
}

// PartialError says that some people could not be looked up yet.
type PartialError struct{ Err error }

func (e *PartialError) Error() string { return "people not looked up yet: " + e.Err.Error() }

// Unwrap returns what stopped the look-ups.
func (e *PartialError) Unwrap() error { return e.Err }

// paths are the ways from one Record to its users.
type paths struct {
	order      []connector.UserID
	of         map[connector.UserID][]connector.Path
	unresolved int
}

func pathsOf(read connector.RecordTeam) paths {
	p := paths{of: map[connector.UserID][]connector.Path{}}
	external := map[string]bool{}
	for _, e := range read.Team.Entries {
		if e.Principal.Type == connector.PrincipalExternal {
			external[e.Principal.ID] = true
		}
	}
	add := func(id string, path connector.Path) {
		if external[id] || id == "" {
			return
		}
		user := connector.UserID(id)
		if _, seen := p.of[user]; !seen {
			p.order = append(p.order, user)
		}
		if !slices.Contains(p.of[user], path) {
			p.of[user] = append(p.of[user], path)
		}
	}
	if read.Record.Owner.Type == connector.PrincipalUser {
		add(read.Record.Owner.ID, connector.Path{Via: connector.ViaOwner, ID: read.Record.Owner.ID, Name: read.Record.Owner.Name})
	}
	for _, e := range read.Team.Entries {
		switch e.Principal.Type {
		case connector.PrincipalUser:
			add(e.Principal.ID, connector.Path{Via: viaTeam(read.Record.Key.Kind), ID: e.Principal.ID, Name: e.Role})
		case connector.PrincipalExternal:
		case connector.PrincipalDepartment, connector.PrincipalRole, connector.PrincipalUserGroup,
			connector.PrincipalQueue, connector.PrincipalTerritory:
			p.unresolved++
		default:
			p.unresolved++
		}
	}
	return p
}

// viaTeam is how people on the team of a kind's Records got there.
func viaTeam(kind connector.Kind) connector.Via {
	if kind == connector.KindAccountPool || kind == connector.KindLeadPool {
		return connector.ViaPool
	}
	return connector.ViaTeam
}

// link finds the Member of everybody wanted: a stored link, else what the CRM
// says, else a look-up by e-mail. Answers are remembered.
func (r *Resolver) link(ctx context.Context, platform connector.PlatformID, want *Desired) error {
	ids := make([]connector.UserID, len(want.Wanted))
	for i, w := range want.Wanted {
		ids[i] = w.User.ID
	}
	known, err := r.People.People(ctx, ids)
	if err != nil {
		return fmt.Errorf("read people: %w", err)
	}
	l := linker{directory: r.Platforms[platform].Directory, platform: platform, now: r.Clock(), known: known}
	for i := range want.Wanted {
		l.fromMemory(&want.Wanted[i])
	}
	l.fromCRM(ctx, want.Wanted)
	l.byEmail(ctx, want.Wanted)
	if len(l.changed) > 0 {
		if err := r.People.SavePeople(ctx, l.changed); err != nil {
			return fmt.Errorf("remember people: %w", err)
		}
	}
	if l.err != nil {
		return &PartialError{Err: l.err}
	}
	return nil
}

// linker is one round of linking.
type linker struct {
	directory connector.Directory
	platform  connector.PlatformID
	now       time.Time
	known     map[connector.UserID]connector.Person
	changed   []connector.Person
	err       error
}

// fromMemory uses a link that still stands for what the CRM says now.
func (l *linker) fromMemory(w *Wanted) {
	link, ok := l.known[w.User.ID].Links[l.platform]
	if !ok {
		return
	}
	if link.Member == "" && l.now.Sub(link.At) >= lookupAgain {
		return
	}
	switch link.Source {
	case connector.LinkStored:
	case connector.LinkCRM:
		if w.User.Links[l.platform] == "" || (link.Member != "" && w.User.Links[l.platform] != link.Member) {
			return
		}
	case connector.LinkEmail:
		if w.User.Links[l.platform] != "" || link.Email != address(w.User.Email) {
			return
		}
	}
	w.Member, w.Reason = link.Member, link.Reason
	l.remember(*w, link)
}

// fromCRM checks the accounts that the CRM names.
func (l *linker) fromCRM(ctx context.Context, wanted []Wanted) {
	for i := range wanted {
		w := &wanted[i]
		member := w.User.Links[l.platform]
		if w.Member != "" || w.Reason != "" || member == "" {
			continue
		}
		if l.directory == nil {
			l.settle(w, connector.Account{Member: member}, connector.LinkCRM)
			continue
		}
		if l.err != nil {
			l.keep(w)
			continue
		}
		account, err := l.directory.Account(ctx, member)
		if errors.Is(err, connector.ErrNotFound) {
			account, err = connector.Account{Reason: connector.ReasonNoAccount}, nil
		}
		if err != nil {
			l.err = fmt.Errorf("check account: %w", err)
			l.keep(w)
			continue
		}
		l.settle(w, account, connector.LinkCRM)
	}
}

// byEmail looks up whoever is left.
func (l *linker) byEmail(ctx context.Context, wanted []Wanted) {
	var emails []string
	for i := range wanted {
		w := &wanted[i]
		email := address(w.User.Email)
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
		if account, ok := answers[address(w.User.Email)]; ok {
			l.settle(w, account, connector.LinkEmail)
		} else {
			l.keep(w)
		}
	}
}

// keep leaves somebody who could not be looked up as they were: unknown is
// not absent.
func (l *linker) keep(w *Wanted) {
	if w.Member = l.known[w.User.ID].Links[l.platform].Member; w.Member == "" {
		w.Reason = connector.ReasonRateWait
	}
}

func (l *linker) settle(w *Wanted, account connector.Account, source connector.LinkSource) {
	w.Member, w.Reason = account.Member, account.Reason
	if w.Reason != "" {
		w.Member = ""
	}
	l.remember(*w, connector.Link{Member: w.Member, Reason: w.Reason, Source: source, Email: address(w.User.Email), At: l.now})
}

// remember stores the person when something about them is new.
func (l *linker) remember(w Wanted, link connector.Link) {
	before, known := l.known[w.User.ID]
	if known && before.Links[l.platform] == link && sameUser(before.User, w.User) {
		return
	}
	links := map[connector.PlatformID]connector.Link{l.platform: link}
	for platform, other := range before.Links {
		if platform != l.platform {
			links[platform] = other
		}
	}
	l.changed = append(l.changed, connector.Person{User: w.User, Links: links, ReadAt: l.now})
}

// forget takes back a link whose account is no longer fit; it is looked up
// again after a while. What somebody stored by hand is theirs to take back.
func (r *Resolver) forget(ctx context.Context, platform connector.PlatformID, w Wanted, reason connector.PendingReason) error {
	known, err := r.People.People(ctx, []connector.UserID{w.User.ID})
	if err != nil {
		return fmt.Errorf("read people: %w", err)
	}
	l := linker{platform: platform, now: r.Clock(), known: known}
	link := known[w.User.ID].Links[platform]
	if link.Source == connector.LinkStored {
		return nil
	}
	link.Member, link.Reason, link.At = "", reason, r.Clock()
	l.remember(w, link)
	if err := r.People.SavePeople(ctx, l.changed); err != nil {
		return fmt.Errorf("remember people: %w", err)
	}
	return nil
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

// address is an e-mail address as look-ups compare it.
func address(email string) string { return strings.ToLower(strings.TrimSpace(email)) }
