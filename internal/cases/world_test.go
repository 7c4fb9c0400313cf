// Package cases_test plays every case of membership and names once, on both
// platforms and over both stores, through the real adapters and the sandboxes.
package cases_test

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/assistant"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

// world is a CRM, a sandbox and a store, with Roomkeeper between them. The test
// itself takes the jobs.
type world struct {
	*testing.T
	side
	clock  *connectortest.EngineClock
	crm    *connectortest.MemoryCRM
	engine connector.Engine
	policy connector.Policy
	types  map[connector.PrincipalType]bool
	people map[string]connector.MemberID
	// room is the channel that people made, if they did.
	room   connector.ChannelID
	due    []time.Time
	events int
	// ignore are IGNORE_USERS; unused: KINDS names the kind no more.
	ignore map[connector.UserID]bool
	unused bool
	// heard is what was told, and to whom.
	heard []string
	drift *reconcile.Drift
	// expander is shared by all runs, as in a service.
	expander *reconcile.Expander
	// subject is the Record that is looked at, if not North itself, others are those
	// beside it; shared is what was told of several Groups at once.
	subject connector.RecordKey
	others  []connector.RecordKey
	shared  map[string]bool
	// kinds are further kinds in use; limit is GLOBAL_REMOVAL_LIMIT.
	kinds connector.Policies
	limit reconcile.Limit
}

const driftMaxAge = 24 * time.Hour

// north is the Record: an account, unless the policy of the case is of another kind.
func (w *world) north() connector.RecordKey {
	if w.subject != (connector.RecordKey{}) {
		return w.subject
	}
	return connector.RecordKey{CRM: "crm", Kind: w.policy.Kind, ID: "north"}
}

