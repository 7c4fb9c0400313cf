package slack_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"

	"roomkeeper/sandbox/slack"
)

func TestTiers(t *testing.T) {
	w := newWorld(t, func(c *slack.Config) { c.Tiers = true })
	id := w.create("acme", true) // 1 of 20 a minute
	w.clock.Advance(30 * time.Second)
	for range 19 {
		if body, res := w.form("conversations.create", "name", "acme"); res.StatusCode != http.StatusOK || body["error"] != "name_taken" {
			t.Fatalf("%d %v", res.StatusCode, body)
		}
	}
	_, err := w.api.CreateConversation(slackgo.CreateConversationParams{ChannelName: "x"})
	var limited *slackgo.RateLimitedError
	if !errors.As(err, &limited) || limited.RetryAfter != 30*time.Second {
		t.Fatalf("error = %v", err)
	}
	if _, err := w.api.GetConversationInfo(&slackgo.GetConversationInfoInput{ChannelID: id}); err != nil {
		t.Errorf("another method is closed too: %v", err)
	}
	w.clock.Advance(30 * time.Second)
	w.create("after-the-wait", true)
	body, _ := w.form("conversations.create", "name", "x")
	wantAnswer(t, body, "ratelimited")
	w.control("settings", map[string]any{"factor": 2})
	w.create("twice-as-many", true)
	w.control("settings", map[string]any{"tiers": false})
	for range 50 {
		if _, res := w.form("conversations.create", "name", "acme"); res.StatusCode != http.StatusOK {
			t.Fatal("limited although the tiers are off")
		}
	}
}

func TestOneMessageASecondInAChannel(t *testing.T) {
	w := newWorld(t, func(c *slack.Config) { c.Tiers = true })
	id, other := w.create("acme", true), w.create("other", true)
	posted := 0
	for range 20 {
		if body, _ := w.form("chat.postMessage", "channel", id, "text", "x"); body["ok"] == true {
			posted++
		}
	}
	if posted != 5 {
		t.Errorf("%d messages in a burst, want 5", posted)
	}
	body, _ := w.form("chat.postMessage", "channel", other, "text", "x")
	wantAnswer(t, body, "")
	body, res := w.form("chat.postMessage", "channel", id, "text", "x")
	wantAnswer(t, body, "ratelimited")
	if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") != "1" {
		t.Errorf("%d, Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
	}
	w.clock.Advance(time.Second)
	body, _ = w.form("chat.postMessage", "channel", id, "text", "x")
	wantAnswer(t, body, "")
}

// fault adds one over HTTP.
func (w *world) fault(f slack.Fault) { w.t.Helper(); w.control("faults", f) }

func TestFaults(t *testing.T) {
	exists := func(w *world) bool { _, ok := w.Channel("acme"); return ok }
	for name, c := range map[string]struct {
		fault    slack.Fault
		wants    string // part of slack-go's error
		executed bool
	}{
		"status":          {slack.Fault{Kind: slack.FaultStatus, Status: 503}, "503", false},
		"status 429":      {slack.Fault{Kind: slack.FaultStatus, Status: 429, RetryAfter: 7}, "7s", false},
		"bare 429":        {slack.Fault{Kind: slack.FaultStatus, Status: 429}, "429", false},
		"status after":    {slack.Fault{Kind: slack.FaultStatus, When: slack.After}, "500", true},
		"error":           {slack.Fault{Kind: slack.FaultError, Code: "ratelimited"}, "ratelimited", false},
		"error after":     {slack.Fault{Kind: slack.FaultError, Code: "fatal_error", When: slack.After}, "fatal_error", true},
		"cut before":      {slack.Fault{Kind: slack.FaultCut}, "EOF", false},
		"cut during":      {slack.Fault{Kind: slack.FaultCut, When: slack.During}, "unexpected EOF", true},
		"cut after":       {slack.Fault{Kind: slack.FaultCut, When: slack.After}, "EOF", true},
		"partial":         {slack.Fault{Kind: slack.FaultPartial}, "unexpected EOF", true},
		"garbage":         {slack.Fault{Kind: slack.FaultGarbage}, "invalid character", false},
		"garbage after":   {slack.Fault{Kind: slack.FaultGarbage, When: slack.After}, "invalid character", true},
		"delay":           {slack.Fault{Kind: slack.FaultDelay, Seconds: 0.01}, "", true},
		"delay after":     {slack.Fault{Kind: slack.FaultDelay, Seconds: 0.01, When: slack.After}, "", true},
		"by argument":     {slack.Fault{Kind: slack.FaultError, Match: map[string]string{"name": "other"}}, "", true},
		"of other method": {slack.Fault{Kind: slack.FaultError, Method: "auth.test"}, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			if c.fault.Method == "" {
				c.fault.Method = "conversations.create"
			}
			w.fault(c.fault)
			_, err := w.api.CreateConversation(slackgo.CreateConversationParams{ChannelName: "acme"})
			if (c.wants == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.wants) {
				t.Errorf("error = %v, want %q", err, c.wants)
			}
			if exists(w) != c.executed {
				t.Errorf("executed = %v", exists(w))
			}
			if call := w.Calls(0, "conversations.create")[0]; call.Executed != c.executed {
				t.Errorf("log = %+v", call)
			}
			if _, err := w.api.CreateConversation(slackgo.CreateConversationParams{ChannelName: "again"}); err != nil {
				t.Errorf("the fault struck twice: %v", err)
			}
		})
	}
}

