package httpapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"roomkeeper/connector"
)

func TestRecover(t *testing.T) {
	s := newRig(t)
	s.recovered = []connector.Recovered{{
		Platform: "slack", Record: connector.RecordKey{CRM: "crm", Kind: connector.KindAccount, ID: "4"},
		Channel: connector.Channel{ID: "C1", Name: "acme"}, Archived: true, Action: connector.RecoverRebuild,
	}}
	a := s.call(http.MethodPost, "/api/v1/recover", `{"dry_run":true}`)
	want := `{"items":[{"kind":"account","record_id":"4","platform":"slack","channel_id":"C1","channel_name":"acme","archived":true,"action":"rebuild"}],"dry_run":true}`
	if a.status != http.StatusOK || strings.TrimSpace(a.body) != want {
		t.Errorf("%d %s, want %s", a.status, a.body, want)
	}
	s.recovered = nil
	a = s.call(http.MethodPost, "/api/v1/recover", "")
	if a.status != http.StatusOK || strings.TrimSpace(a.body) != `{"items":[],"dry_run":false}` {
		t.Errorf("nothing to recover: %d %s", a.status, a.body)
	}
	if !slices.Equal(s.recovers, []bool{true, false}) {
		t.Errorf("asked with dry run %v", s.recovers)
	}
	if p := s.problem(s.call(http.MethodPost, "/api/v1/recover", `{"dry_run":1}`), http.StatusUnprocessableEntity); p.Field != "dry_run" {
		t.Errorf("%+v", p)
	}
	s.err = connector.ErrTemporary
	s.problem(s.call(http.MethodPost, "/api/v1/recover", ""), http.StatusServiceUnavailable)
}

// TestOpenHeldByRecover: the answer says what to do.
func TestOpenHeldByRecover(t *testing.T) {
	s := newRig(t)
	s.err = &connector.RecoverError{Platform: "slack", Channels: 12}
	p := s.problem(s.call(http.MethodPost, "/api/v1/groups", `{"kind":"account","id":"4"}`), http.StatusConflict)
	for _, part := range []string{"12 channels", "connector recover", "--fresh"} {
		if !strings.Contains(p.Detail, part) {
			t.Errorf("it does not say %q: %s", part, p.Detail)
		}
	}
}