// newWorld has six people in the CRM with accounts, and gus with an account alone.
func newWorld(t *testing.T, sideOf func(*testing.T, connector.Limiter, func() time.Time) side, engine connector.Engine, clock *connectortest.EngineClock) *world {
	t.Helper()
	w := &world{T: t, clock: clock, engine: engine, people: map[string]connector.MemberID{}, types: map[connector.PrincipalType]bool{}}
	w.shared, w.limit = map[string]bool{}, reconcile.Limit{Share: 0.05, People: 20}
	w.side = sideOf(t, engine.Limiter, clock.Now)
	t.Cleanup(w.close)
	w.engine.Queue, w.engine.Inbox = tapedQueue{engine.Queue, w}, tapedInbox{engine.Inbox, w}
	w.crm = connectortest.NewMemoryCRM("crm", clock.Now)
	w.policy = connector.Policy{
		Kind: connector.KindAccount, NameTemplate: "{name}", Private: true, Leavers: connector.LeaversRespect,
		Extras: connector.ExtrasKeep, Remove: connector.RemoveOwned, RemovalShare: 0.5, RemovalPeople: 1,
	}
	for _, name := range []string{"ann", "bob", "cid", "dan", "eve", "fay"} {
		w.people[name] = w.person(name)
		w.putUser(name, func(*connector.User) {})
	}
	w.people["gus"] = w.person("gus")
	w.expander = &reconcile.Expander{CRM: w.crm.Port().Principals, Marks: w.engine.Marks, Clock: w.clock.Now}
	return w
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// putUser stores somebody in the CRM, where Discord's accounts are linked.
func (w *world) putUser(name string, change func(*connector.User)) {
	u := connector.User{ID: connector.UserID(name), Name: name, Email: name + "@example.com", Active: true}
	if w.platform.Directory == nil {
		u.Links = map[connector.PlatformID]connector.MemberID{w.platform.ID: w.people[name]}
	}
	change(&u)
	w.crm.PutUser(u)
}

func (w *world) record(name, owner string) {
	w.crm.Put(connector.Record{Key: w.north(), Name: name, Owner: connector.Principal{Type: connector.PrincipalUser, ID: owner}})
}

// team sets the Related Team. An entry is "ann", or "type:id" of another principal than
// a user; "+" behind it is with what is below, "/role" another role than member.
func (w *world) team(entries ...string) {
	var team []connector.Entry
	for _, e := range entries {
		named, role, _ := strings.Cut(e, "/")
		team = append(team, connector.Entry{Principal: principal(named), Role: cmp.Or(role, "member")})
	}
	w.crm.SetTeam(w.north(), team...)
}

func principal(named string) connector.Principal {
	named, below := strings.CutSuffix(named, "+")
	kind, id, other := strings.Cut(named, ":")
	if !other {
		kind, id = string(connector.PrincipalUser), named
	}
	return connector.Principal{Type: connector.PrincipalType(kind), ID: id, IncludeSub: below}
}

// hook sends an event of the CRM about the Record.
func (w *world) hook(t connector.EventType) {
	w.Helper()
	w.events++
	w.ok(w.acceptor().Accept(w.Context(), []connector.Event{{
		ID: fmt.Sprint("event-", w.events), Type: t, Record: w.north(), At: w.clock.Now(),
	}}))
}

// told sends an event of the chat's.
func (w *world) told(t connector.ChatEventType, who string) {
	w.Helper()
	w.events++
	e := connector.ChatEvent{ID: fmt.Sprint("chat-", w.events), Type: t, Platform: w.platform.ID, Member: w.people[who], At: w.clock.Now()}
	if t != connector.ChatPersonArrived && t != connector.ChatPersonLeft {
		e.Channel = w.group().Channel.ID
	}
	w.ok(w.acceptor().AcceptChat(w.Context(), e))
}

// newTeam, joins and leaves are an edit or act with its event.
func (w *world) newTeam(entries ...string) {
	w.Helper()
	w.team(entries...)
	w.hook(connector.EventTeamChanged)
}

func (w *world) newRecord(name, owner string) {
	w.Helper()
	w.record(name, owner)
	w.hook(connector.EventRecordUpdated)
}

func (w *world) joins(who string) {
	w.Helper()
	w.enter(w.group().Channel.ID, w.people[who])
	w.told(connector.ChatMemberJoined, who)
}

func (w *world) leaves(who ...string) {
	w.Helper()
	for _, name := range who {
		w.leave(w.group().Channel.ID, w.people[name])
	}
	for _, name := range who {
		w.told(connector.ChatMemberLeft, name)
	}
}

func (w *world) group() connector.Group {
	w.Helper()
	g, err := w.engine.Groups.Group(w.Context(), connector.GroupIDOf(w.platform.ID, w.north()))
	w.ok(err)
	return g
}

func (w *world) decide(decide func(context.Context, connector.GroupID, connector.PlanID) error) {
	w.Helper()
	g := w.group()
	if g.Held == nil {
		w.Fatal("nothing is held")
	}
	w.ok(decide(w.Context(), g.ID, g.Held.Plan.ID))
}

func (w *world) policies() connector.Policies {
	if w.unused {
		return nil
	}
	return append(connector.Policies{w.policy}, w.kinds...)
}

func (w *world) platforms() map[connector.PlatformID]connector.ChatPlatform {
	return map[connector.PlatformID]connector.ChatPlatform{w.platform.ID: w.platform}
}

func (w *world) resolver() *reconcile.Resolver {
	return &reconcile.Resolver{
		CRM: w.crm.Port(), People: w.engine.People, Platforms: w.platforms(), Policies: w.policies(), Types: w.types,
		Ignore: w.ignore, Expander: w.expander, Clock: w.clock.Now,
	}
}

func (w *world) recoverer() *reconcile.Recoverer {
	return &reconcile.Recoverer{
		Engine: w.engine, CRM: "crm", Policies: w.policies(), Platforms: w.platforms(), Details: w.details(),
		Clock: w.clock.Now, Logger: slog.New(slog.DiscardHandler),
	}
}

func (w *world) details() *assistant.Details {
	return &assistant.Details{
		Poster: &assistant.Poster{Engine: w.engine, Clock: w.clock.Now}, Platforms: w.platforms(), Policies: w.policies(),
	}
}

func (w *world) planner() *reconcile.Planner {
	return &reconcile.Planner{Reconciler: reconcile.New(reconcile.Options{
		Engine: w.engine, CRM: w.crm.Port(), Platforms: w.platforms(), Policies: w.policies(), Resolver: w.resolver(),
		Details: w.details(), Recovery: w.recoverer(), Setup: w.setup(), DriftMaxAge: driftMaxAge, Clock: w.clock.Now,
		Logger: slog.New(slog.DiscardHandler), Observe: func(connector.Outcome, connector.Reason) {},
	})}
}

func (w *world) sweeper() *reconcile.Sweeper {
	return &reconcile.Sweeper{
		Engine: w.engine, CRM: w.crm.Port(), Policies: w.policies(), Platforms: []connector.PlatformID{w.platform.ID},
		Setup: w.setup(), Expander: w.expander, Limit: w.limit,
		Clock: w.clock.Now, Logger: slog.New(slog.DiscardHandler), Nudge: func() {}, Due: func() {},
	}
}

// sweep makes a full Sweep.
func (w *world) sweep() {
	w.Helper()
	s := w.sweeper()
	sweep, err := s.Begin(w.Context(), true)
	w.ok(err)
	w.ok(s.Carry(w.Context(), sweep, func(time.Duration) bool { return false }))
	w.due = append(w.due, w.clock.Now())
}

func (w *world) acceptor() *reconcile.Acceptor {
	bots := &reconcile.Bots{}
	bots.Set(w.platform.ID, w.bot)
	return &reconcile.Acceptor{
		Engine: w.engine, Policies: w.policies(), Platforms: []connector.PlatformID{w.platform.ID}, Sweeper: w.sweeper(),
		Bots: bots, Clock: w.clock.Now, Logger: slog.New(slog.DiscardHandler),
	}
}

// nameOf is what the table calls somebody.
func (w *world) nameOf(m connector.MemberID) string {
	for name, id := range w.people {
		if id == m {
			return name
		}
	}
	return string(m)
}

// planned is what a dry run says, in a line.
func (w *world) planned() string {
	w.Helper()
	plan, err := w.planner().Preview(w.Context(), w.group().ID)
	if err != nil {
		return "none: " + string(connector.ReasonOf(err))
	}
	var out []string
	for _, a := range plan.Actions {
		what := a.Value
		if a.Member != "" {
			what = w.nameOf(a.Member)
		}
		if a.Type == connector.ActionCreate || a.Type == connector.ActionRename {
			// On Slack somebody's channel may have the name, one that nobody sees too.
			if unsure := a.Why != ""; unsure != (w.platform.ID == "slack") {
				w.Errorf("%s %s: %q", a.Type, a.Value, a.Why)
			}
		}
		out = append(out, string(a.Type)+" "+what)
	}
	if plan.Held != "" {
		out = append(out, "held: "+string(plan.Held))
	}
	if len(out) == 0 {
		return "nothing"
	}
	return strings.Join(out, ", ")
}

// stands is the resulting state, in a line: each person's status, then who is in.
func (w *world) stands() string {
	w.Helper()
	g := w.group()
	var rows []string
	for _, m := range g.Memberships {
		who, text := string(m.User), string(m.Status)
		if who == "" {
			who = w.nameOf(m.Member)
		}
		if m.Reason != "" {
			text += " (" + string(m.Reason) + ")"
		}
		rows = append(rows, who+" "+text)
	}
	slices.Sort(rows)
	_, _, in := w.channel(g.Channel.ID)
	var here []string
	for _, m := range in {
		if id := connector.MemberID(m); id != w.bot {
			here = append(here, w.nameOf(id))
		}
	}
	slices.Sort(here)
	out := string(g.State)
	if g.Held != nil {
		out += ": " + string(g.Held.Reason)
	}
	if g.SelfEnrol {
		out += fmt.Sprintf("; %d may join", g.Listed)
	}
	if g.Unresolved > 0 {
		out += fmt.Sprintf("; %d unresolved", g.Unresolved)
	}
	if g.NameContested {
		out += "; name contested"
	}
	return out + "; " + strings.Join(rows, ", ") + "; in: " + strings.Join(here, " ") + w.beside()
}

// called is what was called, in a line.
func called(calls map[string]int) string {
	var out []string
	for _, method := range slices.Sorted(maps.Keys(calls)) {
		out = append(out, fmt.Sprintf("%d× %s", calls[method], method))
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, ", ")
}
