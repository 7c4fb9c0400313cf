package httpapi_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"roomkeeper/adapters/httpapi"
	"roomkeeper/connector"
)

type readyDoc struct {
	Status string
	Checks map[string]struct {
		OK    bool
		Error string
	}
}

func TestReady(t *testing.T) {
	var crm, slack error
	s := newRig(t, func(o *httpapi.Options) {
		o.Components = []httpapi.Component{
			{Name: "slack", Status: func() error { return slack }},
			{Name: "crm", Status: func() error { return crm }},
		}
	})
	s.token = ""
	var doc readyDoc
	s.read(s.call(http.MethodGet, "/readyz", ""), http.StatusOK, &doc)
	for _, name := range []string{"store", "slack", "crm"} {
		if c, named := doc.Checks[name]; !named || !c.OK {
			t.Errorf("checks %+v: want %s to be fine", doc.Checks, name)
		}
	}
	crm = errors.New("GET https://user:hunter2@crm.example: connection refused")
	slack = fmt.Errorf("auth.test xoxb-hunter2: %w", connector.ErrUnauthorized)
	a := s.call(http.MethodGet, "/readyz", "")
	s.read(a, http.StatusOK, &doc)
	if c := doc.Checks["crm"]; c.OK || !strings.Contains(c.Error, "cannot be reached") {
		t.Errorf("crm: %+v", c)
	}
	if c := doc.Checks["slack"]; c.OK || !strings.Contains(c.Error, "token is refused") || strings.Contains(c.Error, "doctor") {
		t.Errorf("slack: %+v", c)
	}
	if strings.Contains(a.body, "hunter2") {
		t.Errorf("a secret is shown: %s", a.body)
	}
}

func TestReadyWithoutStore(t *testing.T) {
	s := newRig(t)
	s.closeStore()
	var doc readyDoc
	s.read(s.call(http.MethodGet, "/readyz", ""), http.StatusServiceUnavailable, &doc)
	if doc.Checks["store"].OK || doc.Checks["store"].Error == "" {
		t.Errorf("store: %+v", doc.Checks["store"])
	}
	if a := s.call(http.MethodGet, "/livez", ""); a.status != http.StatusOK {
		t.Errorf("livez: status %d", a.status)
	}
}

func TestReadyWhileStopping(t *testing.T) {
	s := newRig(t)
	s.stopping.Store(true)
	var doc readyDoc
	s.read(s.call(http.MethodGet, "/readyz", ""), http.StatusServiceUnavailable, &doc)
	if doc.Status != "stopping" || !doc.Checks["store"].OK {
		t.Errorf("answer %+v", doc)
	}
	if a := s.call(http.MethodGet, "/livez", ""); a.status != http.StatusOK {
		t.Errorf("livez: status %d", a.status)
	}
}
