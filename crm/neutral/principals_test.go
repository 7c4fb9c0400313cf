package neutral_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"roomkeeper/connector"
	"roomkeeper/crm/neutral"
	sandbox "roomkeeper/sandbox/crm"
)

func sales(below bool) connector.Principal {
	return connector.Principal{Type: connector.PrincipalDepartment, ID: "sales", Name: "Sales", IncludeSub: below}
}

func principalQuestion() question {
	return question{
		name: "principal", whole: `{"users":["1",2],"next_cursor":""}`,
		broken: []string{
			`{"users":["1"]}`, `{"next_cursor":""}`, `{"users":null,"next_cursor":""}`, `{"users":{},"next_cursor":""}`,
			`{"users":["1",null],"next_cursor":""}`, `{"users":["1",""],"next_cursor":""}`, `{"users":["1",{"id":"2"}],"next_cursor":""}`,
			`{"users":["1"],"next_cursor":1}`, `{"users":["1",2.5],"next_cursor":""}`,
		},
		ask: func(ctx context.Context, ports connector.CRM) (string, error) {
			users, err := ports.Principals.Expand(ctx, sales(false))
			return words(users), err
		},
	}
}

// expansions answers one page after another and notes what was asked.
func expansions(t *testing.T, pages ...string) (connector.CRM, *[]string) {
	t.Helper()
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RequestURI())
		if n := len(asked); n > len(pages) || pages[n-1] == "410" {
			w.WriteHeader(http.StatusGone)
			return
		}
		if page := pages[len(asked)-1]; page != "404" {
			_, _ = w.Write([]byte(page))
			return
		}
		w.WriteHeader(http.StatusNotFound)
	}))
	t.Cleanup(server.Close)
	return driver(t, neutral.Options{Name: "crm", URL: server.URL, Kinds: kinds()}), &asked
}

const (
	firstUsers = `{"users":["1","2"],"next_cursor":"c/2"}`
	lastUsers  = `{"users":["2","3"],"next_cursor":""}`
)

func TestExpansionsArePaged(t *testing.T) {
	ports, asked := expansions(t, firstUsers, lastUsers)
	users, err := ports.Principals.Expand(t.Context(), connector.Principal{Type: "user_group", ID: "a/b c", IncludeSub: true})
	if err != nil || !slices.Equal(users, []connector.UserID{"1", "2", "3"}) {
		t.Errorf("%v, %v", users, err)
	}
	want := []string{
		"/principals/user_group/a%2Fb%20c/users?include_sub=true", "/principals/user_group/a%2Fb%20c/users?cursor=c%2F2&include_sub=true",
	}
	if !slices.Equal(*asked, want) {
		t.Errorf("asked %q", *asked)
	}
}

// A list that is not whole is an error, and one of which the cursor was lost
// begins again, once.
func TestExpansionsAreWhole(t *testing.T) {
	for name, test := range map[string]struct {
		pages []string
		want  error
	}{
		"unknown":              {[]string{"404"}, connector.ErrNotFound},
		"gone meanwhile":       {[]string{firstUsers, "404"}, connector.ErrTemporary},
		"cursor lost":          {[]string{firstUsers, "410", firstUsers, lastUsers}, nil},
		"cursor lost twice":    {[]string{firstUsers, "410", firstUsers, "410"}, connector.ErrTemporary},
		"the same page again":  {[]string{firstUsers, firstUsers}, connector.ErrTemporary},
		"the second is broken": {[]string{firstUsers, `{"users":["3"]}`}, connector.ErrTemporary},
		"nobody":               {[]string{`{"users":[],"next_cursor":""}`}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			ports, _ := expansions(t, test.pages...)
			users, err := ports.Principals.Expand(t.Context(), sales(false))
			if !errors.Is(err, test.want) || (err != nil) != (users == nil) {
				t.Errorf("%v, %v, want %v", users, err, test.want)
			}
		})
	}
}

func TestWhatCannotBeAskedForIsUnknown(t *testing.T) {
	ports, asked := expansions(t)
	for _, p := range []connector.Principal{{Type: "role", ID: ".."}, {Type: "role"}, {ID: "x"}} {
		if _, err := ports.Principals.Expand(t.Context(), p); !errors.Is(err, connector.ErrNotFound) {
			t.Errorf("%+v: %v", p, err)
		}
	}
	if len(*asked) != 0 {
		t.Errorf("asked %q", *asked)
	}
}

func TestWithoutAURLNothingIsExpanded(t *testing.T) {
	if driver(t, neutral.Options{Name: "crm", Kinds: kinds(), Facts: &memory{}}).Principals != nil {
		t.Error("there is a port")
	}
}

func TestSandboxExpands(t *testing.T) {
	w, ports := world(t, neutral.Options{})
	if err := w.SeedDemo(); err != nil {
		t.Fatal(err)
	}
	var many []string
	for i := range 1203 {
		many = append(many, fmt.Sprintf("m%04d", i))
	}
	for _, typ := range []string{"role", "user_group", "queue", "territory"} {
		if err := w.SetUnit(sandbox.Unit{Type: typ, ID: "all", Users: many}, ""); err != nil {
			t.Fatal(err)
		}
		users, err := ports.Principals.Expand(t.Context(), connector.Principal{Type: connector.PrincipalType(typ), ID: "all"})
		if err != nil || len(users) != len(many) {
			t.Errorf("%s: %d users, %v", typ, len(users), err)
		}
	}
	for below, want := range map[bool][]connector.UserID{false: {"1", "3"}, true: {"1", "3", "4"}} {
		users, err := ports.Principals.Expand(t.Context(), sales(below))
		if slices.Sort(users); err != nil || !slices.Equal(users, want) {
			t.Errorf("with below %v: %v, %v", below, users, err)
		}
	}
	if err := w.DropUnit("department", "sales", ""); err != nil {
		t.Fatal(err)
	}
	if users, err := ports.Principals.Expand(t.Context(), sales(false)); !errors.Is(err, connector.ErrNotFound) || users != nil {
		t.Errorf("%v, %v", users, err)
	}
	if err := w.DropUnit("department", "sales", ""); !errors.Is(err, sandbox.ErrNotFound) {
		t.Errorf("dropped again: %v", err)
	}
}
