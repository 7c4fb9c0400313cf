package reconcile_test

import (
	"slices"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/reconcile"
)

func (w *world) status(id, who string, want connector.MemberStatus) {
	w.Helper()
	if row := w.row(id, who); row.Status != want {
		w.Fatalf("%s is %+v, want %s", who, row, want)
	}
}

// touch tells of a chat event about somebody.
func (w *world) touch(id string, event connector.ChatEventType, who string) {
	w.Helper()
	w.clock.Advance(time.Second)
	w.ok(w.acceptor().AcceptChat(w.Context(), connector.ChatEvent{
		ID: "chat-" + w.clock.Now().String(), Type: event, Platform: slack, Channel: w.group(id).Channel.ID, Member: member(who), At: w.clock.Now(),
	}))
	w.clock.Advance(time.Second)
}

func TestRemovalsAreObservedFirst(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b", "c")
	w.open("1")
	w.team("1", "a", "b")
	w.settle("1")
	w.in("1", "a", "b")
	if log := w.chat.Calls.Log(); !slices.Equal(log, []string{"observe", "remove"}) {
		t.Errorf("calls %v", log)
	}
	w.status("1", "c", connector.StatusRemoved)
}

func TestRemovalNotAllowed(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b", "c")
	w.open("1")
	w.chat.ForbidRemovals(true)
	w.team("1", "a", "b")
	w.settle("1")
	w.status("1", "c", connector.StatusToRemove)
	if jobs := w.queue.take(connector.LaneGroup); len(jobs) != 1 || jobs[0].Delay != 24*time.Hour {
		t.Errorf("queued %+v, want a run in a day", jobs)
	}
	w.forget()
	w.clock.Advance(23 * time.Hour)
	w.settle("1")
	w.calls(map[string]int{})
	w.chat.ForbidRemovals(false)
	w.clock.Advance(time.Hour)
	w.settle("1")
	w.in("1", "a", "b")
}

// A removal that was refused is tried again at once where somebody asks for it, or by
// another configuration; a run that is repeated for something else does so no more.
func TestRefusedRemovalIsTriedAgain(t *testing.T) {
	for name, by := range map[string]func(w *world, lease *connector.Lease){
		"somebody asks":         func(_ *world, lease *connector.Lease) { lease.Tags = connector.QueuedBy("sync") },
		"another configuration": func(w *world, _ *connector.Lease) { w.setup = "since " + w.clock.Now().String() },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.setup = "as it was"
			w.person("a", "b", "c")
			w.record("1", "Acme", "a", "b", "c")
			w.open("1")
			w.chat.ForbidRemovals(true)
			w.team("1", "a", "b")
			w.settle("1")
			tries := func(attempt, want int) {
				t.Helper()
				w.forget()
				w.clock.Advance(time.Minute)
				lease := connector.Lease{Key: connector.JobKey{Lane: connector.LaneGroup, Group: groupOf("1")}, Attempt: attempt}
				by(w, &lease)
				w.reconciler().Run(w.Context(), lease)
				if n := w.chat.Calls.Counts()[string(connectortest.ChatRemove)]; n != want {
					t.Errorf("attempt %d: tried %d times, want %d", attempt, n, want)
				}
			}
			tries(1, 1)
			tries(2, 0)
			w.clock.Advance(10 * time.Minute)
			tries(3, 1)
			w.chat.ForbidRemovals(false)
			tries(1, 1)
			w.in("1", "a", "b")
		})
	}
}

// Whoever asks for a run has the channel read: no event told who came or went.
func TestResyncReadsTheChannel(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b", "c")
	g := w.open("1")
	w.chat.Leave(g.Channel.ID, member("c"))
	w.settle("1")
	w.status("1", "c", connector.StatusMember)
	w.ok(w.planner().Resync(w.Context(), groupOf("1")))
	w.settle("1")
	w.status("1", "c", connector.StatusLeft)
}

func TestHandAddedIsKept(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c", "h", "x")
	w.record("1", "Acme", "a", "b", "c")
	g := w.open("1")
	w.chat.Join(g.Channel.ID, member("h"), member("x"))
	w.touch("1", connector.ChatMemberJoined, "h")
	w.settle("1")
	w.status("1", "h", connector.StatusHandAdded)
	w.team("1", "a", "b", "c", "h")
	w.settle("1")
	w.status("1", "h", connector.StatusHandAdded)
	w.team("1", "a", "b")
	w.settle("1")
	w.in("1", "a", "b", "h", "x")
}

