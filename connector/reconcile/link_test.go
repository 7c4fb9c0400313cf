package reconcile_test

import (
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

// TestAnotherLinkIsAskedForAtOnce: that an account which the CRM named is of no use
// says nothing of the one that it names next.
func TestAnotherLinkIsAskedForAtOnce(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "other")
	w.record("1", "Acme", "a", "b")
	linked := func(who string) {
		b := user("b")
		b.Links = map[connector.PlatformID]connector.MemberID{slack: member(who)}
		w.crm.PutUser(b)
		w.settle("1")
	}
	w.open("1")
	w.in("1", "a", "b")
	linked("nobody")
	w.in("1", "a", "b")
	if row := w.row("1", "b"); row.Member != member("b") || row.Reason != "" { // by their address
		t.Errorf("row %+v", row)
	}
	w.clock.Advance(time.Second)
	w.forget()
	linked("nobody")
	w.calls(map[string]int{}) // what was just asked for is not asked for again
	linked("other")
	w.in("1", "a", "other")
	if row := w.row("1", "b"); row.Member != member("other") || row.Reason != "" {
		t.Errorf("row %+v", row)
	}
}

// TestAnotherLinkAfterOneThatWasGone: the same of one whose account went.
func TestAnotherLinkAfterOneThatWasGone(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "other")
	b := user("b")
	b.Links = map[connector.PlatformID]connector.MemberID{slack: member("b")}
	w.crm.PutUser(b)
	w.record("1", "Acme", "a", "b")
	w.open("1")
	w.chat.SetAccount(email("b"), connector.ReasonNoAccount)
	w.ok(w.acceptor().AcceptChat(t.Context(), connector.ChatEvent{
		ID: "gone", Type: connector.ChatMemberLeft, Platform: slack, Channel: w.group("1").Channel.ID, Member: member("b"), At: w.clock.Now(),
	}))
	w.settle("1")
	if row := w.row("1", "b"); row.Status != connector.StatusPending || row.Reason != connector.ReasonNoAccount {
		t.Fatalf("row %+v", row)
	}
	w.forget()
	w.run("1")
	if n := w.chat.Calls.Counts()["account"]; n != 0 {
		t.Errorf("asked %d times again at once", n)
	}
	b.Links[slack] = member("other")
	w.crm.PutUser(b)
	w.settle("1")
	w.in("1", "a", "other")
}

// An account that the CRM names and that is gone does not keep somebody from being
// found by their address, until it is there again. One that is no full member's does.
func TestCRMNamesAnAccountThatIsGone(t *testing.T) {
	for reason, in := range map[connector.PendingReason][]string{
		connector.ReasonNoAccount: {"a", "b"}, connector.ReasonGuest: {"a"}, connector.ReasonOtherWorkspace: {"a"},
	} {
		t.Run(string(reason), func(t *testing.T) {
			w := newWorld(t)
			w.person("a", "b", "other")
			w.chat.SetAccount(email("other"), reason)
			b := user("b")
			b.Links = map[connector.PlatformID]connector.MemberID{slack: member("other")}
			w.crm.PutUser(b)
			w.record("1", "Acme", "a", "b")
			w.open("1")
			w.in("1", in...)
			if row := w.row("1", "b"); len(in) == 1 && row.Reason != reason || len(in) == 2 && row.Reason != "" {
				t.Errorf("row %+v", row)
			}
			w.settle("1")
			if n := w.chat.Calls.Counts(); n[asksAccount]+n[asksAddress] != 0 {
				t.Errorf("calls %v", n)
			}
			w.chat.Person(email("other"))
			w.clock.Advance(time.Hour)
			w.settle("1")
			w.in("1", "a", "other")
		})
	}
}

// Whose address finds nobody either is pending, and looked up again after a while.
func TestCRMNamesAnAccountThatIsGoneAndNobodyHasTheAddress(t *testing.T) {
	for _, directory := range []bool{true, false} {
		w := newWorld(t)
		w.chat.SetManners(connectortest.Manners{NoDirectory: !directory})
		w.person("a", "b")
		a, b := user("a"), user("b")
		a.Links = map[connector.PlatformID]connector.MemberID{slack: member("a")}
		b.Links, b.Email = map[connector.PlatformID]connector.MemberID{slack: member("nobody")}, "nobody@example.com"
		w.crm.PutUser(a, b)
		w.record("1", "Acme", "a", "b")
		w.open("1")
		w.in("1", "a")
		if row := w.row("1", "b"); row.Status != connector.StatusPending || row.Reason != connector.ReasonNoAccount {
			t.Errorf("row %+v", row)
		}
		w.settle("1")
		w.calls(map[string]int{})
		w.chat.Person(email("nobody"))
		w.clock.Advance(time.Hour)
		w.settle("1")
		w.in("1", "a", "nobody")
	}
}

// TestListedOnce: somebody whose place in a channel outlives their account is taken
// out, and listed once, with the reason.
func TestListedOnce(t *testing.T) {
	for _, reason := range []connector.PendingReason{connector.ReasonGuest, connector.ReasonOtherWorkspace} {
		t.Run(string(reason), func(t *testing.T) {
			w := newWorld(t)
			w.person("a", "b")
			w.record("1", "Acme", "a", "b")
			w.open("1")
			w.chat.SetAccount(email("b"), reason)
			w.chat.Join(w.group("1").Channel.ID, member("b"))
			w.ok(w.acceptor().AcceptChat(t.Context(), connector.ChatEvent{
				ID: "gone", Type: connector.ChatPersonLeft, Platform: slack, Member: member("b"), At: w.clock.Now(),
			}))
			w.settle("1")
			w.in("1", "a")
			rows := w.group("1").Memberships
			if len(rows) != 2 || rows[1].User != "b" || rows[1].Status != connector.StatusPending || rows[1].Reason != reason {
				t.Errorf("rows %+v", rows)
			}
		})
	}
}
