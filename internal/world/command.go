package world

import (
	"strings"
	"syscall"
	"testing"
	"time"
)

// Say types a command, wants a private answer that holds all of this, and
// returns what it says without layout.
func (w *World) Say(t testing.TB, user, channel, text string, holds ...string) string {
	t.Helper()
	out := w.Chat.Command(t, user, channel, text)
	if out.Status != 200 || out.Error != "" || out.Message == "" {
		t.Fatalf("%s: %+v", text, out)
	}
	if !out.Private {
		t.Errorf("%s: everybody sees the answer", text)
	}
	for _, part := range holds {
		if !strings.Contains(out.Text, part) {
			t.Errorf("%s: no %q in %s", text, part, out.Text)
		}
	}
	return out.Plain
}

// Command runs the connector beside the service and returns its exit code and
// what it said.
func (w *World) Command(t testing.TB, args ...string) (int, string) {
	t.Helper()
	out := &Logbook{}
	p, err := Launch("connector", args, w.Env, out, out)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.Ended:
	case <-time.After(Patience):
		_ = p.End(syscall.SIGKILL, 5*time.Second)
		t.Fatalf("%v does not end: %s", args, out)
	}
	return p.Cmd.ProcessState.ExitCode(), out.String()
}
