package neutral_test

import (
	"net/http"
	"testing"

	"roomkeeper/connector"
	"roomkeeper/crm/neutral"
)

// Whoever has exactly the address, case and blanks around it aside; a CRM that
// finds more is not believed.
func TestUsersByEmail(t *testing.T) {
	asked := ""
	ports, _ := puller(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.RequestURI()
		_, _ = w.Write([]byte(`{"users":[` + ann + `,{"id":"2","email":"joann@example.com"},{"id":"3","email":"ANN@EXAMPLE.COM","active":false},{"id":"4"}]}`))
	}, neutral.Options{})
	users, err := ports.Finder.UsersByEmail(t.Context(), " Ann+a@Example.com")
	if err != nil || len(users) != 0 || asked != "/api/users?email=ann%2Ba%40example.com" {
		t.Errorf("asked %q: %v, %v", asked, users, err)
	}
	users, err = ports.Finder.UsersByEmail(t.Context(), " ANN@example.com\n")
	if err != nil || len(users) != 2 || users[0].ID != "1" || !users[0].Active || users[1].ID != "3" || users[1].Active {
		t.Errorf("%v, %v", users, err)
	}
	asked = ""
	if users, err = ports.Finder.UsersByEmail(t.Context(), " "); err != nil || len(users) != 0 || asked != "" {
		t.Errorf("no address: asked %q: %v, %v", asked, users, err)
	}
}

func TestFactsFindNobody(t *testing.T) {
	if ports := driver(t, neutral.Options{Name: "crm", Kinds: kinds(), Facts: &memory{}}); ports.Finder != nil {
		t.Error("a CRM that cannot be asked finds people")
	}
}

func TestSandboxFindsByEmail(t *testing.T) {
	w, ports := world(t, neutral.Options{})
	if err := w.SeedDemo(); err != nil {
		t.Fatal(err)
	}
	known, err := ports.Users.UsersByID(t.Context(), []connector.UserID{"1"})
	if err != nil || known["1"].Email == "" {
		t.Fatalf("%v, %v", known, err)
	}
	users, err := ports.Finder.UsersByEmail(t.Context(), known["1"].Email)
	if err != nil || len(users) != 1 || users[0].ID != "1" {
		t.Errorf("%v, %v", users, err)
	}
}
