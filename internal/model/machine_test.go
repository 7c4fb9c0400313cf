package model_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"roomkeeper/adapters/bolt"
	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// Whatever happens in whatever order, in the end the right people are in, and
// whoever is not is listed with a reason.
func TestMembership(t *testing.T) {
	for _, p := range []platformManners{slackManners(), discordManners()} {
		t.Run(string(p.id), func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				withBolt(rt, func(e connector.Engine, c *connectortest.EngineClock) { play(rt, p, e, c) })
			})
		})
	}
}

// withBolt does something over an empty embedded store.
func withBolt(rt *rapid.T, do func(connector.Engine, *connectortest.EngineClock)) {
	clock := connectortest.NewEngineClock()
	dir, done, err := connectortest.MakeStoreDir()
	if err != nil {
		rt.Fatalf("folder: %v", err)
	}
	defer func() { _ = done() }()
	store, err := bolt.Open(filepath.Join(dir, "test.db"), bolt.Options{Clock: clock.Now})
	if err != nil {
		rt.Fatalf("open: %v", err)
	}
	defer func() { _ = store.Close() }()
	do(store.Ports(), clock)
}

// play makes one random story and checks its end.
func play(rt *rapid.T, p platformManners, engine connector.Engine, clock *connectortest.EngineClock) {
	m := &machine{world: newWorld(rt, p, engine, clock)}
	m.drawKinds(rt)
	m.resolving(rt, true)
	m.extras(rt)
	m.begin()
	rt.Repeat(m.actions())
	m.settle()
	m.settled()
	m.truth()
}

// machine is a world and what may happen in it.
type machine struct {
	*world
	// waiting are events on their way.
	waiting []delivery
}

type delivery struct {
	what string
	send func() error
}

func people() []connector.UserID { return []connector.UserID{"ann", "bob", "cid", "dan", "eve", "fay"} }

// strangers have accounts and are no users.
func strangers() []string { return []string{"gus", "hal"} }

func email(who string) string { return who + "@example.com" }

// people makes everybody, and the Records without channels.
func (m *machine) people() {
	for _, u := range people() {
		account := m.setAccount(email(string(u)), "")
		user := connector.User{ID: u, Name: "Name " + string(u), Email: email(string(u)), Active: true}
		if m.chat.Platform().Directory == nil {
			user.Links = map[connector.PlatformID]connector.MemberID{m.id: account}
		}
		m.putUser(user)
	}
	m.chat.SetAdmin(m.chat.Person(email(boss)))
	for _, s := range strangers() {
		m.setAccount(email(s), "")
	}
	m.past.doubtful = map[connector.MemberID]bool{}
	for i, key := range m.records {
		m.put(key, func(rt *connector.RecordTeam) {
			rt.Record.Name = key.ID
			rt.Record.Owner = connector.Principal{Type: connector.PrincipalUser, ID: string(people()[i])}
			for _, u := range people()[i : i+4] {
				rt.Team.Entries = append(rt.Team.Entries, entry(connector.PrincipalUser, string(u), "member"))
			}
		})
	}
}

// open asks for the channel of a Record, as its CRM does.
func (m *machine) open(i int) {
	key := m.records[i]
	if !slices.Contains(m.keys, key) {
		m.keys = append(m.keys, key)
	}
	m.events++
	m.ok(m.acceptor().Accept(m.ctx(), []connector.Event{{
		ID: fmt.Sprintf("open-%d", m.events), Type: connector.EventChannelRequested, Record: key, At: m.clock.Now(),
	}}))
}

func (m *machine) begin() {
	m.people()
	for i := range m.records {
		m.open(i)
	}
	m.pass(time.Minute)
	m.diary = nil
}

func entry(t connector.PrincipalType, id, role string) connector.Entry {
	return connector.Entry{Principal: connector.Principal{Type: t, ID: id}, Role: role}
}

