package command

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

const slack = connector.PlatformID("slack")

var testNow = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// The people of the test world.
const (
	olga  = connector.MemberID("U1") // owner, in the channel
	tim   = connector.MemberID("U2") // on the team, in the channel
	lena  = connector.MemberID("U3") // on the team, left the channel
	hana  = connector.MemberID("U5") // added by hand
	sten  = connector.MemberID("U8") // a stranger
	admin = connector.MemberID("U9")
)

// world is the ports of a Handler in memory. Whatever changes state is noted
// in writes; an error in fail is returned by the port of that name.
type world struct {
	connector.Groups
	connector.Accounts

	groups  map[connector.GroupID]connector.Group
	subs    map[connector.GroupID]connector.Subscription
	answers map[string][]byte
	users   map[connector.MemberID][]connector.UserID
	people  map[connector.UserID]connector.Person
	crm     map[string]crmRecord
	plan    connector.Plan
	fail    map[string]error
	writes  []string
	reads   int
	// urgent counts the calls of a platform by whether somebody waits for them.
	urgent map[bool]int
}

type crmRecord struct {
	record  connector.Record
	desired reconcile.Desired
}

func newWorld() *world {
	w := &world{
		groups: map[connector.GroupID]connector.Group{}, subs: map[connector.GroupID]connector.Subscription{},
		answers: map[string][]byte{}, fail: map[string]error{}, crm: map[string]crmRecord{}, urgent: map[bool]int{},
		users: map[connector.MemberID][]connector.UserID{olga: {"1"}, tim: {"2"}, lena: {"3"}},
	}
	wanted := []reconcile.Wanted{
		{User: connector.User{ID: "1", Name: "Olga Owner"}, Member: olga, Why: ownerPath()},
		{User: connector.User{ID: "2", Name: "Tim Team"}, Member: tim, Why: teamPath("2")},
		{User: connector.User{ID: "3", Name: "Lena Left"}, Member: lena, Why: teamPath("3")},
		{User: connector.User{ID: "6", Name: "Pia Pending"}, Reason: connector.ReasonNoAccount, Why: teamPath("6")},
	}
	for _, id := range []string{"4", "5"} {
		w.crm["account/"+id] = crmRecord{
			record: connector.Record{
				Key: account(id), Name: "Northwind", URL: "https://crm.example/account/" + id, State: connector.RecordOpen,
				Fields: []connector.Field{{Key: "secret", Label: "Secret", Value: "x"}, {Key: "amount", Label: "Amount", Value: "10"}},
			},
			desired: reconcile.Desired{Wanted: wanted, Unresolved: 3},
		}
	}
	w.put(northwind())
	return w
}

func account(id string) connector.RecordKey {
	return connector.RecordKey{CRM: "crm", Kind: connector.KindAccount, ID: id}
}

func ownerPath() []connector.Path {
	return []connector.Path{{Via: connector.ViaOwner, ID: "1"}, {Via: connector.ViaTeam, ID: "1"}}
}

func teamPath(user string) []connector.Path {
	return []connector.Path{{Via: connector.ViaTeam, ID: user, Name: "member"}}
}

func northwind() connector.Group {
	since := time.Date(2026, 11, 22, 10, 42, 0, 0, time.UTC)
	return connector.Group{
		ID: connector.GroupIDOf(slack, account("4")), Platform: slack, Record: account("4"), RecordName: "Northwind",
		State: connector.GroupActive, Origin: connector.CreatedByUs, CreatedAt: since, ChatReadAt: since,
		Channel: connector.Channel{ID: "C1", Name: "northwind", URL: "https://chat.example/C1"}, Unresolved: 3,
		Memberships: []connector.Membership{
			{User: "1", Member: olga, Name: "Olga Owner", Status: connector.StatusMember, Owned: true, Since: since, Why: ownerPath()},
			{User: "2", Member: tim, Name: "Tim Team", Status: connector.StatusMember, Owned: true, Since: since, Why: teamPath("2")},
			{User: "3", Member: lena, Name: "Lena Left", Status: connector.StatusLeft, Owned: true, Since: since, Why: teamPath("3")},
			{Member: hana, Name: "Hana Hand", Status: connector.StatusHandAdded, Since: since},
			{User: "6", Name: "Pia Pending", Status: connector.StatusPending, Reason: connector.ReasonNoAccount, Since: since, Why: teamPath("6")},
		},
	}
}

// holdNorthwind puts a hold with plan p1 on the channel.
func (w *world) holdNorthwind() connector.Group {
	g := northwind()
	g.State = connector.GroupHeld
	g.Held = &connector.Hold{
		Reason: connector.HoldLargeRemoval, Since: testNow, People: []connector.MemberID{tim, lena},
		Plan: connector.Plan{ID: "p1", Held: connector.HoldLargeRemoval, Actions: []connector.Action{
			{Type: connector.ActionRemove, User: "2", Member: tim, Why: "no path is left"},
			{Type: connector.ActionRemove, User: "3", Member: lena, Why: "no path is left"},
		}},
	}
	w.put(g)
	w.plan = g.Held.Plan
	return g
}

