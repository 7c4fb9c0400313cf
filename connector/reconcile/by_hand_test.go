package reconcile_test

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/identity"
)

func (w *world) linker() *identity.Linker {
	return &identity.Linker{Engine: w.engine, CRM: w.crm.Port(), Platforms: w.platforms(), Clock: w.clock.Now, Logger: slog.New(slog.DiscardHandler)}
}

// queued checks that the Group was queued, and runs it.
func (w *world) queuedRun(id string) {
	w.Helper()
	jobs := w.queue.take(connector.LaneGroup)
	if !slices.ContainsFunc(jobs, func(j connector.Job) bool { return j.Key.Group == groupOf(id) }) {
		w.Fatalf("queued %v", jobs)
	}
	w.settle(id)
}

// Where nobody is found by e-mail, people wait until somebody links them.
func TestUnlinkedArePendingUntilLinked(t *testing.T) {
	w := newWorld(t)
	w.chat.SetManners(connectortest.Manners{NoDirectory: true})
	w.person("a", "b", "c")
	w.ok(w.linker().Set(t.Context(), "a", slack, member("a"), "api:ops"))
	w.record("1", "Acme", "a", "b", "c")
	w.open("1")
	w.in("1", "a")
	for _, who := range []string{"b", "c"} {
		if row := w.row("1", who); row.Status != connector.StatusPending || row.Reason != connector.ReasonNoAccount {
			t.Errorf("row %+v", row)
		}
	}
	w.ok(w.linker().Set(t.Context(), "b", slack, member("b"), "api:ops"))
	w.queuedRun("1")
	w.in("1", "a", "b")
	// Taken back: nobody says who they are any more.
	w.ok(w.linker().Delete(t.Context(), "b", slack, "api:ops"))
	w.queuedRun("1")
	w.in("1", "a")
	waits := func(m connector.Membership) bool {
		return m.User == "b" && m.Status == connector.StatusPending && m.Reason == connector.ReasonNoAccount
	}
	if rows := w.group("1").Memberships; !slices.ContainsFunc(rows, waits) {
		t.Errorf("rows %+v", rows)
	}
	// What the CRM says counts then.
	u := user("b")
	u.Links = map[connector.PlatformID]connector.MemberID{slack: member("c")}
	w.crm.PutUser(u)
	w.settle("1")
	w.in("1", "a", "c")
}

// A Link stored by hand goes before what the CRM says and what is looked up;
// once it is taken back, these decide again.
func TestByHandGoesFirst(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c", "d")
	w.record("1", "Acme", "a", "b")
	w.open("1")
	w.in("1", "a", "b")
	w.ok(w.linker().Set(t.Context(), "b", slack, member("c"), "api:ops"))
	u := user("b")
	u.Links = map[connector.PlatformID]connector.MemberID{slack: member("d")}
	w.crm.PutUser(u)
	w.clock.Advance(time.Hour)
	w.queuedRun("1")
	w.in("1", "a", "c")
	w.ok(w.linker().Delete(t.Context(), "b", slack, "api:ops"))
	w.queuedRun("1")
	w.in("1", "a", "d")
	w.crm.PutUser(user("b"))
	w.settle("1")
	w.in("1", "a", "b")
}

// Two Users on one Member: in while either is wanted.
func TestTwoUsersOnOneMember(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b", "c")
	w.ok(w.linker().Set(t.Context(), "c", slack, member("b"), "file"))
	w.open("1")
	w.in("1", "a", "b")
	w.team("1", "a", "c")
	w.settle("1")
	w.in("1", "a", "b")
	w.team("1", "a")
	w.settle("1")
	w.in("1", "a")
}

// An account that left is asked for once, however many Users it is.
func TestTwoUsersOnOneMemberWhoLeft(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b", "c")
	w.ok(w.linker().Set(t.Context(), "c", slack, member("b"), "file"))
	w.open("1")
	w.chat.Leave(w.group("1").Channel.ID, member("b"))
	w.touchChannel()
	w.forget()
	w.settle("1")
	w.calls(map[string]int{string(connectortest.ChatAccount): 1, string(connectortest.ChatObserve): 1})
	w.is("b", connector.StatusLeft)
	w.is("c", connector.StatusLeft)
}

