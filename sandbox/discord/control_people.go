package discord

import (
	"context"
	"encoding/json"
	"net/http"

	"roomkeeper/sandbox/internal/stage"
)

func (g *Guild) controlPeople(mux *http.ServeMux) {
	mux.HandleFunc("POST /control/users", stage.Told(g.putUser))
	act := func(rw http.ResponseWriter, r *http.Request) {
		stage.Told(func(_ context.Context, a Act) (any, error) {
			id, err := g.Do(r.PathValue("act"), a)
			return answer{"ok": true, "id": id}, err
		})(rw, r)
	}
	mux.HandleFunc("POST /control/do/{act}", act)
	mux.HandleFunc("POST /control/{act}", act)
}

// putUser adds a user, or changes the named fields of a known one.
func (g *Guild) putUser(_ context.Context, fields json.RawMessage) (any, error) {
	var u User
	if err := json.Unmarshal(fields, &u); err != nil {
		return nil, err
	}
	var err error
	if u.ID != "" && g.UpdateUser(u.ID, func(known *User) { err = json.Unmarshal(fields, known) }) {
		return answer{"ok": true, "id": u.ID}, err
	}
	return answer{"ok": true, "id": g.AddUser(u)}, nil
}
