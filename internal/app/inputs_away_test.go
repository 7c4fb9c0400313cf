package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/slack"
)

// health is what /livez and /readyz say.
type health struct {
	live, ready int
	Status      string
	Checks      map[string]struct {
		OK    bool
		Error string
	}
}

func (c *service) health(t *testing.T) health {
	t.Helper()
	var h health
	var err error
	plain := newClient(c.url, "")
	if h.live, err = plain.do(t.Context(), "GET", "/livez", nil, nil); err != nil {
		t.Fatal(err)
	}
	h.ready, err = plain.do(t.Context(), "GET", "/readyz", nil, &h)
	var refused *statusError
	if errors.As(err, &refused) {
		err = json.Unmarshal([]byte(refused.body), &h)
	}
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// names waits until /readyz names exactly these components as away, and wants
// it to stay ready all the same.
func (c *service) names(t *testing.T, away ...string) {
	t.Helper()
	eventually(t, patience, fmt.Sprintf("away: %v", away), func() error {
		h := c.health(t)
		if h.live != http.StatusOK || h.ready != http.StatusOK {
			t.Fatalf("/livez %d, /readyz %d: %+v", h.live, h.ready, h)
		}
		var named []string
		for name, check := range h.Checks {
			if !check.OK {
				named = append(named, name)
			}
		}
		if slices.Sort(named); !slices.Equal(named, away) {
			return fmt.Errorf("%+v", h)
		}
		return nil
	})
}

// taken delivers a webhook and wants it to be taken.
func (c *service) taken(t *testing.T, body string) {
	t.Helper()
	if status, p := c.post(t, delivery{body: body}); status != http.StatusNoContent {
		t.Fatalf("%d %+v, want 204", status, p)
	}
}

// in waits until exactly these people of the CRM are in an account's channel,
// beside our bot.
func (w *world) in(t *testing.T, n int, users ...string) {
	t.Helper()
	eventually(t, patience, fmt.Sprintf("in account %d: %v", n, users), func() error { return w.inNow(t, n, users...) })
}

func (w *world) inNow(t *testing.T, n int, users ...string) error {
	t.Helper()
	g := w.group(t, account(n))
	if g == nil {
		return errors.New("no group")
	}
	s := w.slack.state(t)
	var names []string
	for _, ch := range s.Channels {
		if ch.ID != g.ChannelID {
			continue
		}
		for _, u := range s.Users {
			if slices.Contains(ch.Members, u.ID) && !u.Bot {
				names = append(names, u.Name)
			}
		}
	}
	slices.Sort(names)
	if !slices.Equal(names, users) {
		return fmt.Errorf("%v", names)
	}
	return nil
}

// swap changes the team of account 1 from u1, u2 to u1, u3, without a word to
// anybody.
func (w *world) swap(t *testing.T, second string) {
	t.Helper()
	w.crm.act(t, "webhooks", order{"mode": "off"})
	w.crm.act(t, "team-set", about(account(1)).with("record", order{"team": []crm.Entry{employee("u1"), employee(second)}}))
}

const teamChanged = `{"type":"team.changed","data":{"kind":"account","record_id":"1"}}`

// openTwo opens the channel of account 1 for u1 and u2.
func (w *world) openTwo(t *testing.T) {
	t.Helper()
	w.swap(t, "u2")
	w.open(t, account(1))
	w.waitState(t, account(1), "active")
	w.in(t, 1, "u1", "u2")
}

// startAway starts a world whose connector finds the workspace, the CRM or
// both away.
func startAway(t *testing.T, away func(s *sandbox)) *world {
	t.Helper()
	addr := freeAddr(t)
	sb := startSandbox(t, 5, 2, "http://"+addr)
	away(sb)
	w := &world{sandbox: sb, service: startConnector(t, sb, addr, t.TempDir())}
	w.waitReady(t)
	return w
}

func (s *sandbox) slackAway(t *testing.T) {
	s.slack.fault(t, slack.Fault{Method: "*", Kind: slack.FaultCut, Times: -1})
}

func (s *sandbox) crmAway(t *testing.T) {
	s.crm.act(t, "fault", order{"fault": crm.Fault{Match: "*", Kind: crm.FaultCut}})
}

func TestSlackAwayAtStart(t *testing.T) {
	w := startAway(t, func(s *sandbox) { s.slackAway(t) })
	w.names(t, "slack")
	w.taken(t, requested(1))
	out := w.slack.command(t, "u1", "general", "help")
	if out.Status != http.StatusOK || out.Message == nil || !strings.Contains(out.Message.Text, "try again") {
		t.Errorf("a command meanwhile: %+v", out)
	}
	w.slack.clearFaults(t)
	w.waitState(t, account(1), "active")
	w.names(t)
}

func TestCRMAwayAtStart(t *testing.T) {
	w := startAway(t, func(s *sandbox) { s.crmAway(t) })
	w.taken(t, requested(1))
	w.names(t, "crm")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+"/api/v1/groups", strings.NewReader(`{"kind":"account","id":"2"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+apiToken)
	if status, p := answered(t, req); status != http.StatusServiceUnavailable || p.retryAfter == "" {
		t.Errorf("POST /groups: %d %+v, want 503 with Retry-After", status, p)
	}
	w.crm.act(t, "clear-faults", order{})
	w.waitState(t, account(1), "active")
	w.names(t)
}

func TestSlackAwayInTheMiddle(t *testing.T) {
	w := startWorld(t, 5, 2)
	w.openTwo(t)
	w.slackAway(t)
	w.swap(t, "u3")
	w.taken(t, teamChanged)
	w.names(t, "slack")
	if err := w.inNow(t, 1, "u1", "u2"); err != nil {
		t.Errorf("while Slack is away: %v", err)
	}
	w.slack.clearFaults(t)
	w.in(t, 1, "u1", "u3")
	w.names(t)
}

func TestCRMAwayInTheMiddle(t *testing.T) {
	w := startWorld(t, 5, 2)
	w.openTwo(t)
	w.crmAway(t)
	w.swap(t, "u3")
	w.taken(t, teamChanged)
	w.names(t, "crm")
	g := w.waitState(t, account(1), "held")
	if g.Held == nil || g.Held.Reason != "team_unreadable" {
		t.Errorf("held %+v, want team_unreadable", g.Held)
	}
	if err := w.inNow(t, 1, "u1", "u2"); err != nil {
		t.Errorf("while the CRM is away: %v", err)
	}
	w.crm.act(t, "clear-faults", order{})
	w.in(t, 1, "u1", "u3")
	if g := w.waitState(t, account(1), "active"); g.Held != nil {
		t.Errorf("still held: %+v", g.Held)
	}
	w.names(t)
}

// TestTokenRefusedLater: everything pauses, webhooks are still taken, nobody
// is removed, nothing is given up; when the token is good again it goes on.
func TestTokenRefusedLater(t *testing.T) {
	w := startWorld(t, 5, 2)
	w.openTwo(t)
	w.slack.settings(t, map[string]any{"refuse_token": "token_revoked"})
	w.swap(t, "u3")
	w.taken(t, teamChanged)
	w.taken(t, requested(2))
	w.names(t, "slack")
	if check := w.health(t).Checks["slack"]; !strings.Contains(check.Error, "token") {
		t.Errorf("/readyz says of slack: %+v", check)
	}
	if err := w.inNow(t, 1, "u1", "u2"); err != nil {
		t.Errorf("while the token is refused: %v", err)
	}
	w.slack.settings(t, map[string]any{"refuse_token": ""})
	w.in(t, 1, "u1", "u3")
	w.waitState(t, account(2), "active")
	var dead struct{ Items []json.RawMessage }
	w.api.must(t, "GET", "/dead-letters", nil, &dead)
	if len(dead.Items) > 0 {
		t.Errorf("given up: %s", dead.Items)
	}
}

// TestStop: SIGTERM while a channel is being made. /readyz says so, nothing
// new is taken, what was begun is finished, and the exit code is 0.
func TestStop(t *testing.T) {
	w := startWorld(t, 5, 2, "ROOMKEEPER_CHAT_TIMEOUT=20s")
	gate := w.slack.gate(t, slack.Gate{Method: "conversations.create", When: slack.Before, Times: 1})
	w.open(t, account(1))
	w.slack.held(t, gate, 1)
	ended := make(chan error, 1)
	go func() { ended <- w.term(t) }()
	plain := newClient(w.url, "")
	eventually(t, patience, "stopping", func() error {
		if status, err := plain.do(context.Background(), "GET", "/readyz", nil, nil); status != http.StatusServiceUnavailable {
			return fmt.Errorf("/readyz %d %w", status, err)
		}
		return nil
	})
	if h := w.health(t); h.live != http.StatusOK || h.Status != "stopping" {
		t.Errorf("%+v", h)
	}
	if status, p := w.post(t, delivery{body: requested(2)}); status != http.StatusServiceUnavailable || p.retryAfter == "" {
		t.Errorf("a webhook while stopping: %d %+v, want 503 with Retry-After", status, p)
	}
	w.slack.release(t, gate)
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
	if n := len(ownChannels(w.slack.state(t))); n != 1 {
		t.Errorf("%d channels, want the one that was begun", n)
	}
	w.restart(t)
	w.waitState(t, account(1), "active")
	if n := w.slack.counts(t)["conversations.create"].Executed; n != 1 {
		t.Errorf("%d channels were made, want 1", n)
	}
}

// TestStopHandsBack: what cannot be finished in time runs again after the
// next start.
func TestStopHandsBack(t *testing.T) {
	w := startWorld(t, 5, 2, "ROOMKEEPER_CHAT_TIMEOUT=60s")
	gate := w.slack.gate(t, slack.Gate{Method: "conversations.create", When: slack.Before, Times: -1})
	w.open(t, account(1))
	w.slack.held(t, gate, 1)
	if err := w.term(t); err != nil {
		t.Errorf("it ended with %v", err)
	}
	w.slack.release(t, gate)
	w.restart(t)
	w.waitState(t, account(1), "active")
	if n := len(ownChannels(w.slack.state(t))); n != 1 {
		t.Errorf("%d channels, want 1", n)
	}
}
