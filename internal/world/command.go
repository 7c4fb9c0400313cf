package world

import (
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Say types a command, wants a private answer that holds all of this, and
// returns what it says without layout.
func (w *World) Say(t testing.TB, user, channel, text string, holds ...string) string {
	t.Helper()
	out := w.final(t, w.Chat.Command(t, user, channel, text))
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

// final waits for the answer of somebody who saw at first only that it takes longer, as
// they do when this machine is slow.
func (w *World) final(t testing.TB, first Answer) Answer {
	t.Helper()
	answer, come := w.Chat.Final(nil, first)
	if come {
		return answer
	}
	Eventually(t, Patience, "the answer that comes later", func() error {
		var raw string
		w.Chat.Must(t, "GET", "/state", nil, &raw)
		if answer, come = w.Chat.Final([]byte(raw), first); !come {
			return errors.New("not yet")
		}
		return nil
	})
	return answer
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
