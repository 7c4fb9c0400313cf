package httpapi_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
)

const syncPath = "/api/v1/groups/g1/sync"

// A rename is asked for, and comes alone.
func TestSyncRename(t *testing.T) {
	s := newRig(t)
	s.save(heldGroup())
	if a := s.call(http.MethodPost, syncPath, `{"rename":true}`); a.status != http.StatusAccepted || len(s.renames) != 1 {
		t.Errorf("status %d, renames %v", a.status, s.renames)
	}
	s.problem(s.call(http.MethodPost, syncPath, `{"rename":true,"dry_run":true}`), http.StatusUnprocessableEntity)
}

func TestDryRun(t *testing.T) {
	s := newRig(t)
	s.save(heldGroup())
	s.plan = connector.Plan{ID: "p9", Actions: []connector.Action{
		{Type: connector.ActionAdd, User: "u7", Member: "U7", Why: "owner"},
		{Type: connector.ActionRename, Value: "acme-corp"},
	}}
	a := s.call(http.MethodPost, syncPath, `{"dry_run":true}`)
	if a.status != http.StatusOK {
		t.Fatalf("status %d: %s", a.status, a.body)
	}
	sameJSON(t, a.body, `{"id":"p9","held":null,"calls":{},"actions":[
{"action":"add","user_id":"u7","member_id":"U7","value":"","why":"owner"},
{"action":"rename","user_id":"","member_id":"","value":"acme-corp","why":""}]}`)
	s.plan = connector.Plan{ID: "p8", Counted: 2, Later: []connector.LaterAction{{
		Action: connector.Action{Type: connector.ActionRemove, User: "u8", Member: "U8", Why: "no path is left"}, At: time.Date(2026, 1, 4, 9, 0, 0, 0, time.UTC),
	}}}
	sameJSON(t, s.call(http.MethodPost, syncPath, `{"dry_run":true}`).body, `{"id":"p8","held":null,"calls":{},"actions":[],"counted":2,"later":[
{"action":"remove","user_id":"u8","member_id":"U8","value":"","why":"no path is left","at":"2026-01-04T09:00:00Z"}]}`)
	if len(s.queued) != 0 || len(s.ended) != 0 || !s.urgent {
		t.Errorf("queued %v, ended %v, urgent %t; want nothing, at once", s.queued, s.ended, s.urgent)
	}
}

func TestVerdict(t *testing.T) {
	s := newRig(t)
	for removals, want := range map[string]string{
		"20": `{"verdict":"passed","removals":20,"owned":0}`, "21": `{"verdict":"held","removals":21,"owned":100}`,
	} {
		sameJSON(t, s.call(http.MethodGet, "/api/v1/sweeps/verdict?removals="+removals, "").body, want)
	}
	for _, query := range []string{"", "?removals=-1", "?removals=many", "?removal=1"} {
		s.problem(s.call(http.MethodGet, "/api/v1/sweeps/verdict"+query, ""), http.StatusUnprocessableEntity)
	}
}

func TestSync(t *testing.T) {
	s := newRig(t)
	s.save(heldGroup())
	s.plan.ID = "p1"
	for _, body := range []string{`{}`, ``, `{"dry_run":false}`, `{"confirm":"p1"}`, `{"dismiss":"p1"}`} {
		a := s.call(http.MethodPost, syncPath, body)
		if a.status != http.StatusAccepted || a.header.Get("Location") != "/api/v1/groups/g1" {
			t.Errorf("%s: status %d, Location %q", body, a.status, a.header.Get("Location"))
		}
	}
	if len(s.queued) != 3 || s.queued[0] != "g1" || !slices.Equal(s.ended, []string{"confirm", "dismiss"}) {
		t.Errorf("queued %v, ended %v", s.queued, s.ended)
	}
}

func TestSyncRefused(t *testing.T) {
	s := newRig(t)
	s.save(heldGroup())
	s.plan.ID = "p1"
	for _, body := range []string{`{"confirm":"p0"}`, `{"dismiss":"p0"}`} {
		p := s.problem(s.call(http.MethodPost, syncPath, body), http.StatusConflict)
		if !strings.Contains(p.Detail, "not the current plan") {
			t.Errorf("detail %q", p.Detail)
		}
	}
	s.problem(s.call(http.MethodPost, "/api/v1/groups/g2/sync", `{}`), http.StatusNotFound)
	s.err = fmt.Errorf("read team: %w", connector.ErrTemporary)
	s.problem(s.call(http.MethodPost, syncPath, `{"dry_run":true}`), http.StatusServiceUnavailable)
	s.err = connector.ErrChannelGone
	s.problem(s.call(http.MethodPost, syncPath, `{"dry_run":true}`), http.StatusConflict)
}

func TestPutSubscriptions(t *testing.T) {
	s := newRig(t)
	s.save(heldGroup())
	var view struct{ Subscriptions []connector.Topic }
	s.read(s.call(http.MethodPut, "/api/v1/groups/g1/subscriptions", `{"topics":["closed","custom:news","custom:*"],"filters":{}}`), http.StatusOK, &view)
	want := []connector.Topic{connector.TopicClosed, "custom:news", connector.TopicCustomAll}
	if !slices.Equal(s.topics, want) || !slices.Equal(view.Subscriptions, want) || s.setBy != "api:ops" {
		t.Errorf("set %v by %q, shown %v; want %v", s.topics, s.setBy, view.Subscriptions, want)
	}
	s.read(s.call(http.MethodPut, "/api/v1/groups/g1/subscriptions", `{"topics":[]}`), http.StatusOK, &view)
	if len(s.topics) != 0 {
		t.Errorf("set %v, want none", s.topics)
	}
	s.problem(s.call(http.MethodPut, "/api/v1/groups/g2/subscriptions", `{"topics":[]}`), http.StatusNotFound)
}

