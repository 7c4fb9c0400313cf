package inputs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"roomkeeper/internal/world"
	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/slack"
)

// startAway starts a world whose connector finds the workspace, the CRM or
// both away.
func startAway(t *testing.T, away func(s *world.Sandbox)) *world.World {
	t.Helper()
	addr := world.FreeAddr(t)
	sb := world.StartSandbox(t, 5, 2, "http://"+addr)
	away(sb)
	w := &world.World{Sandbox: sb, Service: world.StartConnector(t, sb, addr, t.TempDir())}
	w.WaitReady(t)
	return w
}

func slackAway(t *testing.T, s *world.Sandbox) {
	s.Slack.Fault(t, slack.Fault{Method: "*", Kind: slack.FaultCut, Times: -1})
}

func crmAway(t *testing.T, s *world.Sandbox) {
	s.CRM.Act(t, "fault", world.Order{"fault": crm.Fault{Match: "*", Kind: crm.FaultCut}})
}

func TestSlackAwayAtStart(t *testing.T) {
	w := startAway(t, func(s *world.Sandbox) { slackAway(t, s) })
	w.Away(t, "slack")
	w.Taken(t, world.Requested(1))
	out := w.Slack.Command(t, "u1", "general", "help")
	if out.Status != http.StatusOK || out.Message == nil || !strings.Contains(out.Message.Text, "try again") {
		t.Errorf("a command meanwhile: %+v", out)
	}
	w.Slack.ClearFaults(t)
	w.WaitState(t, world.Account(1), "active")
	w.Away(t)
}

func TestCRMAwayAtStart(t *testing.T) {
	w := startAway(t, func(s *world.Sandbox) { crmAway(t, s) })
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

func TestSlackAwayInTheMiddle(t *testing.T) {
	w := world.Start(t, 5, 2)
	w.OpenTwo(t)
	slackAway(t, w.Sandbox)
	w.Swap(t, "u3")
	w.Taken(t, world.TeamChanged)
	w.Away(t, "slack")
	if err := w.InNow(t, 1, "u1", "u2"); err != nil {
		t.Errorf("while Slack is away: %v", err)
	}
	w.Slack.ClearFaults(t)
	w.In(t, 1, "u1", "u3")
	w.Away(t)
}

func TestCRMAwayInTheMiddle(t *testing.T) {
	w := world.Start(t, 5, 2)
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
func TestTokenRefusedLater(t *testing.T) {
	w := world.Start(t, 5, 2)
	w.OpenTwo(t)
	w.Slack.Settings(t, map[string]any{"refuse_token": "token_revoked"})
	w.Swap(t, "u3")
	w.Taken(t, world.TeamChanged)
	w.Taken(t, world.Requested(2))
	w.Away(t, "slack")
	if check := w.Health(t).Checks["slack"]; !strings.Contains(check.Error, "token") {
		t.Errorf("/readyz says of slack: %+v", check)
	}
	if err := w.InNow(t, 1, "u1", "u2"); err != nil {
		t.Errorf("while the token is refused: %v", err)
	}
	w.Slack.Settings(t, map[string]any{"refuse_token": ""})
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
func TestStop(t *testing.T) {
	w := world.Start(t, 5, 2, "ROOMKEEPER_CHAT_TIMEOUT=20s")
	gate := w.Slack.Gate(t, slack.Gate{Method: "conversations.create", When: slack.Before, Times: 1})
	w.Open(t, world.Account(1))
	w.Slack.Held(t, gate, 1)
	ended := make(chan error, 1)
	go func() { ended <- w.Stop(t) }()
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
	w.Slack.Release(t, gate)
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
	if n := len(world.OwnChannels(w.Slack.State(t))); n != 1 {
		t.Errorf("%d channels, want the one that was begun", n)
	}
	w.Restart(t)
	w.WaitState(t, world.Account(1), "active")
	if n := w.Slack.Counts(t)["conversations.create"].Executed; n != 1 {
		t.Errorf("%d channels were made, want 1", n)
	}
}

// TestStopHandsBack: what cannot be finished in time runs again after the
// next start.
func TestStopHandsBack(t *testing.T) {
	w := world.Start(t, 5, 2, "ROOMKEEPER_CHAT_TIMEOUT=60s")
	gate := w.Slack.Gate(t, slack.Gate{Method: "conversations.create", When: slack.Before, Times: -1})
	w.Open(t, world.Account(1))
	w.Slack.Held(t, gate, 1)
	if err := w.Stop(t); err != nil {
		t.Errorf("it ended with %v", err)
	}
	w.Slack.Release(t, gate)
	w.Restart(t)
	w.WaitState(t, world.Account(1), "active")
	if n := len(world.OwnChannels(w.Slack.State(t))); n != 1 {
		t.Errorf("%d channels, want 1", n)
	}
}