func TestLeaverIsRespected(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c", "d")
	w.record("1", "Acme", "a", "b", "c", "d")
	g := w.open("1")
	w.chat.Leave(g.Channel.ID, member("b"))
	w.touch("1", connector.ChatMemberLeft, "b")
	w.settle("1")
	w.status("1", "b", connector.StatusLeft)
	w.in("1", "a", "c", "d")
	w.forget()
	w.settle("1")
	w.calls(map[string]int{})
	w.team("1", "a", "c", "d")
	w.settle("1")
	w.team("1", "a", "b", "c", "d")
	w.settle("1")
	w.in("1", "a", "b", "c", "d")
}

// Who left and came back by hand counts as added by hand.
func TestReturnByHand(t *testing.T) {
	for _, onTeam := range []bool{true, false} {
		w := newWorld(t)
		w.person("a", "b", "c")
		w.record("1", "Acme", "a", "b", "c")
		g := w.open("1")
		w.chat.Leave(g.Channel.ID, member("b"))
		w.touch("1", connector.ChatMemberLeft, "b")
		w.settle("1")
		w.chat.Join(g.Channel.ID, member("b"))
		w.touch("1", connector.ChatMemberJoined, "b")
		if !onTeam {
			w.team("1", "a", "c")
		}
		w.settle("1")
		if row := w.row("1", "b"); row.Status != connector.StatusHandAdded || row.Owned {
			t.Errorf("row %+v", row)
		}
		w.team("1", "a", "c")
		w.settle("1")
		w.in("1", "a", "b", "c")
	}
}

func TestLeaversReadd(t *testing.T) {
	w := newWorld(t)
	w.policy.Leavers = connector.LeaversReadd
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b", "c")
	g := w.open("1")
	w.chat.Leave(g.Channel.ID, member("b"))
	w.touch("1", connector.ChatMemberLeft, "b")
	w.settle("1")
	w.in("1", "a", "b", "c")
}

func TestOwnerWhoLeaves(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b", "c")
	g := w.open("1")
	leave := func(want ...string) {
		t.Helper()
		w.chat.Leave(g.Channel.ID, member("a"))
		w.touch("1", connector.ChatMemberLeft, "a")
		w.settle("1")
		w.in("1", want...)
	}
	leave("a", "b", "c")
	leave("b", "c")
	w.chat.Join(g.Channel.ID, member("a"))
	w.touch("1", connector.ChatMemberJoined, "a")
	w.record("1", "Acme", "b", "a", "c")
	w.settle("1")
	w.record("1", "Acme", "a", "b", "c")
	w.settle("1")
	leave("a", "b", "c") // a new ownership
}

// The owner who left is added again once, also when it was open for a while who they are.
func TestOwnerWhoLeavesUnderANewAddress(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b", "c")
	g := w.open("1")
	leave := func() {
		w.chat.Leave(g.Channel.ID, member("a"))
		w.touch("1", connector.ChatMemberLeft, "a")
	}
	u := user("a")
	u.Email = "new-" + u.Email // which the platform does not know: the account of before stands
	w.crm.PutUser(u)
	w.chat.Calls.Spoil(asksAddress, 0, connectortest.MemoryFault{Err: &connector.WaitError{After: time.Minute}})
	leave()
	if end := w.run("1"); end.Outcome == connector.RunDone {
		t.Errorf("done: %+v", end)
	}
	w.in("1", "b", "c")
	w.status("1", "a", connector.StatusLeft)
	w.clock.Advance(time.Minute)
	w.settle("1")
	w.in("1", "a", "b", "c")
	leave()
	w.settle("1")
	w.in("1", "b", "c")
	w.status("1", "a", connector.StatusLeft)
}

func TestInactiveLeavesAtOnce(t *testing.T) {
	w := newWorld(t)
	w.policy.Grace = time.Hour
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b", "c")
	w.open("1")
	for _, id := range []string{"b", "c"} {
		u := user(id)
		u.Active = false
		w.crm.PutUser(u)
	}
	w.settle("1")
	w.in("1", "a")
	if g := w.group("1"); g.Held != nil {
		t.Errorf("held %+v", g.Held)
	}
}

