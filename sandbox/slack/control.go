package slack

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
//	GET  /control/deliveries?since=                      events sent; POST /control/redeliver {"event_id"}
//	GET, POST /control/settings                          a POST changes only the fields that it names
//	GET, POST /control/faults                            a Fault; DELETE /control/faults[/{id}]
//	GET, POST /control/gates                             a Gate; DELETE /control/gates[/{id}] releases
//	POST /control/users                                  a User, or fields of a known one
//	POST /control/do/{act}, /control/{act}               an Act, see Workspace.Do
//	POST /control/command {"user","channel","text"}      an Outcome, like click, submit and close
//	POST /control/click, /control/submit                 a Click, a Submission
//	POST /control/close {"user","all"}
//	POST /control/event {"type", fields…}                an event that nothing causes; url_verification asks and tells
func (w *Workspace) control(mux *http.ServeMux) {
	w.Control(mux, w.Changed)
	w.controlPeople(mux)
	mux.HandleFunc("GET /control/state", func(rw http.ResponseWriter, _ *http.Request) { stage.Tell(rw, w.State()) })
	mux.HandleFunc("GET /control/channel", func(rw http.ResponseWriter, r *http.Request) {
		ch, ok := w.Channel(r.FormValue("name"))
		if !ok {
			stage.Deny(rw, http.StatusNotFound, errors.New("channel_not_found"))
			return
		}
		stage.Tell(rw, ch)
	})
	mux.HandleFunc("GET /control/deliveries", func(rw http.ResponseWriter, r *http.Request) {
		stage.Tell(rw, w.Deliveries(stage.Whole(r, "since", 0)))
	})
	stage.Switches(mux, w.Settings, w.UpdateSettings)
}