func TestEmptyAnswers(t *testing.T) {
	w := newWorld(t, nil)
	w.fault(slack.Fault{Method: "conversations.create", Kind: slack.FaultEmpty, When: slack.After})
	ch, err := w.api.CreateConversation(slackgo.CreateConversationParams{ChannelName: "acme"})
	if err != nil || ch != nil && ch.ID != "" {
		t.Errorf("%v, %v", ch, err)
	}
	w.fault(slack.Fault{Method: "auth.test", Kind: slack.FaultEmpty, Body: `{"ok":false}`, Times: -1})
	for range 3 {
		if body, _ := w.form("auth.test"); mustJSON(t, body) != `{"ok":false}` {
			t.Errorf("answer = %v", body)
		}
	}
	if faults := w.Faults(); len(faults) != 1 || faults[0].Struck != 3 {
		t.Errorf("faults = %+v", faults)
	}
	w.RemoveFault(0)
	body, _ := w.form("auth.test")
	wantAnswer(t, body, "")
}

func TestSkipTimesAndHalfAnInvitation(t *testing.T) {
	w := newWorld(t, nil)
	id := w.create("acme", true)
	ids := w.people("a", "b", "c", "d")
	w.fault(slack.Fault{Method: "*", Kind: slack.FaultError, Code: "internal_error", Skip: 1, Times: 2})
	for i, code := range []string{"", "internal_error", "internal_error", ""} {
		if body, _ := w.form("auth.test"); body["ok"] != (code == "") {
			t.Errorf("call %d: %v", i, body)
		}
	}
	w.fault(slack.Fault{Method: "conversations.invite", Kind: slack.FaultError, Code: "fatal_error", When: slack.During})
	_, err := w.api.InviteUsersToConversation(id, ids...)
	wantCode(t, err, "fatal_error")
	if ch, _ := w.Channel(id); len(ch.Members) != 3 {
		t.Errorf("members = %v", ch.Members)
	}
}

func TestHangEndsWithTheClient(t *testing.T) {
	w := newWorld(t, nil)
	w.fault(slack.Fault{Method: "auth.test", Kind: slack.FaultHang})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { _, err := w.api.AuthTestContext(ctx); done <- err }()
	if err := w.Wait(short(t), "auth.test", slack.PhaseArrived, 1); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
}

func TestGateBeforeAndAfter(t *testing.T) {
	for name, c := range map[string]struct {
		gate     slack.Gate
		phase    string
		executed bool
	}{
		"before":          {slack.Gate{When: slack.Before}, "arrived", false},
		"before but late": {slack.Gate{When: slack.Before, Late: true}, "arrived", true},
		"after":           {slack.Gate{When: slack.After}, "executed", true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			c.gate.Method = "conversations.create"
			w.control("gates", c.gate)
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() {
				_, err := w.api.CreateConversationContext(ctx, slackgo.CreateConversationParams{ChannelName: "acme"})
				done <- err
			}()
			if _, res := w.send(http.MethodGet, "/slack/control/wait?method=conversations.create&timeout=5&phase="+c.phase, "", "", ""); res.StatusCode != http.StatusOK {
				t.Fatalf("wait: %d", res.StatusCode)
			}
			cancel() // the client dies at exactly this point
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Fatalf("error = %v", err)
			}
			if !c.executed {
				if err := w.Wait(short(t), "conversations.create", slack.PhaseGone, 1); err != nil {
					t.Fatal(err)
				}
			}
			if _, res := w.send(http.MethodDelete, "/slack/control/gates", "", "", ""); res.StatusCode != http.StatusOK {
				t.Fatal("release")
			}
			if c.executed {
				if err := w.Wait(short(t), "conversations.create", slack.PhaseExecuted, 1); err != nil {
					t.Fatal(err)
				}
			}
			if _, ok := w.Channel("acme"); ok != c.executed {
				t.Errorf("executed = %v", ok)
			}
		})
	}
}

func TestGateReleases(t *testing.T) {
	w := newWorld(t, nil)
	id, err := w.AddGate(slack.Gate{Method: "conversations.create", Match: map[string]string{"name": "held"}})
	if err != nil {
		t.Fatal(err)
	}
	w.create("free", true)
	done := make(chan error, 1)
	go func() {
		_, err := w.api.CreateConversation(slackgo.CreateConversationParams{ChannelName: "held"})
		done <- err
	}()
	if err := w.Wait(short(t), "conversations.create", slack.PhaseArrived, 2); err != nil {
		t.Fatal(err)
	}
	if _, ok := w.Channel("held"); ok {
		t.Fatal("not held")
	}
	w.ReleaseGate(id)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if n := w.Counts()["conversations.create"]; n.Arrived != 2 || n.Answered != 2 {
		t.Errorf("counts = %+v", n)
	}
	_, res := w.send(http.MethodGet, "/slack/control/wait?method=auth.test&timeout=0.01", "", "", "")
	if res.StatusCode != http.StatusRequestTimeout {
		t.Errorf("wait in vain: %d", res.StatusCode)
	}
	w.ResetCounts()
	if n := w.Counts(); len(n) != 0 {
		t.Errorf("counts = %v", n)
	}
}

func TestHandlerAtTheRoot(t *testing.T) {
	w := newWorld(t, nil)
	server := httptest.NewServer(w.Handler())
	defer server.Close()
	api := slackgo.New("xoxb-sandbox", slackgo.OptionAPIURL(server.URL+"/api/"))
	if _, err := api.AuthTest(); err != nil {
		t.Error(err)
	}
}