func TestUnknownUserStays(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b", "c")
	w.open("1")
	w.crm.DropUser("b")
	w.team("1", "a", "b", "c", "d")
	w.settle("1")
	w.in("1", "a", "b", "c")
	if row := w.row("1", "d"); row.Status != connector.StatusPending || row.Reason != connector.ReasonUnknownUser {
		t.Errorf("row %+v", row)
	}
	w.person("d")
	w.settle("1")
	w.in("1", "a", "b", "c", "d")
}

func TestExternalIsNeverInvited(t *testing.T) {
	w := newWorld(t)
	w.person("a", "x", "y")
	u := user("y")
	u.External = true
	w.crm.PutUser(u)
	w.record("1", "Acme", "a")
	w.crm.SetTeam(key("1"), append(entries("a", "x", "y"),
		connector.Entry{Principal: connector.Principal{Type: connector.PrincipalExternal, ID: "x"}},
		connector.Entry{Principal: connector.Principal{Type: connector.PrincipalDepartment, ID: "d1"}})...)
	w.open("1")
	w.in("1", "a")
	if n := w.group("1").Unresolved; n != 1 {
		t.Errorf("%d unresolved", n)
	}
}

func TestAccountGoesAndComesBack(t *testing.T) {
	for _, link := range []connector.LinkSource{connector.LinkEmail, connector.LinkCRM, connector.LinkStored} {
		t.Run(string(link), func(t *testing.T) {
			w := newWorld(t)
			w.person("a", "b", "c")
			switch link {
			case connector.LinkCRM:
				u := user("b")
				u.Links = map[connector.PlatformID]connector.MemberID{slack: member("b")}
				w.crm.PutUser(u)
			case connector.LinkStored:
				u := user("b")
				u.Email = "unknown@example.com"
				w.crm.PutUser(u)
				w.ok(w.engine.People.UpdatePeople(t.Context(), []connector.UserID{"b"}, func(p *connector.Person) {
					p.Links = map[connector.PlatformID]connector.Link{slack: {Member: member("b"), Source: link}}
				}))
			case connector.LinkEmail:
			}
			w.record("1", "Acme", "a", "b", "c")
			w.open("1")
			w.chat.SetAccount(email("b"), connector.ReasonNoAccount)
			w.touch("1", connector.ChatMemberLeft, "b")
			w.settle("1")
			if row := w.row("1", "b"); row.Status != connector.StatusPending || row.Reason != connector.ReasonNoAccount {
				t.Fatalf("row %+v", row)
			}
			w.clock.Advance(15 * time.Minute)
			w.settle("1")
			w.status("1", "b", connector.StatusPending)
			w.chat.Person(email("b"))
			w.clock.Advance(15 * time.Minute)
			w.settle("1")
			w.in("1", "a", "b", "c")
			w.status("1", "b", connector.StatusMember)
		})
	}
}

func TestAnotherAccount(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b", "c")
	w.open("1")
	w.chat.Person("new@example.com")
	u := user("b")
	u.Email = "new@example.com"
	w.crm.PutUser(u)
	w.chat.ForbidRemovals(true)
	w.settle("1")
	w.forget()
	w.settle("1")
	w.calls(map[string]int{})
	w.chat.ForbidRemovals(false)
	w.clock.Advance(24 * time.Hour)
	w.settle("1")
	if in := w.channel("1").Members; !slices.Contains(in, "U:new@example.com") || slices.Contains(in, member("b")) {
		t.Errorf("in the channel %v", in)
	}
}

// A new address that finds nobody is no reason to leave, as long as the account
// of before is there.
func TestNewAddressFindsNobody(t *testing.T) {
	for _, link := range []connector.LinkSource{connector.LinkEmail, connector.LinkCRM} {
		w := newWorld(t)
		w.person("a", "b", "c")
		w.record("1", "Acme", "a", "b", "c")
		w.open("1")
		u := user("b")
		u.Email = "new@example.com"
		if link == connector.LinkCRM {
			u.Links = map[connector.PlatformID]connector.MemberID{slack: "U-nobody"}
		}
		w.crm.PutUser(u)
		w.settle("1")
		w.in("1", "a", "b", "c")
		if row := w.row("1", "b"); row.Status != connector.StatusMember || !row.Owned || row.Reason != connector.ReasonNoAccount {
			t.Errorf("%s: row %+v", link, row)
		}
		w.forget()
		w.settle("1")
		w.calls(map[string]int{}) // nobody is asked again at once
		w.clock.Advance(15 * time.Minute)
		w.chat.Calls.Spoil("account", 0, connectortest.MemoryFault{Err: connector.ErrTemporary})
		w.settle("1")
		w.in("1", "a", "b", "c")
		w.team("1", "a", "c")
		w.settle("1")
		w.in("1", "a", "c")
	}
}

