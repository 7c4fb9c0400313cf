package reconcile_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"roomkeeper/adapters/bolt"
	"roomkeeper/connector"
	"roomkeeper/connector/assistant"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

const slack connector.PlatformID = "slack"

// world is a CRM, a chat platform and an engine, with Roomkeeper between them.
type world struct {
	*testing.T
	clock  *connectortest.EngineClock
	chat   *connectortest.MemoryChat
	crm    *connectortest.MemoryCRM
	engine connector.Engine
	queue  *recorder
	policy connector.Policy
	limit  reconcile.Limit
	// ignore are users who are to be ignored.
	ignore map[connector.UserID]bool
	// setup is the configuration.
	setup string
	// types are the principals that are expanded; expander shares the answers.
	types    map[connector.PrincipalType]bool
	expander *reconcile.Expander
	// meanwhile happens while an addition is under way; nil: nothing does.
	meanwhile func()
	// gate fails the engine's steps; nil lets all pass.
	gate func(step string) error
	// last is how the last run ended.
	last connector.RunEnd
}

// recorder notes what is queued.
type recorder struct {
	connector.Queue
	mu   sync.Mutex
	jobs []connector.Job
}

func (r *recorder) Add(ctx context.Context, jobs ...connector.Job) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.jobs = append(r.jobs, jobs...)
	return r.Queue.Add(ctx, jobs...)
}

// take returns what was queued in a lane and forgets it all.
func (r *recorder) take(lane connector.Lane) []connector.Job {
	r.mu.Lock()
	defer r.mu.Unlock()
	jobs := slices.DeleteFunc(r.jobs, func(j connector.Job) bool { return j.Key.Lane != lane })
	r.jobs = nil
	return jobs
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, clock: connectortest.NewEngineClock()}
	w.chat = connectortest.NewMemoryChat(slack, w.clock.Now)
	w.crm = connectortest.NewMemoryCRM("crm", w.clock.Now)
	store, err := bolt.Open(filepath.Join(connectortest.StoreDir(t), "test.db"), bolt.Options{Clock: w.clock.Now})
	w.ok(err)
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	w.engine = connectortest.GuardEngine(store.Ports(), func(step string) error {
		if w.gate == nil {
			return nil
		}
		return w.gate(step)
	})
	w.expander = &reconcile.Expander{CRM: w.crm, Marks: w.engine.Marks, Clock: w.clock.Now}
	w.queue = &recorder{Queue: w.engine.Queue}
	w.engine.Queue = w.queue
	w.policy = connector.Policy{
		Kind: connector.KindAccount, NameTemplate: "{name}", Private: true, Leavers: connector.LeaversRespect,
		Remove: connector.RemoveOwned, RemovalShare: 0.5, RemovalPeople: 1, DetailFields: []string{"amount"},
	}
	w.limit = reconcile.Limit{Share: 0.05, People: 20}
	w.ok(w.recoverer().Fresh(t.Context()))
	return w
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatalf("unexpected error: %v", err)
	}
}

func (w *world) policies() connector.Policies { return connector.Policies{w.policy} }

func (w *world) platforms() map[connector.PlatformID]connector.ChatPlatform {
	platform := w.chat.Platform()
	if w.meanwhile != nil {
		platform.Members = meanwhile{platform.Members, w.meanwhile}
	}
	return map[connector.PlatformID]connector.ChatPlatform{slack: platform}
}

func (w *world) reconciler() *reconcile.Reconciler {
	logger := slog.New(slog.DiscardHandler)
	return reconcile.New(reconcile.Options{
		Engine: w.engine, CRM: w.crm.Port(), Platforms: w.platforms(), Policies: w.policies(), Resolver: w.resolver(),
		Details: w.details(), Recovery: w.recoverer(), Setup: w.setup,
		DriftMaxAge: 24 * time.Hour, Clock: w.clock.Now, Logger: logger,
		Observe: func(connector.Outcome, connector.Reason) {},
	})
}

func (w *world) details() *assistant.Details {
	return &assistant.Details{
		Poster: &assistant.Poster{Engine: w.engine, Clock: w.clock.Now}, Platforms: w.platforms(), Policies: w.policies(),
	}
}

func (w *world) recoverer() *reconcile.Recoverer {
	return &reconcile.Recoverer{
		Engine: w.engine, CRM: "crm", Policies: w.policies(), Platforms: w.platforms(), Details: w.details(),
		Clock: w.clock.Now, Logger: slog.New(slog.DiscardHandler),
	}
}

func (w *world) resolver() *reconcile.Resolver {
	return &reconcile.Resolver{
		CRM: w.crm.Port(), People: w.engine.People, Platforms: w.platforms(), Clock: w.clock.Now,
		Policies: w.policies(), Types: w.types, Expander: w.expander, Ignore: w.ignore,
	}
}

func (w *world) sweeper() *reconcile.Sweeper {
	return &reconcile.Sweeper{
		Engine: w.engine, CRM: w.crm.Port(), Policies: w.policies(), Platforms: []connector.PlatformID{slack},
		Expander: w.expander, Clock: w.clock.Now, Logger: slog.New(slog.DiscardHandler), Nudge: func() {}, Due: func() {}, Limit: w.limit, Setup: w.setup,
	}
}