// Where a place in a channel outlives the workspace, whoever leaves that is
// taken out and let in again when they come back, however they are linked.
func TestPlaceOutlivesTheWorkspace(t *testing.T) {
	for _, byHand := range []bool{false, true} {
		w := newWorld(t)
		w.person("a", "b", "c")
		if byHand {
			w.ok(w.linker().Set(t.Context(), "b", slack, member("b"), "api:ops"))
		}
		w.record("1", "Acme", "a", "b", "c")
		w.open("1")
		w.in("1", "a", "b", "c")
		tell := func(what connector.ChatEventType, reason connector.PendingReason) {
			w.clock.Advance(time.Second)
			w.chat.SetAccount("b@example.com", reason)
			w.ok(w.acceptor().AcceptChat(t.Context(), connector.ChatEvent{ID: string(what), Type: what, Platform: slack, Member: member("b")}))
			w.clock.Advance(time.Second)
			w.settle("1")
		}
		tell(connector.ChatPersonLeft, connector.ReasonOtherWorkspace)
		w.in("1", "a", "c")
		waits := func(m connector.Membership) bool {
			return m.User == "b" && m.Status == connector.StatusPending && m.Reason == connector.ReasonOtherWorkspace
		}
		if rows := w.group("1").Memberships; !slices.ContainsFunc(rows, waits) {
			t.Errorf("by hand %t: rows %+v", byHand, rows)
		}
		w.settle("1")
		w.in("1", "a", "c")
		tell(connector.ChatPersonArrived, "")
		w.in("1", "a", "b", "c")
	}
}

// Whoever was linked by hand to an account that is gone is found by e-mail, and by
// the Link again once the account is back.
func TestStoredLinkOfAnAccountThatIsGone(t *testing.T) {
	for _, told := range []bool{true, false} {
		w := newWorld(t)
		w.person("a", "b", "c")
		w.chat.Person("old-b@example.com")
		w.ok(w.linker().Set(t.Context(), "b", slack, "U:old-b@example.com", "api:ops"))
		w.record("1", "Acme", "a", "b", "c")
		g := w.open("1")
		change := func(what connector.ChatEventType, reason connector.PendingReason) {
			w.clock.Advance(25 * time.Hour)
			w.chat.SetAccount("old-b@example.com", reason)
			if told {
				w.ok(w.acceptor().AcceptChat(t.Context(), connector.ChatEvent{ID: string(what), Type: what, Platform: slack, Member: "U:old-b@example.com"}))
				w.clock.Advance(time.Second)
			}
			w.settle("1")
			w.settle("1")
		}
		if !slices.Contains(w.chat.Channel(g.Channel.ID).Members, "U:old-b@example.com") {
			t.Fatal("the Link is not used")
		}
		change(connector.ChatPersonLeft, connector.ReasonNoAccount)
		w.in("1", "a", "b", "c")
		w.forget()
		w.settle("1")
		change(connector.ChatPersonChanged, "")
		if in := w.chat.Channel(g.Channel.ID).Members; !slices.Contains(in, "U:old-b@example.com") || slices.Contains(in, member("b")) {
			t.Errorf("told %t: in are %v", told, in)
		}
		w.forget()
		w.settle("1")
		w.calls(map[string]int{})
	}
}

// A Link that is stored while a run is under way is not undone by what that run
// found out.
func TestLinkDuringARun(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b", "c")
	w.record("1", "Acme", "a", "b")
	linked := false
	w.gate = func(step string) error {
		if step == "save_people" && !linked {
			linked = true
			w.gate = nil
			return w.linker().Set(t.Context(), "b", slack, member("c"), "api:ops")
		}
		return nil
	}
	w.open("1")
	w.settle("1")
	w.in("1", "a", "c")
}
