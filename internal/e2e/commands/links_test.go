package commands_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"roomkeeper/internal/world"
)

// TestLinks: who somebody is, said by the API and by the file; the latest act
// counts, also over a restart.
func TestLinks(t *testing.T) { world.OnEach(t, links) }

func links(t *testing.T, p world.Platform) {
	w := world.Start(t, p, 8, 1)
	w.OpenTwo(t)
	account := map[string]string{}
	for _, person := range w.Chat.State(t).People {
		account[person.Name] = person.ID
	}
	put := func(user string) {
		var got map[string]string
		w.API.Must(t, http.MethodPut, "/links/u2", map[string]string{p.Name: account[user]}, &got)
		if len(got) != 1 || got[p.Name] != account[user] {
			t.Errorf("stored %v", got)
		}
		w.In(t, 1, "u1", user)
	}
	put("u3")
	file := filepath.Join(t.TempDir(), "links.csv")
	if err := os.WriteFile(file, []byte("user_id,platform,member_id\n# moved\nu2,"+p.Name+","+account["u4"]+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.Env = append(w.Env, "ROOMKEEPER_LINKS_FILE="+file)
	restart := func() {
		t.Helper()
		if err := w.Stop(t); err != nil {
			t.Fatal(err)
		}
		w.Restart(t)
	}
	restart()
	w.In(t, 1, "u1", "u4")
	put("u5")
	restart()
	w.Say(t, "u5", "general", "link", "In the CRM you are", "(u2)")
	w.Say(t, "u1", "general", "unlink @u5", "or you may not")
	w.Say(t, "u5", "general", "unlink", "not linked with", "any more")
	w.In(t, 1, "u1", "u2")
	w.Chat.Lawful(t)

	if status, err := w.API.Do(t.Context(), http.MethodPut, "/links/u2", map[string]string{p.Name: "nobody"}, nil); status != http.StatusUnprocessableEntity {
		t.Errorf("an account that there is not: status %d, %v", status, err)
	}
	if status, err := w.API.Do(t.Context(), http.MethodGet, "/links/nobody", nil, nil); status != http.StatusNotFound {
		t.Errorf("a user that there is not: status %d, %v", status, err)
	}
	if err := os.WriteFile(file, []byte("u2\nu3,elsewhere,1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.RefusesToStart(t, []string{"LINKS_FILE", "line 1 has one column", "line 2 has another platform"})
}
