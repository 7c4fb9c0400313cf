package httpapi_test

import (
	"fmt"
	"net/http"
	"testing"

	"roomkeeper/adapters/httpapi"
	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
	"roomkeeper/connector/identity"
)

// newLinkRig has a real Linker behind the API.
func newLinkRig(t *testing.T) (*rig, *identity.Linker) {
	clock := connectortest.NewEngineClock()
	crm := connectortest.NewMemoryCRM("crm", clock.Now)
	crm.PutUser(connector.User{ID: "1", Name: "Ann", Active: true}, connector.User{ID: "a/b c", Active: true})
	linker := &identity.Linker{CRM: crm.Port(), Platforms: map[connector.PlatformID]connector.ChatPlatform{}, Clock: clock.Now}
	for _, id := range []connector.PlatformID{"slack", "discord"} {
		chat := connectortest.NewMemoryChat(id, clock.Now)
		chat.Person("ann")
		chat.SetAccount("guest", connector.ReasonGuest)
		linker.Platforms[id] = chat.Platform()
	}
	s := newRig(t, func(o *httpapi.Options) {
		linker.Engine, linker.Logger, o.Linker = o.Engine, o.Logger, linker
	})
	return s, linker
}

func TestLinks(t *testing.T) {
	s, linker := newLinkRig(t)
	s.save(connector.Group{ID: "g1", Platform: "slack", Memberships: []connector.Membership{{User: "1"}}})
	const path = "/api/v1/links/1"
	for _, step := range []struct{ method, body, want string }{
		{http.MethodGet, "", `{}`},
		{http.MethodPut, `{"slack":"U:ann","discord":"U:ann"}`, `{"slack":"U:ann","discord":"U:ann"}`},
		{http.MethodGet, "", `{"slack":"U:ann","discord":"U:ann"}`},
		{http.MethodPut, `{"discord":"U:ann","slack":null}`, `{"discord":"U:ann"}`},
		{http.MethodPut, `{}`, `{}`},
		{http.MethodPut, `{"slack":"U:ann"}`, `{"slack":"U:ann"}`},
		{http.MethodDelete, "", `{}`},
		{http.MethodGet, "", `{}`},
	} {
		a := s.call(step.method, path, step.body)
		if a.status != http.StatusOK {
			t.Fatalf("%s %s: status %d: %s", step.method, step.body, a.status, a.body)
		}
		sameJSON(t, a.body, step.want)
	}
	sameJSON(t, s.call(http.MethodPut, "/api/v1/links/a%2Fb%20c", `{"slack":"U:ann"}`).body, `{"slack":"U:ann"}`)
	people, err := linker.Engine.People.People(t.Context(), []connector.UserID{"a/b c"})
	if err != nil || people["a/b c"].Links["slack"].By != "api:ops" {
		t.Errorf("%+v, %v", people, err)
	}
	lease, err := s.engine.Queue.Take(t.Context())
	if err != nil || !lease.Urgent || lease.Key.Group != "g1" {
		t.Errorf("queued %+v, %v", lease, err)
	}
}

func TestLinksRefused(t *testing.T) {
	s, _ := newLinkRig(t)
	for _, test := range []struct {
		method, path, body string
		status             int
		field              string
	}{
		{http.MethodGet, "/api/v1/links/404", "", http.StatusNotFound, ""},
		{http.MethodPut, "/api/v1/links/404", `{"slack":"U:ann"}`, http.StatusNotFound, ""},
		{http.MethodDelete, "/api/v1/links/404", "", http.StatusNotFound, ""},
		{http.MethodPut, "/api/v1/links/1", `{"slack":"U:nobody"}`, http.StatusUnprocessableEntity, "slack"},
		{http.MethodPut, "/api/v1/links/1", `{"slack":"U:ann","discord":"U:guest"}`, http.StatusUnprocessableEntity, "discord"},
		{http.MethodPut, "/api/v1/links/1", `{"teams":"1"}`, http.StatusUnprocessableEntity, "teams"},
		{http.MethodPut, "/api/v1/links/1", `{"slack":7}`, http.StatusUnprocessableEntity, "slack"},
		{http.MethodPut, "/api/v1/links/1", `{"slack":""}`, http.StatusUnprocessableEntity, "slack"},
		{http.MethodPut, "/api/v1/links/1", `["slack"]`, http.StatusUnprocessableEntity, ""},
		{http.MethodPut, "/api/v1/links/1", `{"slack":`, http.StatusBadRequest, ""},
		{http.MethodPut, "/api/v1/links/1", ``, http.StatusBadRequest, ""},
		{http.MethodPut, "/api/v1/links/%01", `{}`, http.StatusUnprocessableEntity, "user_id"},
		{http.MethodPost, "/api/v1/links/1", `{}`, http.StatusMethodNotAllowed, ""},
	} {
		p := s.problem(s.call(test.method, test.path, test.body), test.status)
		if p.Field != test.field {
			t.Errorf("%s %s %s: field %q, want %q: %s", test.method, test.path, test.body, p.Field, test.field, p.Detail)
		}
	}
	sameJSON(t, s.call(http.MethodGet, "/api/v1/links/1", "").body, `{}`)
	s.token = ""
	s.problem(s.call(http.MethodGet, "/api/v1/links/1", ""), http.StatusUnauthorized)
}

// A page is served as it is, to anybody; without it there is nothing.
func TestPages(t *testing.T) {
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "hello") })
	s := newRig(t, func(o *httpapi.Options) { o.Pages = map[string]http.Handler{"GET /auth/x/callback": page} })
	s.token = ""
	if a := s.call(http.MethodGet, "/auth/x/callback?a=b", ""); a.status != http.StatusOK || a.body != "hello" || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%+v", a)
	}
	s.problem(s.call(http.MethodGet, "/auth/y/callback", ""), http.StatusNotFound)
}
