package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// staffed makes a world in which the kind has a department's staff a to d, who
// join by themselves.
func staffed(t *testing.T) *world {
	w := newWorld(t)
	w.policy.MembersOf, w.policy.SelfEnrol = connector.PrincipalDepartment, true
	w.person("a", "b", "c", "d")
	w.record("1", "Sales", "a")
	w.staff("a", "b", "c", "d")
	return w
}

func (w *world) staff(users ...connector.UserID) {
	w.Helper()
	w.crm.SetPrincipal(connector.Principal{Type: connector.PrincipalDepartment, ID: "1"}, users...)
	w.changed(connector.PrincipalDepartment, "1")
}

func (w *world) planner() *reconcile.Planner { return &reconcile.Planner{Reconciler: w.reconciler()} }

func (w *world) join(users ...string) {
	w.Helper()
	for _, u := range users {
		w.ok(w.planner().Join(w.Context(), groupOf("1"), []reconcile.Wanted{{User: user(u), Member: member(u)}}))
	}
	w.settle("1")
}

func (w *world) leave(u string) {
	w.Helper()
	w.ok(w.planner().Leave(w.Context(), groupOf("1"), member(u)))
	w.settle("1")
}

// touchChannel is a chat event about the channel.
func (w *world) touchChannel() {
	w.Helper()
	w.clock.Advance(time.Second)
	_, err := w.engine.Inbox.Accept(w.Context(), connector.Intake{Group: groupOf("1"), Touched: true, At: w.clock.Now()})
	w.ok(err)
	w.clock.Advance(time.Second)
}

func (w *world) is(who string, status connector.MemberStatus) {
	w.Helper()
	if row := w.row("1", who); row.Status != status {
		w.Fatalf("%s is %q, want %q: %+v", who, row.Status, status, row)
	}
}

func TestNobodyIsInvitedWherePeopleJoin(t *testing.T) {
	w := staffed(t)
	w.open("1")
	w.in("1")
	if g := w.group("1"); !g.SelfEnrol || g.Listed != 4 || len(g.Memberships) != 0 {
		t.Errorf("%t, %d listed, %v", g.SelfEnrol, g.Listed, g.Memberships)
	}
	w.join("b", "c")
	w.in("1", "b", "c")
	w.is("b", connector.StatusJoined)
	if row := w.row("1", "b"); len(row.Why) != 1 || row.Why[0].Via != connector.ViaDepartment || !row.Owned || !row.Seen {
		t.Errorf("row %+v", row)
	}
	w.forget()
	w.settle("1")
	w.calls(map[string]int{})
}

func TestWhoJoinedLeavesAndComesBack(t *testing.T) {
	w := staffed(t)
	w.open("1")
	w.join("b", "c", "d")
	w.leave("b")
	w.in("1", "c", "d")
	w.is("b", connector.StatusLeft)
	w.chat.Leave(w.group("1").Channel.ID, member("c"))
	w.touchChannel()
	w.settle("1")
	w.is("c", connector.StatusLeft)
	if w.row("1", "c").Enrolled || w.row("1", "b").Enrolled {
		t.Error("who left is enrolled")
	}
	w.settle("1")
	w.in("1", "d")
	w.join("b", "c")
	w.in("1", "b", "c", "d")
	w.is("c", connector.StatusJoined)
	if by := w.row("1", "c").By; by != "join" {
		t.Errorf("who joined again is in by %q", by)
	}
}

// Nobody told that somebody left: asking to be in again lets them in all the same.
func TestWhoLeftUnnoticedJoinsAgain(t *testing.T) {
	w := staffed(t)
	w.open("1")
	w.join("b", "c")
	w.clock.Advance(time.Hour)
	w.chat.Leave(w.group("1").Channel.ID, member("b"))
	w.join("b")
	w.in("1", "b", "c")
	w.is("b", connector.StatusJoined)
}

func TestWhoJoinedAndDoesNotBelongAnyMore(t *testing.T) {
	w := staffed(t)
	w.open("1")
	w.join("b", "c", "d")
	w.staff("a", "c", "d")
	w.settle("1")
	w.in("1", "c", "d")
	w.is("b", connector.StatusRemoved)
	w.staff("a", "b", "c", "d")
	w.settle("1")
	w.in("1", "c", "d")
	w.join("b")
	w.in("1", "b", "c", "d")
	w.staff()
	w.settle("1")
	w.in("1", "b", "c", "d")
	if g := w.group("1"); g.Held == nil || g.Held.Reason != connector.HoldTeamEmpty {
		t.Errorf("held %+v", g.Held)
	}
}

