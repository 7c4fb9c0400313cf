package world

import (
	"strings"
	"syscall"
	"testing"
	"time"
)

// RefusesToStart runs the connector once more, with these variables beside
// those of w, and wants it to end with exit code 2 and to say all of this. It
// returns all that was said.
func (w *World) RefusesToStart(t testing.TB, says []string, env ...string) (log string) {
	t.Helper()
	book := &Logbook{}
	p, err := Launch("connector", []string{"serve"}, append(append([]string{}, w.Env...), env...), nil, book)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.Ended:
	case <-time.After(Patience):
		_ = p.End(syscall.SIGKILL, 5*time.Second)
		t.Fatalf("it started: %s", book)
	}
	log = book.String()
	if code := p.Cmd.ProcessState.ExitCode(); code != 2 {
		t.Errorf("exit %d, want 2: %s", code, log)
	}
	for _, part := range says {
		if !strings.Contains(log, part) {
			t.Errorf("it does not say %q: %s", part, log)
		}
	}
	for _, secret := range append([]string{CRMToken, WebhookSecret, APIToken}, w.Chat.Secrets...) {
		if strings.Contains(log, secret) {
			t.Errorf("a secret was printed: %s", log)
		}
	}
	return log
}