func (w *world) put(g connector.Group) { w.groups[g.ID] = g }

func (w *world) note(format string, args ...any) {
	w.writes = append(w.writes, fmt.Sprintf(format, args...))
}

// state is everything that a refused command must leave alone.
func (w *world) state(t *testing.T) string {
	t.Helper()
	body, err := json.Marshal([]any{w.groups, w.subs, w.answers, w.writes})
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func (w *world) handler(change ...func(*Options)) *Handler {
	o := Options{
		Command: "/crm", CRM: "crm", LinkHosts: []string{"crm.example"},
		Policies: connector.Policies{
			{Kind: connector.KindAccount, Aliases: []string{"AccountObj"}, Private: true, DetailFields: []string{"amount", "stage"}},
			{Kind: "pool", Private: true},
		},
		Engine:    connector.Engine{Groups: w, People: persons{w: w}, Readings: readings{w}, Subscriptions: subscriptions{w}, Answers: answers{w}},
		Platforms: map[connector.PlatformID]connector.ChatPlatform{slack: {ID: slack, Accounts: w}},
		Opener:    opener{w}, Planner: planner{w}, Subscriber: subscriber{w}, Resolver: resolver{w}, Enroller: enroller{w}, Adopter: &adopter{w: w},
		Status: func(context.Context) string { return "deployment is well" },
		Clock:  func() time.Time { return testNow },
	}
	for _, f := range change {
		f(&o)
	}
	return New(o)
}

func (w *world) Group(_ context.Context, id connector.GroupID) (connector.Group, error) {
	g, ok := w.groups[id]
	if !ok && w.fail["groups"] == nil {
		return g, connector.ErrNotFound
	}
	return g, w.fail["groups"]
}

func (w *world) ListGroups(_ context.Context, q connector.GroupQuery) (connector.GroupPage, error) {
	var page connector.GroupPage
	for _, g := range w.groups {
		if g.Platform == q.Platform && g.Channel.ID == q.Channel {
			page.Groups = append(page.Groups, g)
		}
	}
	return page, w.fail["groups"]
}

type persons struct{ w *world }

func (p persons) SavePeople(context.Context, []connector.Person) error {
	p.w.note("people")
	return nil
}

func (p persons) UpdatePeople(context.Context, []connector.UserID, func(*connector.Person)) error {
	p.w.note("people")
	return nil
}

func (p persons) ListPeople(context.Context, string, int) ([]connector.Person, string, error) {
	return nil, "", nil
}

func (p persons) UsersOf(_ context.Context, _ connector.PlatformID, m connector.MemberID) ([]connector.UserID, error) {
	return p.w.users[m], p.w.fail["people"]
}

func (p persons) People(_ context.Context, ids []connector.UserID) (map[connector.UserID]connector.Person, error) {
	out := map[connector.UserID]connector.Person{}
	for _, id := range ids {
		if known, ok := p.w.people[id]; ok {
			out[id] = known
			continue
		}
		out[id] = connector.Person{User: connector.User{ID: id, Name: "Known " + string(id)}}
	}
	return out, p.w.fail["people"]
}

func (w *world) Admin(ctx context.Context, m connector.MemberID) (bool, error) {
	w.urgent[connector.Urgent(ctx)]++
	return m == admin, w.fail["admin"]
}

type readings struct{ w *world }

func (r readings) Readings(_ context.Context, ids []connector.GroupID) (map[connector.GroupID]connector.Reading, error) {
	return map[connector.GroupID]connector.Reading{ids[0]: {At: testNow}}, r.w.fail["readings"]
}

func (r readings) SaveReadings(context.Context, map[connector.GroupID]connector.Reading) error {
	r.w.note("readings")
	return nil
}

type subscriptions struct{ w *world }

func (s subscriptions) Subscription(_ context.Context, id connector.GroupID) (connector.Subscription, error) {
	return s.w.subs[id], s.w.fail["subscriptions"]
}

func (s subscriptions) UpdateSubscription(_ context.Context, id connector.GroupID, change func(*connector.Subscription)) (connector.Subscription, error) {
	s.w.note("update subscription %s", id)
	sub := s.w.subs[id]
	change(&sub)
	s.w.subs[id] = sub
	return sub, nil
}

type answers struct{ w *world }

func (a answers) Answer(_ context.Context, id string) ([]byte, error) {
	body, ok := a.w.answers[id]
	if !ok && a.w.fail["answers"] == nil {
		return nil, connector.ErrNotFound
	}
	return body, a.w.fail["answers"]
}

func (a answers) Remember(_ context.Context, id string, body []byte, _ time.Time) error {
	a.w.answers[id] = body
	return a.w.fail["remember"]
}

type opener struct{ w *world }

func (o opener) Open(_ context.Context, key connector.RecordKey, platform connector.PlatformID, identity string) (connector.Group, bool, error) {
	if err := o.w.fail["open"]; err != nil {
		return connector.Group{}, false, err
	}
	if g, ok := o.w.groups[connector.GroupIDOf(platform, key)]; ok {
		return g, false, nil
	}
	o.w.note("open %s %s", key, identity)
	g := connector.Group{ID: connector.GroupIDOf(platform, key), Platform: platform, Record: key, State: connector.GroupCreating}
	o.w.put(g)
	return g, true, nil
}

type planner struct{ w *world }

func (p planner) Preview(ctx context.Context, _ connector.GroupID) (connector.Plan, error) {
	p.w.urgent[connector.Urgent(ctx)]++
	return p.w.plan, p.w.fail["plan"]
}

func (p planner) Resync(_ context.Context, id connector.GroupID) error {
	if err := p.w.fail["plan"]; err != nil {
		return err
	}
	p.w.note("resync %s", id)
	return nil
}

func (p planner) Confirm(_ context.Context, id connector.GroupID, plan connector.PlanID) error {
	return p.end("confirm", id, plan)
}

func (p planner) Dismiss(_ context.Context, id connector.GroupID, plan connector.PlanID) error {
	return p.end("dismiss", id, plan)
}

func (p planner) ConfirmSweep(_ context.Context, sweep string, on connector.PlatformID) (int, error) {
	return p.endSweep("confirm", sweep, on)
}

func (p planner) DismissSweep(_ context.Context, sweep string, on connector.PlatformID) (int, error) {
	return p.endSweep("dismiss", sweep, on)
}

func (p planner) endSweep(what, sweep string, on connector.PlatformID) (ended int, err error) {
	if err := p.w.fail["plan"]; err != nil {
		return 0, err
	}
	for _, g := range p.w.groups {
		if g.Platform == on && g.Held != nil && g.Held.Sweep == sweep {
			if err := p.end(what, g.ID, g.Held.Plan.ID); err != nil {
				return ended, err
			}
			ended++
		}
	}
	return ended, nil
}

func (p planner) end(what string, id connector.GroupID, plan connector.PlanID) error {
	if err := p.w.fail["plan"]; err != nil {
		return err
	}
	g := p.w.groups[id]
	if g.Held == nil || g.Held.Plan.ID != plan {
		return connector.ErrConflict
	}
	g.Held = nil
	p.w.put(g)
	p.w.note("%s %s", what, plan)
	return nil
}

type subscriber struct{ w *world }

func (s subscriber) Change(_ context.Context, id connector.GroupID, on, off []connector.Topic, fields []string, by string) (connector.Subscription, error) {
	if err := s.w.fail["change"]; err != nil {
		return connector.Subscription{}, err
	}
	sub := s.w.subs[id]
	topics := map[connector.Topic]bool{}
	for t, v := range sub.Topics {
		topics[t] = v
	}
	for _, t := range on {
		topics[t] = true
		if t == connector.TopicRecordUpdated {
			sub.Fields = fields
		}
	}
	for _, t := range off {
		topics[t] = false
	}
	sub.Topics, sub.ChangedBy, sub.ChangedAt = topics, by, testNow
	s.w.subs[id] = sub
	s.w.note("change on=%s off=%s fields=%q by=%s", joined(on), joined(off), fields, by)
	return sub, nil
}

func (s subscriber) Effective(_ context.Context, g connector.Group) ([]connector.Topic, error) {
	sub := s.w.subs[g.ID]
	var out []connector.Topic
	for _, t := range append(connector.Topics(), customTopics(sub)...) {
		if sub.Wants(t, []connector.Topic{connector.TopicSalesRecord, connector.TopicClosed, connector.TopicCustomAll}) {
			out = append(out, t)
		}
	}
	return out, s.w.fail["subscriptions"]
}

type resolver struct{ w *world }

func (r resolver) Desired(_ context.Context, _ connector.PlatformID, key connector.RecordKey, _ reconcile.Asker) (connector.Record, reconcile.Desired, error) {
	r.w.reads++
	got, ok := r.w.crm[strings.TrimPrefix(key.String(), "crm/")]
	if err := r.w.fail["crm"]; err != nil {
		return got.record, got.desired, err
	}
	if !ok {
		return connector.Record{}, reconcile.Desired{}, connector.ErrNotFound
	}
	return got.record, got.desired, nil
}
