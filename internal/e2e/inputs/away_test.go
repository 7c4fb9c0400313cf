package inputs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"roomkeeper/internal/world"
	"roomkeeper/sandbox/crm"
)

// startAway starts a world whose connector finds the workspace, the CRM or
// both away.
func startAway(t *testing.T, p world.Platform, away func(s *world.Sandbox)) *world.World {
	t.Helper()
	addr := world.FreeAddr(t)
	sb := world.StartSandbox(t, p, 5, 2, "http://"+addr)
	if p.Choosy {
		offer(t, sb, addr)
	}
	away(sb)
	w := &world.World{Sandbox: sb, Service: world.StartConnector(t, sb, addr, t.TempDir())}
	w.WaitReady(t)
	return w
}

// offer has an earlier connector tell the platform which commands there are.
func offer(t *testing.T, sb *world.Sandbox, addr string) {
	t.Helper()
	first := world.StartConnector(t, sb, addr, t.TempDir())
	sb.Chat.Answered(t, world.Offer, 1)
	if err := first.Stop(t); err != nil {
		t.Fatal(err)
	}
}

func chatAway(t *testing.T, s *world.Sandbox) {
	s.Chat.Spoil(t, world.Fault{Verb: world.Any, Kind: world.FaultCut, Times: -1})
}

func crmAway(t *testing.T, s *world.Sandbox) {
	s.CRM.Act(t, "fault", world.Order{"fault": crm.Fault{Match: "*", Kind: crm.FaultCut}})
}

func TestChatAwayAtStart(t *testing.T) { world.OnEach(t, chatAwayAtStart) }

func chatAwayAtStart(t *testing.T, p world.Platform) {
	w := startAway(t, p, func(s *world.Sandbox) { chatAway(t, s) })
	w.Away(t, p.Name)
	w.Taken(t, world.Requested(1))
	out := w.Chat.Command(t, "u1", "general", "help")
	if out.Status != http.StatusOK || !strings.Contains(out.Text, "try again") {
		t.Errorf("a command meanwhile: %+v", out)
	}
	w.Chat.ClearFaults(t)
	w.WaitState(t, world.Account(1), "active")
	w.Away(t)
}

func TestCRMAwayAtStart(t *testing.T) { world.OnEach(t, crmAwayAtStart) }