func (w *world) acceptor() *reconcile.Acceptor {
	bots := &reconcile.Bots{}
	bots.Set(slack, connectortest.MemoryBot)
	return &reconcile.Acceptor{
		Engine: w.engine, Policies: w.policies(), Platforms: []connector.PlatformID{slack}, Sweeper: w.sweeper(),
		Bots: bots, Clock: w.clock.Now, Logger: slog.New(slog.DiscardHandler),
	}
}

func key(id string) connector.RecordKey {
	return connector.RecordKey{CRM: "crm", Kind: connector.KindAccount, ID: id}
}

func groupOf(id string) connector.GroupID { return connector.GroupIDOf(slack, key(id)) }

func email(user string) string { return user + "@example.com" }

func member(user string) connector.MemberID { return connector.MemberID("U:" + email(user)) }

func members(users ...string) []connector.MemberID {
	var out []connector.MemberID
	for _, u := range users {
		out = append(out, member(u))
	}
	return out
}

// person makes people whom both sides know.
func (w *world) person(users ...string) {
	for _, u := range users {
		w.crm.PutUser(user(u))
		w.chat.Person(email(u))
	}
}

func user(id string) connector.User {
	return connector.User{ID: connector.UserID(id), Name: "Name of " + id, Email: email(id), Active: true}
}

// record makes a Record owned by the first of its team.
func (w *world) record(id, name string, team ...string) {
	r := connector.Record{Key: key(id), Name: name, URL: "https://crm.example/" + id}
	if len(team) > 0 {
		r.Owner = connector.Principal{Type: connector.PrincipalUser, ID: team[0]}
	}
	w.crm.Put(r)
	w.team(id, team...)
}

func (w *world) team(id string, team ...string) { w.crm.SetTeam(key(id), entries(team...)...) }

func entries(team ...string) []connector.Entry {
	var out []connector.Entry
	for _, u := range team {
		out = append(out, connector.Entry{Principal: connector.Principal{Type: connector.PrincipalUser, ID: u}, Role: "member"})
	}
	return out
}

// request asks for a channel, as the CRM does.
func (w *world) request(id string) {
	w.Helper()
	w.ok(w.acceptor().Accept(w.Context(), []connector.Event{{
		ID: "open-" + id + w.clock.Now().String(), Type: connector.EventChannelRequested, Record: key(id), At: w.clock.Now(),
	}}))
}

// run makes one run.
func (w *world) run(id string) connector.RunEnd { return w.attempt(id, 1) }

func (w *world) attempt(id string, attempt int) connector.RunEnd {
	w.last = w.reconciler().Run(w.Context(), connector.Lease{
		Key: connector.JobKey{Lane: connector.LaneGroup, Group: groupOf(id)}, Attempt: attempt,
	})
	return w.last
}

// settle runs until the run is done, as the queue would: waits pass on the clock.
func (w *world) settle(id string) {
	w.Helper()
	for attempt := 1; attempt < 12; attempt++ {
		end := w.attempt(id, attempt)
		if end.Outcome == connector.RunDone || end.Outcome == connector.RunDead {
			return
		}
		w.clock.Advance(end.After)
	}
	w.Fatalf("no end: %+v", w.last)
}

// open makes a channel for a Record and forgets the calls.
func (w *world) open(id string) connector.Group {
	w.Helper()
	w.request(id)
	w.settle(id)
	g := w.group(id)
	if g.State != connector.GroupActive {
		w.Fatalf("group is %s: %s", g.State, g.Failure)
	}
	w.forget()
	return g
}

func (w *world) forget() {
	w.chat.Calls.Reset()
	w.crm.Calls.Reset()
	w.queue.take("")
}

func (w *world) group(id string) connector.Group {
	w.Helper()
	g, err := w.engine.Groups.Group(w.Context(), groupOf(id))
	w.ok(err)
	return g
}

// row is somebody's standing; users by id, all others by member.
func (w *world) row(id, who string) connector.Membership {
	for _, row := range w.group(id).Memberships {
		if row.User == connector.UserID(who) || row.User == "" && row.Member == member(who) {
			return row
		}
	}
	return connector.Membership{}
}

func (w *world) channel(id string) connectortest.MemoryChannel {
	w.Helper()
	return w.chat.Channel(w.group(id).Channel.ID)
}

// in checks who is in a Group's channel.
func (w *world) in(id string, users ...string) {
	w.Helper()
	got, want := w.channel(id).Members, members(users...)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		w.Fatalf("in the channel %v, want %v", got, want)
	}
}

// calls checks what the chat platform was asked since the last time.
func (w *world) calls(want map[string]int) {
	w.Helper()
	if got := w.chat.Calls.Counts(); fmt.Sprint(got) != fmt.Sprint(want) {
		w.Fatalf("calls %v, want %v", got, want)
	}
	w.chat.Calls.Reset()
}

func (w *world) dead() []connector.DeadLetter {
	w.Helper()
	letters, _, err := w.engine.DeadLetters.ListDead(w.Context(), "", 100)
	w.ok(err)
	return letters
}
