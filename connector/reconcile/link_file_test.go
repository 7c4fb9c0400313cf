package reconcile_test

import (
	"testing"

	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/identity"
)

func (w *world) fileNames(user string, account connector.MemberID) {
	w.Helper()
	w.ok(w.linker().ApplyFile(w.Context(), []identity.Line{{User: connector.UserID(user), Platform: slack, Member: account}}))
}

// An account that the file names is asked for once, before the first addition by it.
func TestFiledLinkIsAskedFor(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b")
	w.fileNames("b", member("b"))
	for _, id := range []string{"1", "2"} {
		w.record(id, "Acme "+id, "a", "b")
		w.forget()
		w.request(id)
		w.settle(id)
		w.in(id, "a", "b")
		if n, want := w.chat.Calls.Counts()[asksAccount], map[string]int{"1": 1}[id]; n != want {
			t.Errorf("record %s: asked %d times, want %d", id, n, want)
		}
	}
	asked := func() int {
		w.forget()
		w.settle("1")
		return w.chat.Calls.Counts()[asksAccount]
	}
	w.fileNames("b", w.chat.Person("other@example.com"))
	if n := asked(); n != 1 {
		t.Errorf("another line: asked %d times", n)
	}
	// Nobody's account of before goes for it.
	w.team("1", "a")
	w.settle("1")
	w.ok(w.linker().Set(t.Context(), "b", slack, member("b"), "api:ops"))
	w.team("1", "a", "b")
	if n := asked(); n != 0 {
		t.Errorf("what somebody stored, who was told then: asked %d times", n)
	}
	w.in("1", "a", "b")
}

// Nobody is let in by the file whom nobody may be linked with in any other way; once
// they are fit, they are.
func TestFileNamesAnUnfitAccount(t *testing.T) {
	for _, directory := range []bool{true, false} {
		for _, reason := range []connector.PendingReason{connector.ReasonGuest, connector.ReasonOtherWorkspace, connector.ReasonNoAccount} {
			t.Run(string(reason), func(t *testing.T) {
				w := newWorld(t)
				w.chat.SetManners(connectortest.Manners{AllAtOnce: !directory, SharedNames: !directory, NoDirectory: !directory})
				w.person("a")
				w.crm.PutUser(user("b"))
				w.ok(w.linker().Set(t.Context(), "a", slack, member("a"), "api:ops"))
				odd := w.chat.SetAccount("odd@example.com", reason)
				w.fileNames("b", odd)
				w.record("1", "Acme", "a", "b")
				w.open("1")
				w.in("1", "a")
				if row := w.row("1", "b"); row.Status != connector.StatusPending || row.Reason != reason {
					t.Errorf("row %+v", row)
				}
				w.settle("1")
				w.in("1", "a")
				w.chat.SetAccount("odd@example.com", "")
				w.settle("1")
				if in := w.channel("1").Members; len(in) != 2 || in[1] != odd {
					t.Errorf("in the channel %v", in)
				}
			})
		}
	}
}

// While the platform does not say what the account is, nobody is let in by it.
func TestFiledLinkWaits(t *testing.T) {
	w := newWorld(t)
	w.person("a", "b")
	w.fileNames("b", member("b"))
	w.record("1", "Acme", "a", "b")
	w.chat.Calls.Spoil(asksAccount, 0, connectortest.MemoryFault{Err: connector.ErrTemporary})
	w.request("1")
	w.run("1")
	w.in("1", "a")
	if row := w.row("1", "b"); row.Status != connector.StatusPending || row.Reason != connector.ReasonRateWait {
		t.Errorf("row %+v", row)
	}
	w.settle("1")
	w.in("1", "a", "b")
}
