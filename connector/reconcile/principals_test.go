package reconcile_test

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

// dimensions are the principals that a switch resolves, and the ways they are.
var dimensions = map[connector.PrincipalType]connector.Via{
	connector.PrincipalDepartment: connector.ViaDepartment, connector.PrincipalRole: connector.ViaRole,
	connector.PrincipalUserGroup: connector.ViaUserGroup, connector.PrincipalQueue: connector.ViaQueue,
	connector.PrincipalTerritory: connector.ViaTerritory,
}

func unit(t connector.PrincipalType) connector.Principal {
	return connector.Principal{Type: t, ID: "x", Name: "The X"}
}

// expands makes a world in which departments are resolved and Record 1 has one,
// with the people b and c, beside its owner a.
func expands(t *testing.T) *world {
	w := newWorld(t)
	w.types = map[connector.PrincipalType]bool{connector.PrincipalDepartment: true}
	w.person("a", "b", "c", "d")
	w.withUnit("1", unit(connector.PrincipalDepartment), "a")
	w.crm.SetPrincipal(unit(connector.PrincipalDepartment), "b", "c")
	return w
}

// withUnit makes a Record with a principal behind the people of its team.
func (w *world) withUnit(id string, p connector.Principal, team ...string) {
	w.record(id, "Acme "+id, team...)
	w.crm.SetTeam(key(id), append(entries(team...), connector.Entry{Principal: p, Role: "member"})...)
}

func (w *world) expansions() int { return w.crm.Calls.Counts()[connectortest.CRMExpand] }

func TestEachDimensionHasItsSwitch(t *testing.T) {
	for of, via := range dimensions {
		for switched := range dimensions {
			t.Run(fmt.Sprintf("%s with %s", of, switched), func(t *testing.T) {
				w := newWorld(t)
				w.types = map[connector.PrincipalType]bool{switched: true}
				w.person("a", "b")
				w.withUnit("1", unit(of), "a")
				w.crm.SetPrincipal(unit(of), "b")
				w.open("1")
				if of != switched {
					w.in("1", "a")
					if g := w.group("1"); g.Unresolved != 1 || len(g.Principals) != 0 {
						t.Errorf("unresolved %d, principals %v", g.Unresolved, g.Principals)
					}
					return
				}
				w.in("1", "a", "b")
				want := []connector.Path{{Via: via, ID: "x", Name: "The X"}}
				if row := w.row("1", "b"); !slices.Equal(row.Why, want) || w.group("1").Unresolved != 0 {
					t.Errorf("row %+v, unresolved %d", row, w.group("1").Unresolved)
				}
			})
		}
	}
}

func TestAnUnknownTypeIsUnresolved(t *testing.T) {
	w := expands(t)
	w.withUnit("2", connector.Principal{Type: "club", ID: "x"}, "a")
	w.open("2")
	if g := w.group("2"); g.Unresolved != 1 || w.expansions() != 0 {
		t.Errorf("unresolved %d", g.Unresolved)
	}
}

func TestSubUnitsOnlyWhereTheEntrySaysSo(t *testing.T) {
	w := expands(t)
	below := unit(connector.PrincipalDepartment)
	below.IncludeSub = true
	w.crm.SetPrincipal(below, "b", "c", "d")
	w.withUnit("2", below, "a")
	w.open("1")
	w.open("2")
	w.in("1", "a", "b", "c")
	w.in("2", "a", "b", "c", "d")
}

func TestExternalPeopleAreNeverBroughtIn(t *testing.T) {
	w := expands(t)
	outsider := user("c")
	outsider.External = true
	w.crm.PutUser(outsider)
	w.crm.SetTeam(key("1"), append(entries("a"),
		connector.Entry{Principal: unit(connector.PrincipalDepartment)},
		connector.Entry{Principal: connector.Principal{Type: connector.PrincipalExternal, ID: "b"}})...)
	w.open("1")
	w.in("1", "a")
}

// Somebody to whom two ways lead stays until neither does, and nothing is sent
// while one of them goes.
func TestUnionWithoutFlapping(t *testing.T) {
	w := expands(t)
	w.crm.SetTeam(key("1"), append(entries("a", "b"), connector.Entry{Principal: unit(connector.PrincipalDepartment)})...)
	w.open("1")
	if n := len(w.row("1", "b").Why); n != 2 {
		t.Fatalf("%d ways", n)
	}
	w.crm.SetTeam(key("1"), append(entries("a"), connector.Entry{Principal: unit(connector.PrincipalDepartment)})...)
	w.settle("1")
	w.crm.SetTeam(key("1"), append(entries("a", "b"), connector.Entry{Principal: unit(connector.PrincipalDepartment)})...)
	w.change("c")
	w.settle("1")
	w.in("1", "a", "b", "c")
	w.calls(map[string]int{})
	w.crm.SetTeam(key("1"), append(entries("a"), connector.Entry{Principal: unit(connector.PrincipalDepartment)})...)
	w.settle("1")
	w.in("1", "a", "c")
}

