package httpapi_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"roomkeeper/adapters/httpapi"
	"roomkeeper/connector"
)

// metricsOf makes Metrics over the rig's engine at a time that a test sets.
func (s *rig) metricsOf(now *time.Time) *httpapi.Metrics {
	return httpapi.NewMetrics(httpapi.MetricsOptions{
		Queue: s.engine.Queue, Groups: s.engine.Groups, DeadLetters: s.engine.DeadLetters,
		Rooms: func() map[connector.PlatformID][]connector.Room {
			return map[connector.PlatformID][]connector.Room{"chat": {{What: "channels", Used: 3, Limit: 500}}}
		},
		Clock: func() time.Time { return *now }, Logger: s.logged.logger(),
	})
}

// scrape returns the lines of roomkeeper's own metrics.
func scrape(t *testing.T, m *httpapi.Metrics) map[string]string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	values := map[string]string{}
	for line := range strings.Lines(w.Body.String()) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), " "); ok && strings.HasPrefix(name, "roomkeeper_") {
			values[name] = value
		}
	}
	return values
}

func wantMetrics(t *testing.T, got, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s = %q, want %q", name, got[name], value)
		}
	}
}

func TestCounters(t *testing.T) {
	s := newRig(t)
	now := time.Now()
	m := s.metricsOf(&now)
	m.Reconcile(connector.RunDone, connector.ReasonOK)
	m.Reconcile(connector.RunRetry, connector.ReasonTemporary)
	m.ChatCall("slack", "conversations.invite", "ok")
	m.ChatCall("slack", "conversations.invite", "ok")
	m.CRMCall("neutral", "team", "wait")
	m.Card(connector.TopicClosed, "posted")
	m.Card("custom:ACME-secret", "posted")
	m.Card("custom:other", "posted")
	got := scrape(t, m)
	wantMetrics(t, got, map[string]string{
		`roomkeeper_reconciles_total{outcome="done",reason="ok"}`:                                  "1",
		`roomkeeper_reconciles_total{outcome="retry",reason="temporary"}`:                          "1",
		`roomkeeper_chat_calls_total{method="conversations.invite",outcome="ok",platform="slack"}`: "2",
		`roomkeeper_crm_calls_total{call="team",driver="neutral",outcome="wait"}`:                  "1",
		`roomkeeper_cards_total{outcome="posted",topic="closed"}`:                                  "1",
		`roomkeeper_cards_total{outcome="posted",topic="custom"}`:                                  "2",
	})
	for name := range got {
		if strings.Contains(name, "ACME") {
			t.Errorf("%s names what the CRM called it", name)
		}
	}
}