func TestWhoAsksForTheChannelHasJoined(t *testing.T) {
	w := staffed(t)
	ask := func(id, actor string) {
		w.ok(w.acceptor().Accept(t.Context(), []connector.Event{{
			ID: id, Type: connector.EventChannelRequested, Record: key("1"),
			Actor: connector.Principal{Type: connector.PrincipalUser, ID: actor},
		}}))
		w.settle("1")
	}
	ask("1", "b")
	w.in("1", "b")
	ask("2", "stranger")
	ask("3", "c")
	w.in("1", "b", "c")
	w.leave("b")
	ask("3", "b") // the same event again
	w.in("1", "c")
	ask("4", "b")
	w.in("1", "b", "c")
}

// Above the limit nobody more is invited, and who is in stays.
func TestTheLimitOfEnrolment(t *testing.T) {
	w := newWorld(t)
	w.policy.EnrolLimit = 2
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b")
	w.open("1")
	w.in("1", "a", "b")
	w.team("1", "a", "b", "c")
	w.settle("1")
	w.in("1", "a", "b")
	w.is("a", connector.StatusMember)
	w.join("c")
	w.in("1", "a", "b", "c")
	w.team("1", "a", "b")
	w.settle("1")
	w.in("1", "a", "b")
}

// Where everybody is invited, who asks to leave is let go and stays out, the
// owner too.
func TestLeavingWhereEverybodyIsInvited(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b", "c")
	w.open("1")
	w.leave("a")
	w.in("1", "b", "c")
	w.is("a", connector.StatusLeft)
	w.settle("1")
	w.in("1", "b", "c")
	w.join("a")
	w.in("1", "a", "b", "c")
	w.chat.Join(w.group("1").Channel.ID, member("stranger"))
	w.touchChannel()
	w.settle("1")
	w.leave("stranger")
	w.in("1", "a", "b", "c")
}

func TestARefusedRemovalOfSomebodyWhoLeaves(t *testing.T) {
	w := staffed(t)
	w.open("1")
	w.join("b")
	w.chat.ForbidRemovals(true)
	w.leave("b")
	w.is("b", connector.StatusToRemove)
	if row := w.row("1", "b"); row.Reason != connector.ReasonRemovalNotAllowed || !row.Leaving {
		t.Errorf("row %+v", row)
	}
}

// Where extras are sent away, who belongs and came in by hand is none.
func TestWhoBelongsIsNoExtra(t *testing.T) {
	for _, change := range []func(*connector.Policy){
		func(p *connector.Policy) { p.Extras = connector.ExtrasKick },
		func(p *connector.Policy) { p.Remove = connector.RemoveStrict },
	} {
		w := staffed(t)
		change(&w.policy)
		w.person("stranger")
		w.open("1")
		w.join("b")
		w.chat.Join(w.group("1").Channel.ID, member("c"), member("stranger"))
		w.touchChannel()
		w.settle("1")
		w.in("1", "b", "c")
		w.is("c", connector.StatusHandAdded)
		if n := len(w.group("1").Memberships); n != 3 {
			t.Errorf("rows %+v", w.group("1").Memberships)
		}
	}
}

// Whoever left, is in again unnoticed and asks to be out is taken out.
func TestLeaveOfWhoCameBackUnnoticed(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b")
	w.record("1", "Acme", "a", "b")
	g := w.open("1")
	w.clock.Advance(time.Second)
	w.chat.Leave(g.Channel.ID, member("b"))
	w.touch("1", connector.ChatMemberLeft, "b")
	w.settle("1")
	w.status("1", "b", connector.StatusLeft)
	w.chat.Join(g.Channel.ID, member("b"))
	w.clock.Advance(time.Second)
	w.ok(w.planner().Leave(t.Context(), groupOf("1"), member("b")))
	w.clock.Advance(time.Second)
	w.settle("1")
	w.in("1", "a")
	w.status("1", "b", connector.StatusLeft)
}

// Of whom only the name is known is looked up too, where not everybody is.
func TestWhoIsAskedAboutByNameWherePeopleJoin(t *testing.T) {
	w := staffed(t)
	u := user("c")
	u.Name = "Zoë Campbell"
	w.crm.PutUser(u)
	w.open("1")
	for name, want := range map[string]int{"Zoe\u0308": 1, "zoe campbell": 1, "Zo": 0, "Name of": 3, "": 0} {
		_, got, err := w.resolver().Desired(t.Context(), slack, key("1"), reconcile.Asker{Name: name})
		w.ok(err)
		n := 0
		for _, one := range got.Wanted {
			if connector.StartsName(one.User.Name, name) {
				n++
			}
		}
		if n != want {
			t.Errorf("%q: %d of %+v", name, n, got.Wanted)
		}
	}
}

// Who asked to be out is out by that, whatever run lets them go.
func TestWhoLeavesIsOutByTheirWish(t *testing.T) {
	w := staffed(t)
	w.open("1")
	w.join("b", "c")
	w.leave("b")
	if row := w.row("1", "b"); row.Status != connector.StatusLeft || row.By != "leave" {
		t.Errorf("%+v", row)
	}
	if row := w.row("1", "c"); row.By != "join" {
		t.Errorf("%+v", row)
	}
}