func TestNewAddressOfAnAccountThatIsGone(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b")
	w.record("1", "Acme", "a", "b")
	w.open("1")
	u := user("b")
	u.Email = "new@example.com"
	w.crm.PutUser(u)
	w.chat.SetAccount(email("b"), connector.ReasonGuest)
	w.settle("1")
	w.in("1", "a")
}

// While it is open who somebody is, nobody is removed whom we did not add.
func TestStrictWithFailedLookUp(t *testing.T) {
	for name, hide := range map[string]func(w *world){
		"look-up waits": func(w *world) {
			w.person("h")
			w.chat.Calls.Spoil("lookup", 0, connectortest.MemoryFault{Err: &connector.WaitError{After: time.Minute, What: "lookup"}})
		},
		"user unknown": func(w *world) { w.chat.Person(email("h")) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.policy.Remove, w.policy.RemovalShare = connector.RemoveStrict, 1
			w.person("a", "b", "c")
			w.record("1", "Acme", "a", "b", "c")
			g := w.open("1")
			hide(w)
			w.chat.Person(email("x"))
			w.chat.Join(g.Channel.ID, member("h"), member("x"))
			w.team("1", "a", "b", "h")
			w.touch("1", connector.ChatMemberJoined, "h")
			w.run("1")
			w.in("1", "a", "b", "h", "x") // c was ours
			w.person("h")
			w.clock.Advance(time.Minute)
			w.settle("1")
			w.in("1", "a", "b", "h")
		})
	}
}

func TestInvitationRefused(t *testing.T) {
	w := newWorld(t)
	w.person("a", "g")
	u := user("g")
	u.Links = map[connector.PlatformID]connector.MemberID{slack: member("g")}
	w.crm.PutUser(u)
	w.record("1", "Acme", "a", "g")
	w.request("1")
	w.chat.Calls.Spoil("add", 0, connectortest.MemoryFault{Err: &connector.MembersError{
		Failed: []connector.MemberError{{Member: member("g"), Reason: connector.ReasonInvitationRefused}},
	}, Done: false})
	w.settle("1")
	if row := w.row("1", "g"); row.Reason != connector.ReasonInvitationRefused || row.Owned {
		t.Errorf("row %+v", row)
	}
	w.clock.Advance(15 * time.Minute)
	w.settle("1")
	w.in("1", "a", "g")
}

// A refusal is remembered when the reading after it has to wait: it is not asked
// for again by each run that follows.
func TestInvitationRefusedWithoutAReading(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "g")
	w.record("1", "Acme", "a", "b")
	w.open("1")
	w.team("1", "a", "b", "g")
	w.chat.Calls.Spoil("add", 0, connectortest.MemoryFault{Err: connector.ErrForbidden})
	w.chat.Calls.Spoil("observe", 0, connectortest.MemoryFault{Err: &connector.WaitError{After: time.Second}})
	if end := w.run("1"); end.Outcome != connector.RunWait {
		t.Fatalf("end %+v", end)
	}
	w.clock.Advance(time.Second)
	w.settle("1")
	w.in("1", "a", "b")
	if row := w.row("1", "g"); row.Reason != connector.ReasonInvitationRefused || row.Owned {
		t.Errorf("row %+v", row)
	}
}

func TestGraceLeavesRoomForEvents(t *testing.T) {
	w := newWorld(t)
	w.policy.Grace = 7 * 24 * time.Hour
	w.person("a", "b", "c", "d")
	w.record("1", "Acme", "a", "b", "c")
	w.open("1")
	w.team("1", "a", "b")
	w.settle("1")
	if w.last.Outcome != connector.RunDone {
		t.Errorf("end %+v: a wait would keep events waiting", w.last)
	}
	if jobs := w.queue.take(connector.LaneGroup); len(jobs) != 1 || jobs[0].Delay != w.policy.Grace {
		t.Errorf("queued %+v", jobs)
	}
	w.in("1", "a", "b", "c")
	w.clock.Advance(w.policy.Grace)
	w.settle("1")
	w.in("1", "a", "b")
}

