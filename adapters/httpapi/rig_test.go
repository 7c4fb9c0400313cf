package httpapi_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"roomkeeper/adapters/bolt"
	"roomkeeper/adapters/httpapi"
	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

const goodToken = "t0p-secret"

// services stands for everything behind the API but the engine. It fails with
// err when that is set.
type services struct {
	mu      sync.Mutex
	err     error
	engine  connector.Engine
	queued  []connector.GroupID
	renames []connector.GroupID
	opened  []connector.RecordKey
	plan    connector.Plan
	ended   []string
	held    int
	topics  []connector.Topic
	setBy   string
	sweeps  []bool
	events  []connector.Event
	accepts int
	// urgent: the last Preview was of somebody who waits.
	urgent bool

	recovers  []bool
	recovered []connector.Recovered
}

func (s *services) Accept(_ context.Context, events []connector.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accepts++
	if s.err == nil {
		s.events = append(s.events, events...)
	}
	return s.err
}

func (s *services) Open(ctx context.Context, key connector.RecordKey, platform connector.PlatformID, _ string) (connector.Group, bool, error) {
	s.opened = append(s.opened, key)
	if s.err != nil {
		return connector.Group{}, false, s.err
	}
	id := connector.GroupIDOf(platform, key)
	if g, err := s.engine.Groups.Group(ctx, id); err == nil {
		return g, false, nil
	}
	g, err := s.engine.Groups.SaveGroup(ctx, connector.Group{ID: id, Platform: platform, Record: key, State: connector.GroupCreating})
	return g, true, err
}

func (s *services) Check(context.Context, connector.RecordKey, connector.PlatformID) error {
	return s.err
}

func (s *services) Preview(ctx context.Context, _ connector.GroupID) (connector.Plan, error) {
	s.urgent = connector.Urgent(ctx)
	return s.plan, s.err
}

func (s *services) Resync(_ context.Context, id connector.GroupID) error {
	s.queued = append(s.queued, id)
	return s.err
}

func (s *services) Rename(_ context.Context, id connector.GroupID) error {
	s.renames = append(s.renames, id)
	return s.err
}

func (s *services) Confirm(_ context.Context, _ connector.GroupID, plan connector.PlanID) error {
	return s.end("confirm", plan)
}

func (s *services) Dismiss(_ context.Context, _ connector.GroupID, plan connector.PlanID) error {
	return s.end("dismiss", plan)
}

func (s *services) ConfirmSweep(_ context.Context, sweep string, on connector.PlatformID) (int, error) {
	s.ended = append(s.ended, "confirm sweep "+sweep+string(on))
	return s.held, s.err
}

func (s *services) DismissSweep(_ context.Context, sweep string, on connector.PlatformID) (int, error) {
	s.ended = append(s.ended, "dismiss sweep "+sweep+string(on))
	return s.held, s.err
}

func (s *services) HeldBySweep(context.Context, string) (int, error) { return s.held, s.err }

func (s *services) end(what string, plan connector.PlanID) error {
	if s.err != nil {
		return s.err
	}
	if plan != s.plan.ID {
		return connector.ErrConflict
	}
	s.ended = append(s.ended, what)
	return nil
}

func (s *services) Start(ctx context.Context, full bool) (connector.Sweep, error) {
	if s.err != nil {
		return connector.Sweep{}, s.err
	}
	s.sweeps = append(s.sweeps, full)
	return s.engine.Sweeps.UpdateSweep(ctx, "s1", func(sweep *connector.Sweep) {
		sweep.Full, sweep.State = full, connector.SweepListing
	})
}

// Verdict is held above 20 removals.
func (s *services) Verdict(_ context.Context, removals int) (connector.Verdict, int, error) {
	if removals > 20 {
		return connector.VerdictHeld, 100, s.err
	}
	return connector.VerdictPassed, 0, s.err
}

func (s *services) Recover(_ context.Context, dryRun bool) ([]connector.Recovered, error) {
	s.recovers = append(s.recovers, dryRun)
	return s.recovered, s.err
}

