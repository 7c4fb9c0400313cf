package model_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/assistant"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

// driftMaxAge is the age at which a channel is read again whole.
const driftMaxAge = 24 * time.Hour

// reporter is a test, or one of rapid's.
type reporter interface {
	Helper()
	Fatalf(format string, args ...any)
}

// platformManners are a platform with what is its own.
type platformManners struct {
	id      connector.PlatformID
	manners connectortest.Manners
}

func slackManners() platformManners {
	return platformManners{id: "slack", manners: connectortest.Manners{GoesOn: true}}
}

func discordManners() platformManners {
	return platformManners{id: "discord", manners: connectortest.Manners{SharedNames: true, AllAtOnce: true, AddsAtOnce: true, NoDirectory: true, PlacesStay: true, GoesOn: true}}
}

// world is a CRM, a chat platform and an engine, with Roomkeeper between them.
type world struct {
	reporter
	clock  *connectortest.EngineClock
	chat   *connectortest.MemoryChat
	crm    *connectortest.MemoryCRM
	engine connector.Engine
	// raw is the engine without faults, for the test's own questions.
	raw connector.Engine
	id  connector.PlatformID
	// kinds are those in use, with their policies; records are those of the CRM.
	kinds   map[connector.Kind]connector.Policy
	records []connector.RecordKey
	// unused: none of the kinds is in use. limit is GLOBAL_REMOVAL_LIMIT.
	unused bool
	limit  reconcile.Limit
	judged judged
	// types are what RESOLVE switches on; heard is what the CRM last said of each
	// principal, which an expander remembers until a restart.
	types map[connector.PrincipalType]bool
	heard map[connector.PrincipalKey]heard
	// unheardAt is when the CRM last said of one that there is none.
	unheardAt time.Time
	expander  *reconcile.Expander
	keys      []connector.RecordKey
	faults    faults
	due       dues
	tape      *tape
	beliefs   map[connector.GroupID]map[connector.MemberID]beliefs
	past      past
	sweeps    int
	events    int
	diary     []string
	canceled  context.Context
	// judging checks each run.
	judging func(before connector.Group, was []connector.MemberID)
}

func newWorld(t reporter, p platformManners, engine connector.Engine, clock *connectortest.EngineClock) *world {
	w := &world{
		reporter: t, clock: clock, raw: engine, id: p.id, tape: &tape{users: map[connector.UserID]connector.User{}}, past: newPast(), judged: newJudged(),
		beliefs:  map[connector.GroupID]map[connector.MemberID]beliefs{},
		canceled: context.Background(), limit: reconcile.Limit{Share: 0.05, People: 20}, heard: map[connector.PrincipalKey]heard{},
	}
	w.judging = w.judge
	w.chat = connectortest.NewMemoryChat(p.id, clock.Now)
	w.chat.SetManners(p.manners)
	w.crm = connectortest.NewMemoryCRM("crm", clock.Now)
	w.crm.PageSize = 1
	w.chat.Calls.Each = func(call string) (connectortest.MemoryFault, bool) { return w.faults.chat(call) }
	w.crm.Calls.Each = func(call string) (connectortest.MemoryFault, bool) { return w.faults.crm(call) }
	w.engine = connectortest.GuardEngine(engine, func(step string) error { return w.faults.store(step) })
	w.engine.Queue = tapedQueue{w.engine.Queue, w}
	w.engine.Inbox = tapedInbox{w.engine.Inbox, w}
	w.use(account("north"), account("south"))
	w.restart()
	w.ok(w.recoverer().Fresh(w.ctx()))
	return w
}

func (w *world) ctx() context.Context { return w.canceled }

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.fail("unexpected error: %v", err)
	}
}

// note writes a step into the diary, in the product's words.
func (w *world) note(format string, args ...any) {
	w.diary = append(w.diary, w.clock.Now().Format("02 15:04:05 ")+fmt.Sprintf(format, args...))
}

// fail ends the test and tells what had happened.
func (w *world) fail(format string, args ...any) {
	w.Helper()
	text := fmt.Sprintf(format, args...) + "\n\nWhat had happened:\n"
	for _, line := range w.diary {
		text += "  " + line + "\n"
	}
	w.Fatalf("%s\nAs it stands:\n%s", text, w.describe())
}

func (w *world) policies() connector.Policies {
	if w.unused {
		return connector.Policies{usual(connector.KindOpportunity)}
	}
	var in connector.Policies
	for _, kind := range slices.Sorted(maps.Keys(w.kinds)) {
		in = append(in, w.kinds[kind])
	}
	return in
}

func (w *world) platforms() map[connector.PlatformID]connector.ChatPlatform {
	p := w.chat.Platform()
	p.Channels, p.Members = tapedChannels{p.Channels, w.tape}, tapedMembers{p.Members, w.tape}
	return map[connector.PlatformID]connector.ChatPlatform{w.id: p}
}

