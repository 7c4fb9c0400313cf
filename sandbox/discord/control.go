package discord

import (
	"errors"
	"net/http"

	"roomkeeper/sandbox/internal/stage"
)

// control adds the control API: what people do, and the hands of a test. Bodies and answers are JSON; a refusal
// is 400 with {"ok": false, "error"}.
//
//	GET  /control/state, /control/channel?name=          copies of the state
//	GET  /control/changed?timeout=                       returns at the next change, or after the time (seconds)
//	GET  /control/calls?since=&method=, /control/counts  the log; POST /control/counts/reset
//	GET  /control/wait?method=&phase=&n=&timeout=        until n calls reached a phase; 408 when they did not in time
//	GET, POST /control/settings                          a POST changes only the fields that it names
//	GET, POST /control/faults                            a Fault; DELETE /control/faults[/{id}]
//	GET, POST /control/gates                             a Gate; DELETE /control/gates[/{id}] releases
//	POST /control/users                                  a User, or fields of a known one
//	POST /control/do/{act}, /control/{act}               an Act, see Guild.Do
func (g *Guild) control(mux *http.ServeMux) {
	g.Control(mux, g.Changed)
	g.controlPeople(mux)
	g.controlApp(mux)
	mux.HandleFunc("GET /control/state", func(rw http.ResponseWriter, _ *http.Request) { stage.Tell(rw, g.State()) })
	mux.HandleFunc("GET /control/channel", func(rw http.ResponseWriter, r *http.Request) {
		ch, ok := g.Channel(r.FormValue("name"))
		if !ok {
			stage.Deny(rw, http.StatusNotFound, errors.New("channel_not_found"))
			return
		}
		stage.Tell(rw, ch)
	})
	stage.Switches(mux, g.Settings, g.UpdateSettings)
}