// change says who is in the department, by an event.
func (w *world) change(users ...connector.UserID) {
	w.Helper()
	w.crm.SetPrincipal(unit(connector.PrincipalDepartment), users...)
	w.changed(connector.PrincipalDepartment, "x")
}

func (w *world) changed(t connector.PrincipalType, id string) {
	w.Helper()
	w.ok(w.acceptor().Accept(w.Context(), []connector.Event{{
		ID: "p" + w.clock.Now().String(), Type: connector.EventPrincipalChanged, Principal: &connector.Principal{Type: t, ID: id},
	}}))
}

// A principal that the CRM does not know keeps whom it had brought, and brings
// nobody.
func TestAnUnknownPrincipalKeepsItsPeople(t *testing.T) {
	w := expands(t)
	w.crm.SetPrincipal(unit(connector.PrincipalDepartment), "b", "e")
	w.crm.PutUser(user("e")) // without an account
	w.open("1")
	w.crm.DropPrincipal(unit(connector.PrincipalDepartment))
	w.changed(connector.PrincipalDepartment, "x")
	w.chat.Person(email("e"))
	w.clock.Advance(time.Hour)
	w.settle("1")
	w.in("1", "a", "b")
	if g, row := w.group("1"), w.row("1", "b"); g.Unresolved != 1 || g.Held != nil || row.Status != connector.StatusMember || len(row.Why) != 1 {
		t.Errorf("unresolved %d, held %v, row %+v", g.Unresolved, g.Held, row)
	}
	w.change("e")
	w.settle("1")
	w.in("1", "a", "e")
}

// Whatever fails and however, nobody is removed; only that the CRM does not know
// the principal is no failure.
func TestFailedExpansions(t *testing.T) {
	for name, err := range sentinels() {
		t.Run(name, func(t *testing.T) {
			w := expands(t)
			w.open("1")
			w.crm.Calls.Spoil(connectortest.CRMExpand, 0, connectortest.MemoryFault{Err: fmt.Errorf("spoilt: %w", err)})
			w.change("b")
			end := w.run("1")
			w.in("1", "a", "b", "c")
			g := w.group("1")
			switch name {
			case "wait":
				if g.Held != nil || end.Outcome != connector.RunWait {
					t.Errorf("held %+v, %+v", g.Held, end)
				}
			case "not found", "unsupported":
				if g.Held != nil || g.Unresolved != 1 || end.Outcome != connector.RunDone {
					t.Errorf("held %+v, unresolved %d, %+v", g.Held, g.Unresolved, end)
				}
			default:
				if g.Held == nil || g.Held.Reason != connector.HoldTeamUnreadable || g.State != connector.GroupHeld {
					t.Errorf("%s, held %+v", g.State, g.Held)
				}
			}
			w.clock.Advance(2 * time.Minute)
			w.settle("1")
			w.in("1", "a", "b")
			if g := w.group("1"); g.Held != nil || g.State != connector.GroupActive {
				t.Errorf("held %+v", g.Held)
			}
		})
	}
}

// One reading of a principal serves every Record, until something makes it stale.
func TestExpansionsAreShared(t *testing.T) {
	w := expands(t)
	for i := 2; i <= 20; i++ {
		w.withUnit(fmt.Sprint(i), unit(connector.PrincipalDepartment), "a")
	}
	for i := 1; i <= 20; i++ {
		w.request(fmt.Sprint(i))
		w.settle(fmt.Sprint(i))
	}
	if n := w.expansions(); n != 1 {
		t.Errorf("%d expansions for 20 records", n)
	}
	w.forget()
	w.clock.Advance(time.Minute)
	w.queues(true)
	if n := w.expansions(); n != 1 {
		t.Errorf("%d expansions in a steady sweep", n)
	}
	w.calls(map[string]int{})
	w.crm.SetPrincipal(unit(connector.PrincipalDepartment), "b") // and no event
	w.forget()
	w.clock.Advance(time.Minute)
	var all []string
	for i := 1; i <= 20; i++ {
		all = append(all, fmt.Sprint(i))
	}
	w.queues(true, all...)
	for _, id := range all {
		w.settle(id)
		w.in(id, "a", "b")
	}
	if n := w.expansions(); n != 1 {
		t.Errorf("%d expansions in a sweep that queued 20 records", n)
	}
	w.queues(true)
}

