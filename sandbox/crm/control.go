package crm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// command is the body of every POST to the control API; each call uses its
// own part of it.
type command struct {
	Ref
	// Actor is the id of the person who does it; may be empty.
	Actor     string    `json:"actor"`
	Edit      Edit      `json:"edit"`
	Entry     Entry     `json:"entry"`
	Principal Principal `json:"principal"`
	Into      Ref       `json:"into"`
	User      User      `json:"user"`
	Unit      Unit      `json:"unit"`
	Active    bool      `json:"active"`
	Activity  Activity  `json:"activity"`
	Record    Record    `json:"record"`
	Event     Event     `json:"event"`
	Fault     Fault     `json:"fault"`
	Platform  string    `json:"platform"`
	Mode      string    `json:"mode"`
	Reverse   bool      `json:"reverse"`
	N         int       `json:"n"`
}

// controlHandler serves /control/: GETs that look and POSTs that act. It asks
// for no token; it is for loopback.
func (w *World) controlHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /control/state", func(rw http.ResponseWriter, r *http.Request) {
		answer(rw, w.State(refOf(r)), nil)
	})
	mux.HandleFunc("GET /control/group", w.getGroup)
	mux.HandleFunc("GET /control/calls", func(rw http.ResponseWriter, _ *http.Request) {
		answer(rw, map[string]any{"calls": w.Calls()}, nil)
	})
	mux.HandleFunc("GET /control/counts", func(rw http.ResponseWriter, _ *http.Request) {
		answer(rw, map[string]any{"counts": w.Counts()}, nil)
	})
	mux.HandleFunc("GET /control/deliveries", func(rw http.ResponseWriter, _ *http.Request) {
		log, waiting := w.Deliveries()
		answer(rw, map[string]any{"deliveries": log, "waiting": waiting}, nil)
	})
	mux.HandleFunc("GET /control/faults", func(rw http.ResponseWriter, _ *http.Request) {
		answer(rw, map[string]any{"faults": w.Faults()}, nil)
	})
	mux.HandleFunc("POST /control/{what}", w.act)
	return mux
}

func refOf(r *http.Request) Ref {
	return Ref{r.URL.Query().Get("kind"), r.URL.Query().Get("id")}
}

func (w *World) getGroup(rw http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	status, err := w.RefreshGroup(ctx, refOf(r))
	if err != nil {
		status.Message = "The connector cannot be reached."
	}
	answer(rw, status, nil)
}

// maxCommand is the largest body of a control call, in bytes.
const maxCommand = 1 << 20

func (w *World) act(rw http.ResponseWriter, r *http.Request) {
	c, err := readCommand(r)
	var result any = map[string]bool{"ok": true}
	if err == nil {
		err = w.run(r.PathValue("what"), c, &result)
	}
	if errors.Is(err, errNoCommand) {
		problem(rw, http.StatusNotFound, err.Error())
		return
	}
	answer(rw, result, err)
}

func readCommand(r *http.Request) (command, error) {
	var c command
	c.User.Active = true
	body, err := io.ReadAll(io.LimitReader(r.Body, maxCommand))
	if err == nil && len(body) > 0 {
		err = json.Unmarshal(body, &c)
	}
	if err != nil {
		return c, fmt.Errorf("the body is not JSON: %w: %w", ErrInvalid, err)
	}
	return c, nil
}

var errNoCommand = errors.New("no such control call")

// run does what a control call asks for. The names are those of the paths.
func (w *World) run(what string, c command, result *any) (err error) {
	switch what {
	case "add-record":
		*result, err = w.AddRecord(c.Record, c.Record.Team, c.Actor)
	case "edit":
		err = w.EditRecord(c.Ref, c.Edit, c.Actor)
	case "delete":
		err = w.DeleteRecord(c.Ref, c.Actor)
	case "restore":
		err = w.RestoreRecord(c.Ref, c.Actor)
	case "merge":
		err = w.MergeRecord(c.Ref, c.Into, c.Actor)
	case "team-add":
		err = w.AddTeam(c.Ref, c.Entry, c.Actor)
	case "team-remove":
		err = w.RemoveTeam(c.Ref, c.Principal, c.Actor)
	case "team-set":
		err = w.SetTeam(c.Ref, c.Record.Team, c.Actor)
	case "add-user":
		err = w.AddUser(c.User)
	case "set-active":
		err = w.SetActive(c.User.ID, c.Active, c.Actor)
	case "set-unit":
		err = w.SetUnit(c.Unit, c.Actor)
	case "drop-unit":
		err = w.DropUnit(c.Unit.Type, c.Unit.ID, c.Actor)
	case "sales-record":
		*result, err = w.AddActivity(c.Activity)
	case "button":
		err = w.PressButton(c.Ref, c.Platform, c.Actor)
	default:
		return w.runTest(what, c)
	}
	return err
}

// runTest does what only tests ask for: faults, lost webhooks and the like.
func (w *World) runTest(what string, c command) error {
	switch what {
	case "event":
		w.Send(c.Event)
	case "webhooks":
		return w.SetWebhooks(c.Mode, c.Reverse)
	case "drop":
		w.DropNext(c.N)
	case "duplicate":
		w.DuplicateNext(c.N)
	case "fault":
		return w.AddFault(c.Fault)
	case "clear-faults":
		w.ClearFaults()
	case "reset-calls":
		w.ResetCalls()
	case "forget-cursors":
		w.ForgetCursors()
	default:
		return fmt.Errorf("%q: %w", what, errNoCommand)
	}
	return nil
}
