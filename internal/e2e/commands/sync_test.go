package commands_test

import (
	"strings"
	"testing"

	"roomkeeper/internal/world"
	"roomkeeper/sandbox/crm"
)

// syncBy runs `connector sync` beside the service and returns its exit code and
// what it said.
func syncBy(t *testing.T, w *world.World, args ...string) (int, string) {
	t.Helper()
	return w.Command(t, append([]string{"sync"}, args...)...)
}

// TestSyncCommand: the command talks to the running service by its socket,
// shows the Plan, carries it out and waits for it.
func TestSyncCommand(t *testing.T) { world.OnEach(t, syncCommand) }

func syncCommand(t *testing.T, p world.Platform) {
	w := world.Start(t, p, 5, 2)
	w.OpenTwo(t)
	one := []string{"--kind", "account", "--id", "1"}
	check := func(code int, holds []string, args ...string) {
		t.Helper()
		got, said := syncBy(t, w, args...)
		if got != code {
			t.Errorf("sync %v: exit %d, want %d: %s", args, got, code, said)
		}
		for _, part := range holds {
			if !strings.Contains(said, part) {
				t.Errorf("sync %v does not say %q: %s", args, part, said)
			}
		}
	}
	check(0, []string{"nothing to do"}, append(one, "--dry-run")...)
	w.Swap(t, "u3")
	check(0, []string{"remove user u2", "add user u3", p.RemovalCost, "Nothing was changed"}, append(one, "--dry-run")...)
	check(0, []string{"1 Groups: 1 to change", "add: 1", "remove: 1"}, "--all", "--dry-run")
	if err := w.InNow(t, 1, "u1", "u2"); err != nil {
		t.Errorf("after previews: %v", err)
	}
	check(0, []string{"user u3", "done, active"}, one...)
	if err := w.InNow(t, 1, "u1", "u3"); err != nil {
		t.Errorf("after sync: %v", err)
	}
	w.Swap(t, "u4")
	check(0, []string{"1 Groups, 1 done, 0 failed"}, "--all")
	if err := w.InNow(t, 1, "u1", "u4"); err != nil {
		t.Errorf("after sync --all: %v", err)
	}
	check(1, []string{"no Group for account 2", "/crm open account 2"}, "--kind", "account", "--id", "2")
	check(1, []string{"no Group for acc 2", "kind: is not in use; in use are account"}, "--kind", "acc", "--id", "2")
	check(1, []string{"no Group for account 999", "the CRM knows no such record"}, "--kind", "account", "--id", "999")

	w.CRM.Act(t, "fault", world.Order{"fault": crm.Fault{Match: "*", Kind: crm.FaultCut}})
	check(1, []string{"the CRM could not be read", "nobody was removed"}, one...)
	check(1, []string{"1 Groups, 0 done, 1 failed"}, "--all")
	w.CRM.Act(t, "clear-faults", world.Order{})
	world.Eventually(t, world.Patience, "read again", func() error { return w.InNow(t, 1, "u1", "u4") })
	w.WaitState(t, world.Account(1), "active")

	if err := w.Chat.ByHand(t.Context(), world.Act{What: world.ByHandDelete, Channel: w.Group(t, world.Account(1)).ChannelID, By: "u1"}); err != nil {
		t.Fatal(err)
	}
	w.Swap(t, "u2")
	check(1, []string{"its channel is gone"}, one...)
	if err := w.Stop(t); err != nil {
		t.Fatal(err)
	}
	check(1, []string{"no service answers", "control.sock", "connector serve"}, one...)
}