// An event reaches what every replica remembers, and the Groups one by one.
func TestAPrincipalThatChanged(t *testing.T) {
	w := expands(t)
	for _, id := range []string{"2", "3"} {
		w.withUnit(id, unit(connector.PrincipalDepartment), "a")
	}
	w.record("4", "Another", "a")
	for _, id := range []string{"1", "2", "3", "4"} {
		w.open(id)
	}
	other := &reconcile.Expander{CRM: w.crm, Marks: w.engine.Marks, Clock: w.clock.Now}
	mine := w.expander
	w.expander = other
	w.settle("1") // so that the other replica remembers it too
	w.forget()
	w.change("b", "d")
	jobs := w.queue.take(connector.LanePrincipals)
	if len(jobs) != 1 {
		t.Fatalf("queued %+v", jobs)
	}
	spreader := &reconcile.Spreader{Engine: w.engine, Logger: slog.New(slog.DiscardHandler)}
	if end := spreader.Run(t.Context(), connector.Lease{Key: jobs[0].Key, Attempt: 1, Tags: append(jobs[0].Tags, "s1")}); end.Outcome != connector.RunDone {
		t.Fatalf("%+v", end)
	}
	var groups []connector.GroupID
	delays := map[time.Duration]bool{}
	for _, job := range w.queue.take(connector.LaneGroup) {
		groups = append(groups, job.Key.Group)
		delays[job.Delay] = true
		if len(job.Tags) != 1 || !strings.HasPrefix(job.Tags[0], "by:principal.changed ") {
			t.Errorf("tags %q", job.Tags)
		}
	}
	want := []connector.GroupID{groupOf("1"), groupOf("2"), groupOf("3")}
	slices.Sort(groups)
	slices.Sort(want)
	if !slices.Equal(groups, want) || len(delays) != 3 {
		t.Errorf("queued %v, delays %v", groups, delays)
	}
	w.settle("1")
	w.expander = mine
	w.settle("2")
	w.in("1", "a", "b", "d")
	w.in("2", "a", "b", "d")
}

// A principal that changes while a Record is made that uses it: no list of Groups
// had told that it does.
func TestAPrincipalThatChangesDuringTheFirstRun(t *testing.T) {
	w := expands(t)
	w.request("1")
	w.queue.take("")
	told := false
	w.gate = func(step string) error {
		if step == "save_group" && !told {
			told = true
			w.gate = nil
			w.change("b", "d")
		}
		return nil
	}
	w.settle("1")
	if jobs := w.queue.take(connector.LaneGroup); len(jobs) == 0 {
		t.Error("nobody comes back")
	}
	w.settle("1")
	w.in("1", "a", "b", "d")
}

// What is below a unit is known to the CRM alone: any change of a department
// concerns those that include what is below them.
func TestAChangeBelow(t *testing.T) {
	w := expands(t)
	below := unit(connector.PrincipalDepartment)
	below.IncludeSub = true
	w.crm.SetPrincipal(below, "b")
	w.withUnit("2", below, "a")
	w.open("2")
	w.crm.SetPrincipal(below, "b", "d")
	w.changed(connector.PrincipalDepartment, "y")
	if g := w.group("2"); !g.Uses(connector.PrincipalKey{Type: connector.PrincipalDepartment, ID: "y"}) ||
		g.Uses(connector.PrincipalKey{Type: connector.PrincipalRole, ID: "x"}) {
		t.Errorf("uses %v", g.Principals)
	}
	w.settle("2")
	w.in("2", "a", "b", "d")
}

// The event is only accepted once it is stored that it must be acted upon.
func TestAPrincipalsEventIsDurable(t *testing.T) {
	w := expands(t)
	w.open("1")
	for _, step := range []string{"set_mark", "queue"} {
		w.gate = func(s string) error {
			if s == step {
				return connector.ErrStoreAway
			}
			return nil
		}
		err := w.acceptor().Accept(t.Context(), []connector.Event{{
			ID: "p", Type: connector.EventPrincipalChanged, Principal: &connector.Principal{Type: connector.PrincipalDepartment, ID: "x"},
		}})
		if err == nil {
			t.Errorf("accepted although %s failed", step)
		}
	}
}

// The owner's duties fall to the team members of role owner when nobody else can
// have them.
func TestWhoHasTheOwnersDuties(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b", "c")
	lead := entries("a", "b", "c")
	lead[1].Role = "Owner"
	w.crm.SetTeam(key("1"), lead...)
	w.open("1")
	owners := func(want ...connector.UserID) {
		t.Helper()
		w.settle("1")
		if got := w.group("1").Owners; !slices.Equal(got, want) {
			t.Errorf("owners %v, want %v", got, want)
		}
	}
	owners("a")
	w.crm.Put(connector.Record{Key: key("1"), Name: "Acme", Owner: connector.Principal{Type: connector.PrincipalQueue, ID: "q"}})
	owners("b")
	inactive := user("b")
	inactive.Active = false
	w.crm.PutUser(inactive)
	owners()
}
