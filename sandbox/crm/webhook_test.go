package crm_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"roomkeeper/sandbox/crm"
)

func TestWebhooksInOrderWithRetry(t *testing.T) {
	var tries atomic.Int32
	url, seen := listen(t, func(hook) int {
		if tries.Add(1) <= 2 {
			return http.StatusServiceUnavailable
		}
		return http.StatusNoContent
	})
	s := newSite(t, crm.Config{WebhookURL: url})
	if err := s.SeedDemo(); err != nil {
		t.Fatal(err)
	}
	ref := crm.Ref{Kind: "account", ID: "1"}
	if err := s.RemoveTeam(ref, crm.Principal{ID: "2"}, "1"); err != nil {
		t.Fatal(err)
	}
	name := "Northwind"
	if err := s.EditRecord(ref, crm.Edit{Name: &name}, "1"); err != nil {
		t.Fatal(err)
	}
	first, second, third, fourth := next(t, seen), next(t, seen), next(t, seen), next(t, seen)
	if first.id != second.id || second.id != third.id || first.raw != third.raw {
		t.Errorf("retries differ: %s %s %s", first.id, second.id, third.id)
	}
	if third.event.Type != "team.changed" || third.event.Data.Actor.ID != "1" || third.event.Data.Team != nil {
		t.Errorf("first event %s", third.raw)
	}
	want := crm.Change{Key: "name", Label: "Name", Before: "Northwind Traders", After: "Northwind"}
	if fourth.id == first.id || fourth.event.Type != "record.updated" || !slices.Equal(fourth.event.Data.Changes, []crm.Change{want}) {
		t.Errorf("second event %s", fourth.raw)
	}
}

func TestWebhookHonoursRetryAfter(t *testing.T) {
	var tries atomic.Int32
	arrived := make(chan time.Time, 2)
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		arrived <- time.Now()
		if tries.Add(1) == 1 {
			rw.Header().Set("Retry-After", "1")
			rw.WriteHeader(http.StatusTooManyRequests)
		}
	}))
	t.Cleanup(srv.Close)
	s := newSite(t, crm.Config{WebhookURL: srv.URL})
	s.Send(crm.Event{Type: "ping"})
	first := <-arrived
	if gap := (<-arrived).Sub(first); gap < time.Second {
		t.Errorf("came again after %v", gap)
	}
}

func TestWebhookRefusedIsGivenUp(t *testing.T) {
	url, seen := listen(t, func(h hook) int {
		if h.event.Type == "ping" {
			return http.StatusUnprocessableEntity
		}
		return http.StatusNoContent
	})
	s := newSite(t, crm.Config{WebhookURL: url})
	s.Send(crm.Event{Type: "ping"})
	s.Send(crm.Event{Type: "gap"})
	if a, b := next(t, seen), next(t, seen); a.event.Type != "ping" || b.event.Type != "gap" {
		t.Errorf("saw %s, %s", a.event.Type, b.event.Type)
	}
}

func TestWebhooksLostDoubledLate(t *testing.T) {
	url, seen := listen(t, noContent)
	s := newSite(t, crm.Config{WebhookURL: url})
	send := func(topic string) {
		s.Send(crm.Event{Type: "notification", Data: crm.EventData{Kind: "account", RecordID: "1", Notification: &crm.Notification{Topic: topic}}})
	}
	topic := func() string { return next(t, seen).event.Data.Notification.Topic }

	s.DropNext(1)
	send("lost")
	if err := s.SetWebhooks(crm.WebhooksOff, false); err != nil {
		t.Fatal(err)
	}
	send("lost too")
	if err := s.SetWebhooks(crm.WebhooksOn, false); err != nil {
		t.Fatal(err)
	}
	s.DuplicateNext(1)
	send("doubled")
	a, b := next(t, seen), next(t, seen)
	if a.id != b.id || a.event.Data.Notification.Topic != "doubled" {
		t.Errorf("saw %s and %s", a.raw, b.raw)
	}
	if err := s.SetWebhooks(crm.WebhooksPaused, false); err != nil {
		t.Fatal(err)
	}
	send("early")
	send("late")
	if err := s.SetWebhooks(crm.WebhooksOn, true); err != nil {
		t.Fatal(err)
	}
	if x, y := topic(), topic(); x != "late" || y != "early" {
		t.Errorf("saw %s, %s", x, y)
	}
}