func (s *services) Set(_ context.Context, _ connector.GroupID, topics []connector.Topic, by string) (connector.Subscription, error) {
	s.topics, s.setBy = topics, by
	return connector.Subscription{}, s.err
}

func (s *services) Effective(context.Context, connector.Group) ([]connector.Topic, error) {
	return s.topics, nil
}

// rig is the whole handler over a real engine, served over real HTTP.
type rig struct {
	*services
	t        *testing.T
	url      string
	handler  http.Handler
	store    *bolt.Engine
	stopping atomic.Bool
	token    string
	logged   *logBuffer
}

func newRig(t *testing.T, change ...func(*httpapi.Options)) *rig {
	t.Helper()
	store, err := bolt.Open(filepath.Join(connectortest.StoreDir(t), "state.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	engine := store.Ports()
	s := &rig{t: t, store: store, services: &services{engine: engine}, token: goodToken, logged: newLog()}
	o := httpapi.Options{
		Sources:    map[string]connector.Receiver{"crm": newReceiver(t)},
		Acceptor:   s.services,
		CRM:        "crm",
		Policies:   policies(),
		Platforms:  []connector.PlatformID{"slack", "discord"},
		Engine:     engine,
		Opener:     s.services,
		Planner:    s.services,
		Sweeper:    s.services,
		Recoverer:  s.services,
		Subscriber: s.services,
		Tokens:     []httpapi.Token{{Name: "ops", Token: goodToken}, {Name: "ci", Token: "another"}},
		Metrics: httpapi.NewMetrics(httpapi.MetricsOptions{
			Queue: engine.Queue, Groups: engine.Groups, DeadLetters: engine.DeadLetters,
		}),
		MetricsHere: true,
		Stopping:    s.stopping.Load,
		Logger:      s.logged.logger(),
	}
	for _, c := range change {
		c(&o)
	}
	s.handler = httpapi.New(o)
	server := httptest.NewUnstartedServer(nil)
	server.Config = httpapi.NewServer("", s.handler, o.Logger)
	server.Start()
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func policies() connector.Policies {
	return connector.Policies{
		{Kind: connector.KindAccount, Aliases: []string{"AccountObj"}},
		{Kind: connector.KindOpportunity},
	}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// call sends a request with the rig's token; header lines are "Name: value".
func (s *rig) call(method, path, body string, header ...string) answer {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if s.token != "" {
		request.Header.Set("Authorization", "Bearer "+s.token)
	}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		request.Header.Add(name, value)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{status: response.StatusCode, header: response.Header, body: string(raw)}
}

// problemDoc is RFC 9457 as a caller reads it.
type problemDoc struct {
	Type, Title, Detail, Field string
	Status                     int
	Index                      *int
	RequestID                  string `json:"request_id"`
}

// problem checks that an answer is a problem of this status and returns it.
func (s *rig) problem(a answer, status int) problemDoc {
	s.t.Helper()
	var p problemDoc
	if a.status != status || a.header.Get("Content-Type") != "application/problem+json" {
		s.t.Fatalf("status %d (%s), want problem %d: %s", a.status, a.header.Get("Content-Type"), status, a.body)
	}
	if err := json.Unmarshal([]byte(a.body), &p); err != nil {
		s.t.Fatalf("problem: %v: %s", err, a.body)
	}
	if p.Status != status || p.Title == "" || p.Type == "" || p.RequestID == "" {
		s.t.Errorf("problem %+v lacks something", p)
	}
	return p
}

// read checks the status and decodes the body.
func (s *rig) read(a answer, status int, into any) {
	s.t.Helper()
	if a.status != status {
		s.t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	if err := json.Unmarshal([]byte(a.body), into); err != nil {
		s.t.Fatalf("body: %v: %s", err, a.body)
	}
}

// save stores a Group whose id is as given.
func (s *rig) save(g connector.Group) connector.Group {
	s.t.Helper()
	saved, err := s.engine.Groups.SaveGroup(s.t.Context(), g)
	if err != nil {
		s.t.Fatal(err)
	}
	return saved
}

// closeStore makes the engine unreachable.
func (s *rig) closeStore() {
	s.t.Helper()
	if err := s.store.Close(); err != nil {
		s.t.Fatal(err)
	}
}
