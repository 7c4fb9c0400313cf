package model_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"roomkeeper/connector"
)

// past is what happened outside of Roomkeeper, and what it was told.
type past struct {
	records map[connector.RecordKey]connector.RecordTeam
	dropped map[connector.RecordKey]bool
	// hidden Records the CRM does not let us see.
	hidden map[connector.RecordKey]bool
	// earlier are answers that the CRM gave once; old says whose it gives again.
	earlier map[connector.RecordKey][]connector.RecordTeam
	old     map[connector.RecordKey]*connector.RecordTeam
	// staff are those behind each principal; missing ones the CRM does not know, of
	// refusing ones it does not tell.
	staff             map[string][]connector.UserID
	missing, refusing map[string]bool
	users             map[connector.UserID]connector.User
	gone              map[connector.UserID]bool
	// accounts says why an account cannot be invited, "" for one that can.
	accounts map[connector.MemberID]connector.PendingReason
	// byHand is whom somebody linked a user with.
	byHand map[connector.UserID]connector.MemberID
	// linked are the Members that Roomkeeper ever took a user for.
	linked map[connector.UserID]map[connector.MemberID]bool
	// doubtful Members had an account that was of no use for a while, or users who
	// were linked with them changed: what became of them meanwhile depends on
	// whether anybody looked.
	doubtful map[connector.MemberID]bool
	// lapsed are accounts that were of no use for a while.
	lapsed map[connector.MemberID]bool
	// misled are users whom the CRM ever gave an account that was of no use.
	misled map[connector.UserID]bool
	// confirmed are the people whose going somebody confirmed.
	confirmed map[connector.GroupID][]connector.MemberID
	// readded is the owner who was added again in this ownership.
	readded map[connector.GroupID]connector.UserID
	// applied is the newest answer of the CRM's that a run went by.
	applied map[connector.GroupID]connector.Version
	// offSince is since when Roomkeeper knows that somebody in a channel should not be.
	offSince map[connector.GroupID]map[connector.MemberID]time.Time
	// kicked is when somebody was last put out of a channel as nobody wanted them.
	kicked map[connector.GroupID]map[connector.MemberID]time.Time
	// outOfSight: the bot was put out once, and perhaps nobody told that it is back.
	outOfSight map[connector.RecordKey]bool
	// kept are those whose going somebody dismissed, until they were seen to be out:
	// they stay whatever REMOVE says.
	kept map[connector.GroupID]map[connector.MemberID]bool
	// reconfigured: the configuration changed since the last full Sweep, which looks
	// at every Group then.
	reconfigured bool
}

func newPast() past {
	return past{
		records: map[connector.RecordKey]connector.RecordTeam{}, dropped: map[connector.RecordKey]bool{}, hidden: map[connector.RecordKey]bool{},
		earlier: map[connector.RecordKey][]connector.RecordTeam{}, old: map[connector.RecordKey]*connector.RecordTeam{},
		staff: map[string][]connector.UserID{}, missing: map[string]bool{}, refusing: map[string]bool{},
		users: map[connector.UserID]connector.User{}, gone: map[connector.UserID]bool{},
		byHand:   map[connector.UserID]connector.MemberID{},
		linked:   map[connector.UserID]map[connector.MemberID]bool{},
		accounts: map[connector.MemberID]connector.PendingReason{}, doubtful: map[connector.MemberID]bool{},
		misled:    map[connector.UserID]bool{},
		lapsed:    map[connector.MemberID]bool{},
		confirmed: map[connector.GroupID][]connector.MemberID{}, readded: map[connector.GroupID]connector.UserID{},
		applied:    map[connector.GroupID]connector.Version{},
		offSince:   map[connector.GroupID]map[connector.MemberID]time.Time{},
		kicked:     map[connector.GroupID]map[connector.MemberID]time.Time{},
		outOfSight: map[connector.RecordKey]bool{},
		kept:       map[connector.GroupID]map[connector.MemberID]bool{},
	}
}

// stale is the older answer that the CRM gives about a Record, nil for the true one.
func (p *past) stale(key connector.RecordKey) *connector.RecordTeam { return p.old[key] }

// fit reports whether an account can be invited.
func (p *past) fit(m connector.MemberID) bool {
	reason, exists := p.accounts[m]
	return exists && reason == ""
}

