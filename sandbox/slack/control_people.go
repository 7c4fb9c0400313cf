package slack

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"roomkeeper/sandbox/internal/stage"
)

func (w *Workspace) controlPeople(mux *http.ServeMux) {
	mux.HandleFunc("POST /control/users", stage.Told(w.putUser))
	act := func(rw http.ResponseWriter, r *http.Request) {
		stage.Told(func(_ context.Context, a Act) (any, error) {
			id, err := w.Do(r.PathValue("act"), a)
			return answer{"ok": true, "id": id}, err
		})(rw, r)
	}
	mux.HandleFunc("POST /control/do/{act}", act)
	mux.HandleFunc("POST /control/{act}", act)
	mux.HandleFunc("POST /control/command", stage.Told(func(ctx context.Context, a Act) (any, error) {
		return w.Command(ctx, a.User, a.Channel, a.Text)
	}))
	mux.HandleFunc("POST /control/click", stage.Told(func(ctx context.Context, c Click) (any, error) { return w.Click(ctx, c) }))
	mux.HandleFunc("POST /control/submit", stage.Told(func(ctx context.Context, s Submission) (any, error) { return w.Submit(ctx, s) }))
	mux.HandleFunc("POST /control/close", stage.Told(func(ctx context.Context, c struct {
		User string `json:"user"`
		All  bool   `json:"all"`
	}) (any, error) {
		return w.CloseView(ctx, c.User, c.All)
	}))
	mux.HandleFunc("POST /control/event", stage.Told(func(_ context.Context, event map[string]any) (any, error) {
		kind, _ := event["type"].(string)
		if kind == "url_verification" {
			ok, err := w.VerifyURL()
			return answer{"ok": ok}, err
		}
		if kind == "" {
			return nil, errors.New("no type")
		}
		w.Raise(kind, event)
		return answer{"ok": true}, nil
	}))
	mux.HandleFunc("POST /control/redeliver", stage.Told(func(_ context.Context, d Delivery) (any, error) {
		if !w.Redeliver(d.EventID) {
			return nil, errors.New("no such event")
		}
		return answer{"ok": true}, nil
	}))
}

// putUser adds a person, or changes the named fields of a known one.
func (w *Workspace) putUser(_ context.Context, fields json.RawMessage) (any, error) {
	var u User
	if err := json.Unmarshal(fields, &u); err != nil {
		return nil, err
	}
	var err error
	if u.ID != "" && w.UpdateUser(u.ID, func(known *User) { err = json.Unmarshal(fields, known) }) {
		return answer{"ok": true, "id": u.ID}, err
	}
	return answer{"ok": true, "id": w.AddUser(u)}, nil
}
