package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"roomkeeper/adapters/httpapi"
)

func TestUnknownAddress(t *testing.T) {
	s := newRig(t)
	s.problem(s.call(http.MethodGet, "/nothing", ""), http.StatusNotFound)
	s.problem(s.call(http.MethodGet, "/api/v1/nothing", ""), http.StatusNotFound)
	a := s.call(http.MethodDelete, "/api/v1/groups", "")
	s.problem(a, http.StatusMethodNotAllowed)
	if allow := a.header.Get("Allow"); !strings.Contains(allow, "GET") || !strings.Contains(allow, "POST") {
		t.Errorf("Allow %q", allow)
	}
}

func TestTokens(t *testing.T) {
	s := newRig(t)
	for token, want := range map[string]int{
		goodToken: 200, "another": 200, "": 401, "wrong": 401, goodToken + "x": 401, goodToken[:4]: 401,
	} {
		s.token = token
		a := s.call(http.MethodGet, "/api/v1/groups", "")
		if a.status != want {
			t.Errorf("token %q: status %d, want %d", token, a.status, want)
		}
		if want == 401 {
			s.problem(a, 401)
			if !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer") {
				t.Errorf("WWW-Authenticate %q", a.header.Get("WWW-Authenticate"))
			}
		}
	}
	s.token = ""
	if a := s.call(http.MethodGet, "/api/v1/groups", "", "Authorization: Basic "+goodToken); a.status != 401 {
		t.Errorf("another scheme: status %d, want 401", a.status)
	}
	s.problem(s.call(http.MethodGet, "/api/v1/nothing", ""), 401)
}

func TestNoTokenConfigured(t *testing.T) {
	s := newRig(t, func(o *httpapi.Options) { o.Tokens = []httpapi.Token{{Name: "empty"}} })
	s.token = ""
	for _, header := range []string{"X-None: 1", "Authorization: Bearer ", "Authorization: Bearer x"} {
		p := s.problem(s.call(http.MethodGet, "/api/v1/groups", "", header), http.StatusUnauthorized)
		if !strings.Contains(p.Detail, "ROOMKEEPER_API_TOKENS") {
			t.Errorf("detail %q does not say what to do", p.Detail)
		}
	}
}

func TestControlNeedsNoToken(t *testing.T) {
	store := newRig(t)
	control := httpapi.NewControl(httpapi.Options{
		CRM: "crm", Policies: policies(), Engine: store.engine, Subscriber: store.services,
	})
	w := httptest.NewRecorder()
	control.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1/groups", nil))
	if w.Code != http.StatusOK {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
}

func TestPageOfAnotherOrigin(t *testing.T) {
	s := newRig(t, func(o *httpapi.Options) {
		ok := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) })
		o.Signed = map[string]http.Handler{"POST /slack/events": ok}
	})
	const site = "Sec-Fetch-Site: cross-site"
	s.problem(s.call(http.MethodPost, "/api/v1/sweeps", "{}", site), http.StatusForbidden)
	for _, c := range []struct {
		method, path, header string
		want                 int
	}{
		{http.MethodGet, "/api/v1/groups", site, http.StatusOK},
		{http.MethodPost, "/api/v1/sweeps", "Sec-Fetch-Site: same-origin", http.StatusAccepted},
		{http.MethodPost, "/slack/events", site, http.StatusAccepted},
	} {
		if a := s.call(c.method, c.path, "", c.header); a.status != c.want {
			t.Errorf("%s %s %s: status %d, want %d", c.method, c.path, c.header, a.status, c.want)
		}
	}
}

func TestRequestID(t *testing.T) {
	s := newRig(t)
	if got := s.call(http.MethodGet, "/livez", "", "X-Request-Id: abc-1.2_3:4").header.Get("X-Request-Id"); got != "abc-1.2_3:4" {
		t.Errorf("id %q, want the one that was sent", got)
	}
	for _, bad := range []string{"a b", `a"b`, strings.Repeat("a", 101), "ä"} {
		got := s.call(http.MethodGet, "/livez", "", "X-Request-Id: "+bad).header.Get("X-Request-Id")
		if got == bad || len(got) < 10 {
			t.Errorf("id %q for %q, want a new one", got, bad)
		}
	}
}

func TestSecurityHeaders(t *testing.T) {
	h := newRig(t).call(http.MethodGet, "/livez", "").header
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
	} {
		if h.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, h.Get(name), want)
		}
	}
	if !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("Content-Security-Policy %q", h.Get("Content-Security-Policy"))
	}
}

func TestPanicIsAProblem(t *testing.T) {
	s := newRig(t, func(o *httpapi.Options) {
		o.Signed = map[string]http.Handler{
			"GET /early": http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") }),
		}
	})
	p := s.problem(s.call(http.MethodGet, "/early", ""), http.StatusInternalServerError)
	if strings.Contains(p.Detail, "boom") {
		t.Errorf("detail %q tells too much", p.Detail)
	}
	if log := s.logged.String(); !strings.Contains(log, "boom") || !strings.Contains(log, p.RequestID) {
		t.Errorf("the log does not say what happened: %s", log)
	}
}

func TestAccessLogHoldsNoSecrets(t *testing.T) {
	s := newRig(t)
	s.call(http.MethodGet, "/api/v1/groups?kind=account&id=ACME-1", "", "X-Request-Id: req-1")
	s.call(http.MethodPost, "/api/v1/groups", `{"kind":"account","id":"ACME-2"}`)
	s.call(http.MethodGet, "/nothing/ACME-3?token=ACME-4", "")
	log := s.logged.String()
	for _, want := range []string{`route="GET /api/v1/groups"`, "status=200", "request_id=req-1", "caller=ops"} {
		if !strings.Contains(log, want) {
			t.Errorf("log lacks %s: %s", want, log)
		}
	}
	for _, secret := range []string{"ACME", goodToken} {
		if strings.Contains(log, secret) {
			t.Errorf("log holds %s: %s", secret, log)
		}
	}
}
