package app_test

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/slack"
)

// sync runs `connector sync` beside the service and returns its exit code and
// what it said.
func (w *world) sync(t *testing.T, args ...string) (int, string) {
	t.Helper()
	return w.command(t, append([]string{"sync"}, args...)...)
}

// command runs the connector beside the service and returns its exit code and
// what it said.
func (w *world) command(t *testing.T, args ...string) (int, string) {
	t.Helper()
	out := &logbook{}
	p, err := launch("connector", args, w.env, out, out)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.ended:
	case <-time.After(patience):
		_ = p.end(syscall.SIGKILL, 5*time.Second)
		t.Fatalf("%v does not end: %s", args, out)
	}
	return p.cmd.ProcessState.ExitCode(), out.String()
}

// TestSyncCommand: the command talks to the running service by its socket,
// shows the Plan, carries it out and waits for it.
func TestSyncCommand(t *testing.T) {
	w := startWorld(t, 5, 2)
	w.openTwo(t)
	one := []string{"--kind", "account", "--id", "1"}
	check := func(code int, holds []string, args ...string) {
		t.Helper()
		got, said := w.sync(t, args...)
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
	w.swap(t, "u3")
	check(0, []string{"remove user u2", "add user u3", "1 conversations.kick", "Nothing was changed"}, append(one, "--dry-run")...)
	check(0, []string{"1 Groups: 1 to change", "add: 1", "remove: 1"}, "--all", "--dry-run")
	if err := w.inNow(t, 1, "u1", "u2"); err != nil {
		t.Errorf("after previews: %v", err)
	}
	check(0, []string{"user u3", "done, active"}, one...)
	if err := w.inNow(t, 1, "u1", "u3"); err != nil {
		t.Errorf("after sync: %v", err)
	}
	w.swap(t, "u4")
	check(0, []string{"1 Groups, 1 done, 0 failed"}, "--all")
	if err := w.inNow(t, 1, "u1", "u4"); err != nil {
		t.Errorf("after sync --all: %v", err)
	}
	check(1, []string{"no Group for account 2", "/crm open account 2"}, "--kind", "account", "--id", "2")

	w.crm.act(t, "fault", order{"fault": crm.Fault{Match: "*", Kind: crm.FaultCut}})
	check(1, []string{"the CRM could not be read", "nobody was removed"}, one...)
	check(1, []string{"1 Groups, 0 done, 1 failed"}, "--all")
	w.crm.act(t, "clear-faults", order{})
	eventually(t, patience, "read again", func() error { return w.inNow(t, 1, "u1", "u4") })
	w.waitState(t, account(1), "active")

	w.slack.must(t, "POST", "/do/delete", slack.Act{Channel: w.group(t, account(1)).ChannelID, By: "u1"}, nil)
	w.swap(t, "u2")
	check(1, []string{"its channel is gone"}, one...)
	if err := w.term(t); err != nil {
		t.Fatal(err)
	}
	check(1, []string{"no service answers", "control.sock", "connector serve"}, one...)
}
