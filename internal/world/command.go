package world

import (
	"strings"
	"syscall"
	"testing"
	"time"
)

// Say types a command, wants a private answer that holds all of this, and
// returns its text.
func (w *World) Say(t testing.TB, user, channel, text string, holds ...string) string {
	t.Helper()
	out := w.Slack.Command(t, user, channel, text)
	if out.Status != 200 || out.Error != "" || out.Message == nil {
		t.Fatalf("%s: %+v", text, out)
	}
	said := out.Message.Text + "\n" + string(out.Message.Blocks)
	if out.Message.EphemeralTo == "" {
		t.Errorf("%s: everybody sees the answer", text)
	}
	for _, part := range holds {
		if !strings.Contains(said, part) {
			t.Errorf("%s: no %q in %s", text, part, said)
		}
	}
	return out.Message.Text
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