func TestSweeps(t *testing.T) {
	s := newRig(t)
	a := s.call(http.MethodPost, "/api/v1/sweeps", `{"full":true}`)
	if a.status != http.StatusAccepted || a.header.Get("Location") != "/api/v1/sweeps/s1" || !slices.Equal(s.sweeps, []bool{true}) {
		t.Fatalf("status %d, Location %q, started %v", a.status, a.header.Get("Location"), s.sweeps)
	}
	var sweep map[string]any
	s.read(s.call(http.MethodGet, "/api/v1/sweeps/s1", ""), http.StatusOK, &sweep)
	for _, name := range []string{"state", "queued", "done", "failed", "started_at", "ended_at"} {
		if _, ok := sweep[name]; !ok {
			t.Errorf("sweep %v lacks %s", sweep, name)
		}
	}
	if sweep["state"] != "listing" || sweep["ended_at"] != nil {
		t.Errorf("sweep %v", sweep)
	}
	s.problem(s.call(http.MethodGet, "/api/v1/sweeps/s2", ""), http.StatusNotFound)
	if a := s.call(http.MethodPost, "/api/v1/sweeps", ""); a.status != http.StatusAccepted || !slices.Equal(s.sweeps, []bool{true, false}) {
		t.Errorf("status %d, started %v", a.status, s.sweeps)
	}
}

// What a Sweep's verdict holds is decided all at once.
func TestEndSweep(t *testing.T) {
	s := newRig(t)
	_, err := s.engine.Sweeps.UpdateSweep(t.Context(), "s1", func(sw *connector.Sweep) {
		sw.State, sw.Verdict, sw.Removals, sw.Owned = connector.SweepDone, connector.VerdictHeld, 30, 80
	})
	if err != nil {
		t.Fatal(err)
	}
	s.held = 30
	var sweep map[string]any
	s.read(s.call(http.MethodGet, "/api/v1/sweeps/s1", ""), http.StatusOK, &sweep)
	if sweep["verdict"] != "held" || sweep["held"] != 30. || sweep["removals"] != 30. || sweep["owned"] != 80. {
		t.Errorf("sweep %v", sweep)
	}
	for _, body := range []string{`{}`, `{"confirm":false}`, `{"confirm":true,"dismiss":true}`} {
		s.problem(s.call(http.MethodPost, "/api/v1/sweeps/s1", body), http.StatusUnprocessableEntity)
	}
	s.problem(s.call(http.MethodPost, "/api/v1/sweeps/s2", `{"confirm":true}`), http.StatusNotFound)
	if len(s.ended) != 0 {
		t.Fatalf("did %v", s.ended)
	}
	if a := s.call(http.MethodPost, "/api/v1/sweeps/s1", `{"confirm":true}`); a.status != http.StatusAccepted {
		t.Errorf("status %d", a.status)
	}
	if a := s.call(http.MethodPost, "/api/v1/sweeps/s1", `{"dismiss":true}`); a.status != http.StatusAccepted {
		t.Errorf("status %d", a.status)
	}
	s.held = 0
	s.problem(s.call(http.MethodPost, "/api/v1/sweeps/s1", `{"confirm":true}`), http.StatusConflict)
	if !slices.Equal(s.ended, []string{"confirm sweep s1", "dismiss sweep s1", "confirm sweep s1"}) {
		t.Errorf("did %v", s.ended)
	}
}

// With the store away every call is answered 503.
func TestStoreAway(t *testing.T) {
	s := newRig(t)
	s.closeStore()
	s.err = connector.ErrStoreAway
	for _, call := range []string{
		"GET groups", "GET groups/g1", "POST groups", "POST groups/g1/sync", "PUT groups/g1/subscriptions",
		"POST sweeps", "GET sweeps/s1", "GET sweeps/verdict?removals=1", "POST sweeps/s1", "GET pending", "GET dead-letters", "POST dead-letters/d/replay", "DELETE dead-letters/d",
	} {
		method, path, _ := strings.Cut(call, " ")
		body := map[string]string{"POST groups": `{"kind":"account","id":"4"}`, "PUT groups/g1/subscriptions": `{"topics":[]}`, "POST sweeps/s1": `{"confirm":true}`}[call]
		a := s.call(method, "/api/v1/"+path, body)
		s.problem(a, http.StatusServiceUnavailable)
		if a.header.Get("Retry-After") != "5" {
			t.Errorf("%s: Retry-After %q", call, a.header.Get("Retry-After"))
		}
	}
}

func TestNothingIsChangedWhileStopping(t *testing.T) {
	s := newRig(t)
	s.save(heldGroup())
	s.stopping.Store(true)
	s.problem(s.call(http.MethodPost, "/api/v1/sweeps", `{}`), http.StatusServiceUnavailable)
	s.problem(s.call(http.MethodPost, syncPath, `{}`), http.StatusServiceUnavailable)
	if a := s.call(http.MethodGet, "/api/v1/groups/g1", ""); a.status != http.StatusOK {
		t.Errorf("reading: status %d", a.status)
	}
	if len(s.sweeps)+len(s.queued) != 0 {
		t.Errorf("started %v, queued %v", s.sweeps, s.queued)
	}
}