func (w *world) port() connector.CRM {
	p := w.crm.Port()
	p.Records, p.Teams, p.Users = tapedRecords{p.Records, w}, tapedTeams{p.Teams, w}, tapedUsers{p.Users, w.tape}
	p.Principals, p.Changes = tapedPrincipals{p.Principals, w}, tapedChanges{p.Changes, w}
	return p
}

// Everything of Roomkeeper's is made anew for each use, as after a crash, but what
// it remembers of principals.

func (w *world) restart() {
	w.expander = &reconcile.Expander{CRM: w.port().Principals, Marks: w.engine.Marks, Clock: w.clock.Now}
}

func (w *world) reconciler() *reconcile.Reconciler {
	return reconcile.New(reconcile.Options{
		Engine: w.engine, CRM: w.port(), Platforms: w.platforms(), Policies: w.policies(), Resolver: w.resolver(),
		Details: w.details(), Recovery: w.recoverer(), DriftMaxAge: driftMaxAge, Clock: w.clock.Now, Logger: w.logger(),
		Observe: func(connector.Outcome, connector.Reason) {},
	})
}

func (w *world) logger() *slog.Logger { return slog.New(slog.DiscardHandler) }

func (w *world) details() *assistant.Details {
	return &assistant.Details{
		Poster: &assistant.Poster{Engine: w.engine, Clock: w.clock.Now}, Platforms: w.platforms(), Policies: w.policies(),
	}
}

func (w *world) recoverer() *reconcile.Recoverer {
	return &reconcile.Recoverer{
		Engine: w.engine, CRM: "crm", Policies: w.policies(), Platforms: w.platforms(), Details: w.details(),
		Clock: w.clock.Now, Logger: w.logger(),
	}
}

func (w *world) resolver() *reconcile.Resolver {
	return &reconcile.Resolver{
		CRM: w.port(), People: w.engine.People, Platforms: w.platforms(), Policies: w.policies(),
		Types: w.types, Expander: w.expander, Clock: w.clock.Now,
	}
}

func (w *world) planner() *reconcile.Planner { return &reconcile.Planner{Reconciler: w.reconciler()} }

func (w *world) sweeper() *reconcile.Sweeper {
	return &reconcile.Sweeper{
		Engine: w.engine, CRM: w.port(), Policies: w.policies(), Platforms: []connector.PlatformID{w.id}, Expander: w.expander,
		Clock: w.clock.Now, Logger: w.logger(), Nudge: func() {}, Due: func() {},
		Limit: w.limit,
	}
}

func (w *world) drift() *reconcile.Drift {
	return &reconcile.Drift{Engine: w.engine, Platforms: w.platforms(), MaxAge: driftMaxAge, Clock: w.clock.Now, Logger: w.logger()}
}

func (w *world) acceptor() *reconcile.Acceptor {
	bots := &reconcile.Bots{}
	bots.Set(w.id, connectortest.MemoryBot)
	return &reconcile.Acceptor{
		Engine: w.engine, Policies: w.policies(), Platforms: []connector.PlatformID{w.id}, Sweeper: w.sweeper(),
		Bots: bots, Clock: w.clock.Now, Logger: w.logger(),
	}
}

// group reads a Group past all faults.
func (w *world) group(key connector.RecordKey) connector.Group {
	w.Helper()
	g, err := w.raw.Groups.Group(w.ctx(), connector.GroupIDOf(w.id, key))
	w.ok(err)
	return g
}

func (w *world) channel(key connector.RecordKey) connectortest.MemoryChannel {
	return w.chat.Channel(w.group(key).Channel.ID)
}

// isIn reports whether somebody is in a Record's channel, in truth.
func (w *world) isIn(key connector.RecordKey, m connector.MemberID) bool {
	return slices.Contains(w.channel(key).Members, m)
}

// describe shows Groups and channels side by side.
func (w *world) describe() string {
	out := ""
	for _, key := range w.keys {
		g, err := w.raw.Groups.Group(w.ctx(), connector.GroupIDOf(w.id, key))
		if err != nil {
			continue
		}
		out += fmt.Sprintf("  %s is %s, touched %s, read %s, held %+v, confirmed %v\n", key, g.State,
			g.TouchedAt.Format("02 15:04:05"), g.ChatReadAt.Format("02 15:04:05"), g.Held, g.Confirmed)
		for _, m := range g.Memberships {
			out += fmt.Sprintf("    %s/%s %s owned=%t seen=%t reason=%q tried=%s since=%s why=%v\n", m.User, m.Member, m.Status, m.Owned, m.Seen,
				m.Reason, m.TriedAt.Format("02 15:04:05"), m.Since.Format("02 15:04:05"), m.Why)
		}
		ch := w.chat.Channel(g.Channel.ID)
		out += fmt.Sprintf("    in the channel: %v archived=%t botless=%t\n    the CRM says: %s\n", ch.Members, ch.Archived, ch.Botless, w.past.saying(key))
	}
	return out
}