// now is what the CRM says of a Record.
func (p *past) now(key connector.RecordKey) said {
	s := said{record: p.records[key].Record, users: map[connector.UserID]connector.User{}}
	if _, is := s.itself(); !is {
		s.team = p.records[key].Team
	}
	for id, user := range p.users {
		if !p.gone[id] {
			s.users[id] = user
		}
	}
	return s
}

// now is what the CRM says of a Record, with who is behind whom.
func (w *world) now(key connector.RecordKey) said {
	s := w.past.now(key)
	s.types, s.behind, s.before = w.types, map[connector.PrincipalKey]heard{}, w.group(key).Memberships
	for _, p := range s.resolved() {
		s.behind[p.Key()] = w.past.behind(p.Key())
	}
	return s
}

// saying is now in words.
func (p *past) saying(key connector.RecordKey) string {
	if p.dropped[key] {
		return "there is no such record"
	}
	if p.hidden[key] {
		return "we may not see it"
	}
	s := p.now(key)
	words := []string{fmt.Sprintf("owner %s %s", s.record.Owner.Type, s.record.Owner.ID)}
	for _, e := range s.team.Entries {
		words = append(words, fmt.Sprintf("%s %s (%s)", e.Principal.Type, e.Principal.ID, e.Role))
	}
	for _, id := range slices.Sorted(maps.Keys(p.users)) {
		user := p.users[id]
		words = append(words, fmt.Sprintf("\n      %s gone=%t active=%t external=%t %s %v by hand %q", id, p.gone[id], user.Active, user.External, user.Email, user.Links, p.byHand[id]))
	}
	for _, m := range slices.Sorted(maps.Keys(p.accounts)) {
		if reason := p.accounts[m]; reason != "" {
			words = append(words, fmt.Sprintf("\n      account %s: %s", m, reason))
		}
	}
	return strings.Join(words, ", ") + p.staffing()
}

// put stores a Record, and remembers what was said before.
func (w *world) put(key connector.RecordKey, change func(*connector.RecordTeam)) {
	if before, known := w.past.records[key]; known {
		w.past.earlier[key] = append(w.past.earlier[key], before)
	}
	rt := w.past.records[key]
	rt.Record.Key = key
	rt.Team.Entries = slices.Clone(rt.Team.Entries)
	change(&rt)
	w.crm.Put(rt.Record)
	w.crm.SetTeam(key, rt.Team.Entries...)
	// The CRM counts the versions of a team.
	last, _ := strconv.Atoi(string(w.past.records[key].Team.Version))
	rt.Team.Version = connector.Version(strconv.Itoa(last + 1))
	rt.Record.TeamVersion, rt.Record.ModifiedAt = rt.Team.Version, w.clock.Now()
	w.past.records[key] = rt
}

func (w *world) putUser(user connector.User) {
	if before, known := w.past.users[user.ID]; known && w.address(before) != w.address(user) {
		w.past.doubtful[w.address(before)], w.past.doubtful[w.address(user)] = true, true
	}
	w.past.users[user.ID] = user
	w.crm.PutUser(user)
}

func (w *world) setAccount(email string, reason connector.PendingReason) connector.MemberID {
	m := w.chat.SetAccount(email, reason)
	if _, known := w.past.accounts[m]; known {
		w.past.doubtful[m] = true
	}
	w.past.lapsed[m] = w.past.lapsed[m] || reason != ""
	w.past.accounts[m] = reason
	return m
}

// noteLinks notes whom Roomkeeper takes its users for, by what it stored.
func (w *world) noteLinks(g connector.Group) {
	w.Helper()
	for u, user := range w.past.users {
		w.past.misled[u] = w.past.misled[u] || !w.past.fit(w.address(user))
	}
	known, err := w.raw.People.People(w.ctx(), w.users())
	w.ok(err)
	for u, person := range known {
		w.past.link(u, person.Links[w.id].Member)
	}
	for _, row := range g.Memberships {
		w.past.link(row.User, row.Member)
	}
}

func (p *past) link(u connector.UserID, m connector.MemberID) {
	if u == "" || m == "" {
		return
	}
	if p.linked[u] == nil {
		p.linked[u] = map[connector.MemberID]bool{}
	}
	p.linked[u][m] = true
}