func TestWebhookCounter(t *testing.T) {
	s := newRig(t)
	s.hook(teamChanged)
	s.call(http.MethodPost, hookPath, teamChanged)
	s.call(http.MethodPost, "/webhooks/crm/made-up-1", teamChanged)
	s.call(http.MethodPost, "/webhooks/crm/made-up-2", teamChanged)
	body := s.call(http.MethodGet, "/metrics", "").body
	for _, want := range []string{
		`roomkeeper_webhooks_total{code="204",source="crm"} 1`,
		`roomkeeper_webhooks_total{code="401",source="crm"} 1`,
		`roomkeeper_webhooks_total{code="404",source="unknown"} 2`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
}

func TestGauges(t *testing.T) {
	s := newRig(t)
	now := time.Now()
	m := s.metricsOf(&now)
	wantMetrics(t, scrape(t, m), map[string]string{
		"roomkeeper_queue_depth": "0", "roomkeeper_queue_oldest_seconds": "0", "roomkeeper_pending_people": "0",
		"roomkeeper_held_groups": "0", "roomkeeper_dead_letters": "0", "roomkeeper_observation_oldest_seconds": "0",
		`roomkeeper_room_used{platform="chat",what="channels"}`: "3", `roomkeeper_room_limit{platform="chat",what="channels"}`: "500",
	})
	held := heldGroup()
	held.ChatReadAt = now.Add(-2 * time.Hour)
	s.save(held)
	s.saveWithPending("g2", 3)
	s.bury("d1")
	job := connector.Job{Key: connector.JobKey{Lane: connector.LaneGroup, Group: "g1"}}
	if err := s.engine.Queue.Add(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	wantMetrics(t, scrape(t, m), map[string]string{"roomkeeper_pending_people": "0"}) // still fresh
	now = now.Add(time.Hour)
	got := scrape(t, m)
	wantMetrics(t, got, map[string]string{
		"roomkeeper_queue_depth": "1", "roomkeeper_pending_people": "4", "roomkeeper_held_groups": "1",
		"roomkeeper_dead_letters": "1", "roomkeeper_observation_oldest_seconds": "10800",
	})
	if age := got["roomkeeper_queue_oldest_seconds"]; !strings.HasPrefix(age, "35") && !strings.HasPrefix(age, "36") {
		t.Errorf("oldest %q, want about an hour", age)
	}
}

// listed notes what is asked of the Groups.
type listed struct {
	connector.Groups
	queries []connector.GroupQuery
}

func (l *listed) ListGroups(ctx context.Context, q connector.GroupQuery) (connector.GroupPage, error) {
	q.Limit = 0
	l.queries = append(l.queries, q)
	return l.Groups.ListGroups(ctx, q)
}

// Scraping looks up the few Groups that something is the matter with; at all
// that are kept it looks now and then, for the oldest observation.
func TestGaugesReadFewGroups(t *testing.T) {
	s := newRig(t)
	now := time.Now()
	groups := &listed{Groups: s.engine.Groups}
	m := httpapi.NewMetrics(httpapi.MetricsOptions{
		Queue: s.engine.Queue, Groups: groups, DeadLetters: s.engine.DeadLetters, Clock: func() time.Time { return now },
	})
	few := []connector.GroupQuery{{Pending: true}, {State: connector.GroupHeld}}
	all := []connector.GroupQuery{{State: connector.GroupActive}, {State: connector.GroupHeld}}
	for _, want := range [][]connector.GroupQuery{slices.Concat(few, all), few, slices.Concat(few, all)} {
		groups.queries = nil
		scrape(t, m)
		if !slices.Equal(groups.queries, want) {
			t.Errorf("asked %+v, want %+v", groups.queries, want)
		}
		now = now.Add(3 * time.Minute)
	}
}

// What cannot be read is not shown as 0.
func TestGaugesWithoutStore(t *testing.T) {
	s := newRig(t)
	now := time.Now()
	m := s.metricsOf(&now)
	s.closeStore()
	if value, shown := scrape(t, m)["roomkeeper_pending_people"]; shown {
		t.Errorf("pending people %q, want none shown", value)
	}
}

func TestWhoMayReadMetrics(t *testing.T) {
	s := newRig(t)
	for name, tt := range map[string]struct {
		peer, header string
		want         int
	}{
		"loopback":       {"127.0.0.1:5000", "", 200},
		"loopback v6":    {"[::1]:5000", "", 200},
		"elsewhere":      {"192.0.2.7:5000", "", 401},
		"with a token":   {"192.0.2.7:5000", "Authorization: Bearer " + goodToken, 200},
		"wrong token":    {"192.0.2.7:5000", "Authorization: Bearer x", 401},
		"proxy on host":  {"127.0.0.1:5000", "X-Forwarded-For: 192.0.2.7", 401},
		"proxy, RFC7239": {"127.0.0.1:5000", "Forwarded: for=192.0.2.7", 401},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
			r.RemoteAddr = tt.peer
			if name, value, ok := strings.Cut(tt.header, ": "); ok {
				r.Header.Set(name, value)
			}
			w := httptest.NewRecorder()
			s.handler.ServeHTTP(w, r)
			if w.Code != tt.want {
				t.Errorf("status %d, want %d", w.Code, tt.want)
			}
		})
	}
}

func TestMetricsElsewhere(t *testing.T) {
	s := newRig(t, func(o *httpapi.Options) { o.MetricsHere = false })
	s.problem(s.call(http.MethodGet, "/metrics", ""), http.StatusNotFound)
	now := time.Now()
	own := s.metricsOf(&now).MetricsServer(s.logged.logger())
	for path, want := range map[string]int{"/metrics": 200, "/api/v1/groups": 404, "/": 404} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.RemoteAddr = "192.0.2.7:5000"
		w := httptest.NewRecorder()
		own.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s: status %d, want %d", path, w.Code, want)
		}
	}
}