func TestStrictAndNever(t *testing.T) {
	for remove, want := range map[connector.RemovePolicy][]string{
		connector.RemoveOwned: {"a", "b", "h"}, connector.RemoveStrict: {"a", "b"}, connector.RemoveNever: {"a", "b", "c", "h"},
	} {
		t.Run(string(remove), func(t *testing.T) {
			w := newWorld(t)
			w.policy.Remove, w.policy.RemovalShare = remove, 1
			w.person("a", "b", "c", "h")
			w.record("1", "Acme", "a", "b", "c")
			g := w.open("1")
			w.chat.Join(g.Channel.ID, member("h"))
			w.team("1", "a", "b")
			w.touch("1", connector.ChatMemberJoined, "h")
			w.settle("1")
			w.in("1", want...)
		})
	}
}

func TestOlderReadingIsNotApplied(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c")
	w.clock.Advance(time.Hour)
	w.record("1", "Acme", "a", "b", "c")
	w.open("1")
	w.clock.Advance(-2 * time.Hour)
	w.team("1", "a", "b")
	w.clock.Advance(2 * time.Hour)
	if end := w.run("1"); end.Outcome != connector.RunRetry {
		t.Errorf("end %+v", end)
	}
	w.in("1", "a", "b", "c")
}

// The same where the newer one was read while the channel was out of reach.
func TestOlderReadingAfterOneOutOfReach(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b")
	w.record("1", "Acme", "a", "b")
	g := w.open("1")
	w.clock.Advance(2 * time.Hour)
	w.record("1", "Acme", "a")
	w.chat.Change(g.Channel.ID, func(ch *connectortest.MemoryChannel) { ch.Archived = true })
	w.settle("1")
	if state := w.group("1").State; state != connector.GroupArchived {
		t.Fatalf("state %s", state)
	}
	w.chat.Change(g.Channel.ID, func(ch *connectortest.MemoryChannel) {
		ch.Archived, ch.Members = false, members("a")
	})
	w.clock.Advance(-time.Hour)
	w.record("1", "Acme", "a", "b")
	w.clock.Advance(time.Hour)
	w.touch("1", connector.ChatChannelRestored, "")
	if end := w.run("1"); end.Outcome != connector.RunRetry {
		t.Errorf("end %+v", end)
	}
	w.in("1", "a")
}

// A removal that is no longer wanted and lands late takes out somebody who did not
// leave, also when a reading that followed an addition showed them in meanwhile.
func TestLateRemovalBesideAnAddition(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c", "d")
	w.record("1", "Acme", "a", "b", "c")
	g := w.open("1")
	w.clock.Advance(time.Minute)
	w.team("1", "a", "b")
	w.chat.Calls.Spoil("remove", 0, connectortest.MemoryFault{Err: connector.ErrTemporary})
	w.attempt("1", 1)
	w.clock.Advance(time.Second)
	w.team("1", "a", "b", "c", "d")
	w.attempt("1", 2)
	w.in("1", "a", "b", "c", "d")
	w.clock.Advance(time.Second)
	w.chat.Change(g.Channel.ID, func(ch *connectortest.MemoryChannel) {
		ch.Members = slices.DeleteFunc(ch.Members, func(m connector.MemberID) bool { return m == member("c") })
	})
	w.clock.Advance(time.Minute)
	w.settle("1")
	w.in("1", "a", "b", "c", "d")
	w.status("1", "c", connector.StatusMember)
}

// A reading from before somebody was taken out, which is gone on with, does not show
// that they are in again: they are let in.
func TestReadingFromBeforeARemoval(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	diff := reconcile.Diff(reconcile.Input{
		Want:   reconcile.Desired{Wanted: []reconcile.Wanted{{User: connector.User{ID: "a", Active: true}, Member: "A"}}},
		Have:   connector.Observed{Members: []connector.MemberID{"A"}, At: now.Add(-3 * time.Second)},
		Rows:   []connector.Membership{{User: "a", Member: "A", Status: connector.StatusPending, Owned: true, Since: now.Add(-time.Second), TriedAt: now.Add(-time.Second)}},
		Policy: connector.Policy{Remove: connector.RemoveOwned}, InFlight: 15 * time.Second, Now: now,
	})
	if adds := diff.Plan.Of(connector.ActionAdd); len(adds) != 1 || diff.Rows[0].Status != connector.StatusPending {
		t.Errorf("plan %v, rows %+v", diff.Plan.Actions, diff.Rows)
	}
}
