package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// relink says by hand that somebody is another account.
func (w *world) relink(who, account string) {
	w.Helper()
	w.ok(w.linker().Set(w.Context(), connector.UserID(who), slack, member(account), "api:ops"))
	w.clock.Advance(time.Second)
}

// Who is in by an account of their own stays in by it when the one that they were linked
// to meanwhile is of no use.
func TestOtherAccountWentBeforeItWasIn(t *testing.T) {
	for name, c := range map[string]struct {
		reason connector.PendingReason
		manner connectortest.Manners
		// says is what the row of somebody says who is in by the account of before.
		says connector.PendingReason
	}{
		"found by the address":        {reason: connector.ReasonNoAccount},
		"nobody looks up addresses":   {reason: connector.ReasonNoAccount, manner: connectortest.Manners{NoDirectory: true}, says: connector.ReasonNoAccount},
		"a guest's":                   {reason: connector.ReasonGuest, says: connector.ReasonGuest},
		"a guest's, nobody looked up": {reason: connector.ReasonGuest, manner: connectortest.Manners{NoDirectory: true}, says: connector.ReasonGuest},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.chat.SetManners(c.manner)
			w.person("a", "b", "c")
			w.relink("a", "a")
			w.relink("b", "b")
			w.record("1", "Acme", "a", "b")
			w.open("1")
			w.relink("b", "c")
			w.chat.SetAccount(email("c"), c.reason)
			for range 3 {
				w.settle("1")
				w.in("1", "a", "b")
				if row := w.row("1", "b"); row.Status != connector.StatusMember || row.Member != member("b") || row.Reason != c.says || !row.Owned {
					t.Errorf("row %+v", row)
				}
				if n := len(w.group("1").Memberships); n != 2 {
					t.Errorf("rows %+v", w.group("1").Memberships)
				}
				w.clock.Advance(time.Hour)
			}
			w.chat.Person(email("c"))
			w.settle("1")
			w.in("1", "a", "c")
		})
	}
}

// The same of an account that another Group's run found good a moment ago.
func TestOtherAccountWentBetweenTwoGroups(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b")
	w.open("1")
	w.record("2", "Beta", "a", "b")
	w.open("2")
	b := user("b")
	b.Links = map[connector.PlatformID]connector.MemberID{slack: member("c")}
	w.crm.PutUser(b)
	w.settle("1")
	w.in("1", "a", "c")
	w.calls(map[string]int{asksAccount: 1, string(connectortest.ChatObserve): 2, string(connectortest.ChatAdd): 1, string(connectortest.ChatRemove): 1})
	w.chat.SetAccount(email("c"), connector.ReasonNoAccount)
	w.chat.Readdress(member("b"), "former@example.com")
	for range 3 {
		w.settle("2")
		w.in("2", "a", "b")
		if row := w.row("2", "b"); row.Status != connector.StatusMember || row.Member != member("b") || row.Reason != connector.ReasonNoAccount {
			t.Errorf("row %+v", row)
		}
		w.clock.Advance(time.Minute)
	}
	w.clock.Advance(time.Hour)
	w.settle("2")
	w.in("2", "a", "b")
}

// An account goes for another one only after that was asked for, once; who is in by
// the other one is not asked for.
func TestOtherAccountIsAskedFor(t *testing.T) {
	for _, in := range []bool{false, true} {
		w := newWorld(t)
		w.person("a", "b", "c")
		w.record("1", "Acme", "a", "b")
		g := w.open("1")
		w.relink("b", "c")
		if in {
			w.chat.Join(g.Channel.ID, member("c"))
			w.touchChannel()
		}
		w.forget()
		w.chat.Calls.Spoil(asksAccount, 0, connectortest.MemoryFault{Err: &connector.WaitError{After: time.Minute}})
		if end := w.run("1"); !in {
			if end.Outcome == connector.RunDone {
				t.Errorf("done: %+v", end)
			}
			w.in("1", "a", "b")
			if row := w.row("1", "b"); row.Status != connector.StatusMember || row.Member != member("b") {
				t.Errorf("row %+v", row)
			}
			w.forget()
			w.clock.Advance(time.Minute)
			w.settle("1")
		}
		w.in("1", "a", "c")
		if n, asked := w.chat.Calls.Counts()[asksAccount], map[bool]int{false: 1}[in]; n != asked {
			t.Errorf("in %t: asked %d times", in, n)
		}
	}
}

// Within the grace period, too: nobody knows afterwards whose the account of before was.
func TestOtherAccountWithGrace(t *testing.T) {
	w := newWorld(t)
	w.policy.Grace = time.Hour
	w.chat.SetManners(connectortest.Manners{NoDirectory: true})
	w.person("a", "b", "c")
	w.relink("a", "a")
	w.relink("b", "b")
	w.record("1", "Acme", "a", "b")
	w.open("1")
	w.relink("b", "c")
	w.chat.SetAccount(email("c"), connector.ReasonNoAccount)
	for range 3 {
		w.settle("1")
		w.in("1", "a", "b")
		w.clock.Advance(time.Hour)
	}
}

// The other account goes while the grace period of the one before runs, and both is found
// by the run in which that ends: by the address they are who they were.
func TestOtherAccountGoesWhenGraceEnds(t *testing.T) {
	w := newWorld(t)
	w.policy.Grace = time.Hour
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b")
	g := w.open("1")
	w.relink("b", "c")
	w.settle("1")
	w.in("1", "a", "b", "c")
	w.clock.Advance(time.Hour)
	w.chat.SetAccount(email("c"), connector.ReasonNoAccount)
	w.chat.Leave(g.Channel.ID, member("c"))
	w.touchChannel()
	w.forget()
	w.settle("1")
	w.in("1", "a", "b")
	if n := w.chat.Calls.Counts()[string(connectortest.ChatRemove)]; n != 0 {
		t.Errorf("removed %d times", n)
	}
	if row := w.row("1", "b"); row.Status != connector.StatusMember || row.Member != member("b") || !row.Owned {
		t.Errorf("row %+v", row)
	}
}