func TestActivityEvent(t *testing.T) {
	url, seen := listen(t, noContent)
	s := newSite(t, crm.Config{WebhookURL: url})
	if err := s.SeedDemo(); err != nil {
		t.Fatal(err)
	}
	body := map[string]any{"activity": map[string]any{
		"subject": "Visit", "text": "Went well", "author": map[string]string{"id": "1"},
		"targets": []map[string]string{{"kind": "account", "record_id": "1"}},
	}}
	if got := s.control("sales-record", body); got != http.StatusOK {
		t.Fatalf("status %d", got)
	}
	h := next(t, seen)
	a := h.event.Data.Activity
	if h.event.Type != "activity.created" || a == nil || a.Subject != "Visit" || a.Author.Name != "Mara Lindqvist" || a.ID == "" {
		t.Errorf("event %s", h.raw)
	}
	var list struct{ Activities []crm.Activity }
	s.get("/activities", &list)
	if n := len(list.Activities); n != 3 || list.Activities[2].ID != a.ID {
		t.Errorf("activities %+v", list.Activities)
	}
	body["activity"].(map[string]any)["text"] = ""
	body["activity"].(map[string]any)["subject"] = ""
	if got := s.control("sales-record", body); got != http.StatusBadRequest {
		t.Errorf("an empty sales record answered %d", got)
	}
}

func TestFatEventsAreWhole(t *testing.T) {
	url, seen := listen(t, noContent)
	s := newSite(t, crm.Config{WebhookURL: url, Fat: true})
	if err := s.SeedDemo(); err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveTeam(crm.Ref{Kind: "account", ID: "4"}, crm.Principal{ID: "10"}, ""); err != nil {
		t.Fatal(err)
	}
	d := next(t, seen).event.Data
	if d.Record == nil || d.Record.ID != "4" || len(d.Team) != 2 || d.TeamVersion != 2 || len(d.Users) != 1 {
		t.Errorf("data %+v", d)
	}
}

func TestButtonShowsTheLink(t *testing.T) {
	var asked atomic.Int32
	connector := http.NewServeMux()
	events := make(chan string, 1)
	connector.HandleFunc("POST /webhooks/crm/crm", func(rw http.ResponseWriter, r *http.Request) {
		events <- r.Header.Get("webhook-id")
		rw.WriteHeader(http.StatusNoContent)
	})
	connector.HandleFunc("GET /api/v1/groups", func(rw http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer api" || r.URL.RawQuery != "id=1&kind=account" {
			t.Errorf("asked %s with %q", r.URL, r.Header.Get("Authorization"))
		}
		answers := []string{
			`{"items":[]}`, `{"items":[{"state":"creating"}]}`,
			`{"items":[{"state":"active","channel_name":"northwind","channel_url":"https://chat.example/C1","pending":1}]}`,
		}
		_, _ = rw.Write([]byte(answers[min(int(asked.Add(1)), len(answers))-1]))
	})
	srv := httptest.NewServer(connector)
	t.Cleanup(srv.Close)
	s := newSite(t, crm.Config{ConnectorURL: srv.URL, APIToken: "api"})
	if err := s.SeedDemo(); err != nil {
		t.Fatal(err)
	}
	changes, stop := s.Subscribe()
	defer stop()
	if got := s.control("button", map[string]string{"kind": "account", "id": "1", "actor": "1"}); got != http.StatusOK {
		t.Fatalf("button answered %d", got)
	}
	if id := <-events; !strings.HasPrefix(id, "evt_") {
		t.Errorf("webhook id %q", id)
	}
	ref := crm.Ref{Kind: "account", ID: "1"}
	deadline := time.After(patience)
	for s.Group(ref).ChannelURL == "" || s.Group(ref).Waiting {
		select {
		case <-changes:
		case <-deadline:
			t.Fatalf("no link: %+v", s.Group(ref))
		}
	}
	if g := s.Group(ref); g.State != "active" || g.ChannelName != "northwind" || g.Pending != 1 {
		t.Errorf("group %+v", g)
	}
	if got := s.control("button", map[string]string{"kind": "account", "id": "1", "actor": "nobody"}); got != http.StatusNotFound {
		t.Errorf("a button pressed by nobody answered %d", got)
	}
}
