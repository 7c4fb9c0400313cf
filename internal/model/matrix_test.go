package model_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"roomkeeper/adapters/bolt"
	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// story is a change that takes several calls, of which each may fail.
type story struct {
	name string
	// begin prepares, act is what happens.
	begin, act func(m *machine)
}

func stories() []story {
	open := func(m *machine) { m.begin() }
	hint := func(m *machine, t connector.EventType) {
		m.ok(m.acceptor().Accept(m.ctx(), []connector.Event{{ID: "hint", Type: t, Record: m.keys[0], At: m.clock.Now()}}))
	}
	team := func(m *machine, who ...string) {
		m.put(m.keys[0], func(rt *connector.RecordTeam) {
			rt.Team.Entries = nil
			for _, u := range who {
				rt.Team.Entries = append(rt.Team.Entries, entry(connector.PrincipalUser, u, "member"))
			}
		})
		hint(m, connector.EventTeamChanged)
	}
	return []story{
		{"create", func(m *machine) { m.people() }, func(m *machine) { m.open(0) }},
		{"add", open, func(m *machine) { team(m, "ann", "bob", "cid", "dan", "eve") }},
		{"remove", open, func(m *machine) { team(m, "ann", "bob", "cid") }},
		{"owner change", open, func(m *machine) {
			m.put(m.keys[0], func(rt *connector.RecordTeam) {
				rt.Record.Owner = connector.Principal{Type: connector.PrincipalUser, ID: "fay"}
				rt.Team.Entries = rt.Team.Entries[1:]
			})
			hint(m, connector.EventRecordUpdated)
		}},
		{"deactivate", open, func(m *machine) {
			user := m.past.users["bob"]
			user.Active = false
			m.putUser(user)
			m.sweep(true)
		}},
		{"hold", open, func(m *machine) { team(m, "ann", "eve") }},
		{"left", open, func(m *machine) {
			ch := m.channel(m.keys[0])
			m.chat.Leave(ch.ID, "U:bob@example.com")
			m.ok(m.acceptor().AcceptChat(m.ctx(), connector.ChatEvent{
				ID: "left", Type: connector.ChatMemberLeft, Platform: m.id, Channel: ch.ID, Member: "U:bob@example.com", At: m.clock.Now(),
			}))
		}},
	}
}

// ending is all that must come out the same.
func (m *machine) ending() string {
	out := ""
	for _, key := range m.keys {
		g := m.group(key)
		ch := m.channel(key)
		slices.Sort(ch.Members)
		out += fmt.Sprintf("%s %s held=%t in=%v", key.ID, g.State, g.Held != nil, ch.Members)
		if g.Held != nil {
			out += " " + string(g.Held.Reason)
		}
		for _, row := range g.Memberships {
			out += fmt.Sprintf(" %s/%s=%s/%s/%t", row.User, row.Member, row.Status, row.Reason, row.Owned)
		}
		out += "\n"
	}
	return out
}

// trial is the reporter of one telling of a story: what fails ends that telling
// only, so that one run names everything that it finds.
type trial struct{ failure string }

// errEnded is thrown where a trial fails.
var errEnded = errors.New("the trial ended")

func (*trial) Helper() {}

func (r *trial) Fatalf(format string, args ...any) {
	r.failure = fmt.Sprintf(format, args...)
	panic(errEnded)
}

// try tells a story with mishaps and returns how it ended, the calls, and what
// failed: "" when nothing did.
func try(t *testing.T, p platformManners, s story, plan map[int]mishap) (ending string, calls []string, failure string) {
	t.Helper()
	dir, done, err := connectortest.MakeStoreDir()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = done() }()
	r := &trial{}
	defer func() {
		if thrown := recover(); thrown != nil {
			if failed, ok := thrown.(error); !ok || !errors.Is(failed, errEnded) {
				panic(thrown)
			}
			failure = r.failure
		}
	}()
	ending, calls = tell(r, filepath.Join(dir, "test.db"), p, s, plan)
	return ending, calls, ""
}

// tell plays a story with mishaps and returns how it ended, and the calls.
func tell(t reporter, file string, p platformManners, s story, plan map[int]mishap) (ending string, calls []string) {
	t.Helper()
	clock := connectortest.NewEngineClock()
	store, err := bolt.Open(file, bolt.Options{Clock: clock.Now})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	defer func() { _ = store.Close() }()
	m := &machine{world: newWorld(t, p, store.Ports(), clock)}
	s.begin(m)
	m.faults.arm(plan, nil)
	m.note("calls fail: %v", plan)
	s.act(m)
	m.pass(2 * time.Second)
	calls = m.faults.log
	m.settle()
	for _, key := range m.keys {
		// What a platform refused for good is asked for again by a person.
		if g := m.group(key); g.State == connector.GroupFailed {
			m.open(slices.Index(m.keys, key))
			m.pass(time.Minute)
		}
	}
	m.settled()
	m.truth()
	return m.ending(), calls
}

// enoughFailures ends a scenario: what comes after would say the same.
const enoughFailures = 20

// Each call fails in each way, then two of them: nobody is removed wrongly at any
// moment, and what comes out is the same.
func TestFaults(t *testing.T) {
	for _, p := range []platformManners{slackManners(), discordManners()} {
		for _, s := range stories() {
			t.Run(string(p.id)+"/"+s.name, func(t *testing.T) { everyFault(t, p, s) })
		}
	}
}

func everyFault(t *testing.T, p platformManners, s story) {
	t.Helper()
	want, calls, failure := try(t, p, s, nil)
	if failure != "" {
		t.Fatal(failure)
	}
	t.Logf("%d calls: %s", len(calls), strings.Join(calls, ", "))
	failures := 0
	check := func(plan map[int]mishap) {
		t.Helper()
		switch got, _, failure := try(t, p, s, plan); {
		case failure != "":
			t.Errorf("with %v of %v: %s", plan, calls, failure)
		case got != want:
			t.Errorf("with %v of %v:\n%s, and without:\n%s", plan, calls, got, want)
		default:
			return
		}
		if failures++; failures == enoughFailures {
			t.Fatal("and so on")
		}
	}
	one, pairs, tried := 0, 0, 0
	for i := range calls {
		for a, how := range mishaps() {
			one++
			check(map[int]mishap{i + 1: how})
			for j := i + 1; j < len(calls)+4; j++ {
				for b, then := range mishaps() {
					pairs++
					if *allPairs || (pairs*7+a+b)%199 == 0 {
						tried++
						check(map[int]mishap{i + 1: how, j + 1: then})
					}
				}
			}
		}
	}
	t.Logf("tried %d single faults, %d of %d pairs", one, tried, pairs)
}