func crmAwayAtStart(t *testing.T, p world.Platform) {
	w := startAway(t, p, func(s *world.Sandbox) { crmAway(t, s) })
	w.Taken(t, world.Requested(1))
	w.Away(t, "crm")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.URL+"/api/v1/groups", strings.NewReader(`{"kind":"account","id":"2"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+world.APIToken)
	if status, p := world.Answered(t, req); status != http.StatusServiceUnavailable || p.RetryAfter == "" {
		t.Errorf("POST /groups: %d %+v, want 503 with Retry-After", status, p)
	}
	w.CRM.Act(t, "clear-faults", world.Order{})
	w.WaitState(t, world.Account(1), "active")
	w.Away(t)
}

func TestChatAwayInTheMiddle(t *testing.T) { world.OnEach(t, chatAwayInTheMiddle) }

func chatAwayInTheMiddle(t *testing.T, p world.Platform) {
	w := world.Start(t, p, 5, 2)
	w.OpenTwo(t)
	chatAway(t, w.Sandbox)
	w.Swap(t, "u3")
	w.Taken(t, world.TeamChanged)
	w.Away(t, p.Name)
	if err := w.InNow(t, 1, "u1", "u2"); err != nil {
		t.Errorf("while the platform is away: %v", err)
	}
	w.Chat.ClearFaults(t)
	w.In(t, 1, "u1", "u3")
	w.Away(t)
}

func TestCRMAwayInTheMiddle(t *testing.T) { world.OnEach(t, crmAwayInTheMiddle) }

func crmAwayInTheMiddle(t *testing.T, p world.Platform) {
	w := world.Start(t, p, 5, 2)
	w.OpenTwo(t)
	crmAway(t, w.Sandbox)
	w.Swap(t, "u3")
	w.Taken(t, world.TeamChanged)
	w.Away(t, "crm")
	g := w.WaitState(t, world.Account(1), "held")
	if g.Held == nil || g.Held.Reason != "team_unreadable" {
		t.Errorf("held %+v, want team_unreadable", g.Held)
	}
	if err := w.InNow(t, 1, "u1", "u2"); err != nil {
		t.Errorf("while the CRM is away: %v", err)
	}
	w.CRM.Act(t, "clear-faults", world.Order{})
	w.In(t, 1, "u1", "u3")
	if g := w.WaitState(t, world.Account(1), "active"); g.Held != nil {
		t.Errorf("still held: %+v", g.Held)
	}
	w.Away(t)
}

// TestTokenRefusedLater: everything pauses, webhooks are still taken, nobody
// is removed, nothing is given up; when the token is good again it goes on.
func TestTokenRefusedLater(t *testing.T) { world.OnEach(t, tokenRefusedLater) }

func tokenRefusedLater(t *testing.T, p world.Platform) {
	w := world.Start(t, p, 5, 2)
	w.OpenTwo(t)
	w.Chat.Set(t, p.RefuseToken(true))
	w.Swap(t, "u3")
	w.Taken(t, world.TeamChanged)
	w.Taken(t, world.Requested(2))
	w.Away(t, p.Name)
	if check := w.Health(t).Checks[p.Name]; !strings.Contains(check.Error, "token") {
		t.Errorf("/readyz says of %s: %+v", p.Name, check)
	}
	if err := w.InNow(t, 1, "u1", "u2"); err != nil {
		t.Errorf("while the token is refused: %v", err)
	}
	w.Chat.Set(t, p.RefuseToken(false))
	w.In(t, 1, "u1", "u3")
	w.WaitState(t, world.Account(2), "active")
	var dead struct{ Items []json.RawMessage }
	w.API.Must(t, "GET", "/dead-letters", nil, &dead)
	if len(dead.Items) > 0 {
		t.Errorf("given up: %s", dead.Items)
	}
}

// TestStop: SIGTERM while a channel is being made. /readyz says so, nothing
// new is taken, what was begun is finished, and the exit code is 0.
func TestStop(t *testing.T) { world.OnEach(t, stop) }

func stop(t *testing.T, p world.Platform) {
	w := world.Start(t, p, 5, 2, "ROOMKEEPER_CHAT_TIMEOUT=20s")
	gate := w.Chat.Hold(t, world.Gate{Verb: world.Create})
	w.Open(t, world.Account(1))
	w.Chat.Held(t, gate, 1)
	ended := make(chan error, 1)
	go func() {
		defer close(ended) // also when it goes on and that ends this goroutine
		ended <- w.Stop(t)
	}()
	plain := world.NewClient(w.URL, "")
	world.Eventually(t, world.Patience, "stopping", func() error {
		if status, err := plain.Do(context.Background(), "GET", "/readyz", nil, nil); status != http.StatusServiceUnavailable {
			return fmt.Errorf("/readyz %d %w", status, err)
		}
		return nil
	})
	if h := w.Health(t); h.Live != http.StatusOK || h.Status != "stopping" {
		t.Errorf("%+v", h)
	}
	if status, p := w.Post(t, world.Delivery{Body: world.Requested(2)}); status != http.StatusServiceUnavailable || p.RetryAfter == "" {
		t.Errorf("a webhook while stopping: %d %+v, want 503 with Retry-After", status, p)
	}
	w.Chat.Release(t, gate)
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
	if n := len(w.Chat.State(t).Own()); n != 1 {
		t.Errorf("%d channels, want the one that was begun", n)
	}
	w.Restart(t)
	w.WaitState(t, world.Account(1), "active")
	made := w.Chat.Calls(t, world.Create)
	made = slices.DeleteFunc(made, func(c world.Call) bool { return !c.Executed })
	if n := len(made); n != 1 {
		t.Errorf("%d channels were made, want 1", n)
	}
}

// TestStopHandsBack: what cannot be finished in time runs again after the
// next start.
func TestStopHandsBack(t *testing.T) { world.OnEach(t, stopHandsBack) }

func stopHandsBack(t *testing.T, p world.Platform) {
	// Longer than a stop waits: the call is cut off, and nobody knows what became of it.
	w := world.Start(t, p, 5, 2, "ROOMKEEPER_CHAT_TIMEOUT=30s")
	gate := w.Chat.Hold(t, world.Gate{Verb: world.Create, Times: -1})
	w.Open(t, world.Account(1))
	w.Chat.Held(t, gate, 1)
	if err := w.Stop(t); err != nil {
		t.Errorf("it ended with %v", err)
	}
	w.Chat.Release(t, gate)
	w.Restart(t)
	w.WaitState(t, world.Account(1), "active")
	if n := len(w.Chat.State(t).Own()); n != 1 {
		t.Errorf("%d channels, want 1", n)
	}
}