func (m *machine) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"add to team": m.addToTeam, "take off team": m.takeOffTeam, "replace team": m.replaceTeam, "change owner": m.changeOwner,
		"change role": m.changeRole, "move": m.movePool, "hide": m.hide, "change user": m.changeUser, "change link": m.changeLink, "link by hand": m.linkByHand, "drop or restore": m.dropOrRestore, "staff": m.changeStaff, "staff ": m.changeStaff,
		"principals": m.changePrincipals, "principals ": m.changePrincipals, "answer with the past": m.answerOld,
		"by hand": m.byHand, "mass vanish": m.massVanish, "account": m.changeAccount, "channel": m.changeChannel, "refuse removals": m.refuseRemovals,
		"deliver": m.deliver, "deliver ": m.deliver, "lose": m.lose, "sweep": m.someSweep, "run": m.run, "run ": m.run, "faults": m.someFaults,
		"decide": m.decideHold, "configure": m.configure, "time": m.time, "time ": m.time,
	}
}

func (m *machine) key(rt *rapid.T) connector.RecordKey {
	return rapid.SampledFrom(m.keys).Draw(rt, "record")
}

func user(rt *rapid.T) connector.UserID { return rapid.SampledFrom(people()).Draw(rt, "user") }

// send puts an event on its way; the same event may arrive twice.
func (m *machine) send(what string, send func(id string) error) {
	m.events++
	id := fmt.Sprintf("event-%d", m.events)
	m.waiting = append(m.waiting, delivery{what, func() error { return send(id) }})
}

func (m *machine) hint(key connector.RecordKey, t connector.EventType) {
	at := m.clock.Now()
	m.send(fmt.Sprintf("%s of %s", t, key.ID), func(id string) error {
		return m.acceptor().Accept(m.ctx(), []connector.Event{{ID: id, Type: t, Record: key, At: at}})
	})
}

func (m *machine) chatHint(t connector.ChatEventType, ch connector.ChannelID, who connector.MemberID) {
	at := m.clock.Now()
	m.send(fmt.Sprintf("%s %s", t, who), func(id string) error {
		return m.acceptor().AcceptChat(m.ctx(), connector.ChatEvent{ID: id, Type: t, Platform: m.id, Channel: ch, Member: who, At: at})
	})
}

func (m *machine) deliver(rt *rapid.T) {
	if len(m.waiting) == 0 {
		rt.Skip("nothing is on its way")
	}
	i := rapid.IntRange(0, len(m.waiting)-1).Draw(rt, "which")
	d := m.waiting[i]
	if rapid.IntRange(0, 3).Draw(rt, "twice") > 0 {
		m.waiting = slices.Delete(m.waiting, i, i+1)
	}
	m.note("arrives: %s", d.what)
	m.survive(d.send)
	if rapid.Bool().Draw(rt, "at once") {
		m.pass(time.Second)
	}
}

func (m *machine) lose(rt *rapid.T) {
	if len(m.waiting) == 0 {
		rt.Skip("nothing is on its way")
	}
	i := rapid.IntRange(0, len(m.waiting)-1).Draw(rt, "which")
	m.note("is lost: %s", m.waiting[i].what)
	m.waiting = slices.Delete(m.waiting, i, i+1)
}

func (m *machine) someSweep(rt *rapid.T) {
	full := rapid.Bool().Draw(rt, "full")
	m.note("a sweep, full %t", full)
	m.sweep(full)
	m.pass(time.Second)
}

// run asks for a run, as sync does.
func (m *machine) run(rt *rapid.T) {
	key := m.key(rt)
	m.survive(func() error { return m.planner().Resync(m.ctx(), connector.GroupIDOf(m.id, key)) })
	m.pass(time.Second)
}

func (m *machine) time(rt *rapid.T) {
	d := rapid.SampledFrom([]time.Duration{time.Minute, 11 * time.Minute, time.Hour, 25 * time.Hour}).Draw(rt, "time")
	m.note("%s go by", d)
	m.pass(d)
}

// someFaults lets some of the next calls fail.
func (m *machine) someFaults(rt *rapid.T) {
	plan, stores := map[int]mishap{}, map[int]mishap{}
	for range rapid.IntRange(1, 3).Draw(rt, "faults") {
		plan[rapid.IntRange(1, 12).Draw(rt, "call")] = rapid.SampledFrom(mishaps()).Draw(rt, "how")
	}
	if rapid.Bool().Draw(rt, "store too") {
		stores[rapid.IntRange(1, 10).Draw(rt, "step")] = rapid.SampledFrom([]mishap{crash, temporary}).Draw(rt, "how")
	}
	m.note("calls fail: %v, steps of the store: %v", plan, stores)
	m.faults.arm(plan, stores)
	if rapid.Bool().Draw(rt, "at once") {
		m.run(rt)
	}
}
