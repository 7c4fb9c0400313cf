package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
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
	g.controlLogs(mux)
	g.controlFaults(mux)
	g.controlPeople(mux)
	g.controlApp(mux)
	mux.HandleFunc("GET /control/state", func(rw http.ResponseWriter, _ *http.Request) { tell(rw, g.State()) })
	mux.HandleFunc("GET /control/channel", func(rw http.ResponseWriter, r *http.Request) {
		ch, ok := g.Channel(r.FormValue("name"))
		if !ok {
			deny(rw, http.StatusNotFound, errors.New("channel_not_found"))
			return
		}
		tell(rw, ch)
	})
	mux.HandleFunc("GET /control/settings", func(rw http.ResponseWriter, _ *http.Request) { tell(rw, g.Settings()) })
	mux.HandleFunc("POST /control/settings", func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
		if err == nil {
			g.UpdateSettings(func(s *Settings) {
				named := *s
				if err = json.Unmarshal(body, &named); err == nil {
					*s = named
				}
			})
		}
		if err != nil {
			deny(rw, http.StatusBadRequest, err)
			return
		}
		tell(rw, g.Settings())
	})
}

func (g *Guild) controlLogs(mux *http.ServeMux) {
	mux.HandleFunc("GET /control/calls", func(rw http.ResponseWriter, r *http.Request) {
		tell(rw, g.Calls(whole(r, "since", 0), r.FormValue("method")))
	})
	mux.HandleFunc("GET /control/counts", func(rw http.ResponseWriter, _ *http.Request) { tell(rw, g.Counts()) })
	mux.HandleFunc("POST /control/counts/reset", func(rw http.ResponseWriter, _ *http.Request) {
		g.ResetCounts()
		tell(rw, answer{"ok": true})
	})
	mux.HandleFunc("GET /control/wait", func(rw http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), seconds(r, 10))
		defer cancel()
		phase := string(orElse(r.FormValue("phase"), PhaseArrived))
		if err := g.Wait(ctx, r.FormValue("method"), phase, whole(r, "n", 1)); err != nil {
			deny(rw, http.StatusRequestTimeout, err)
			return
		}
		tell(rw, answer{"ok": true})
	})
	mux.HandleFunc("GET /control/changed", func(rw http.ResponseWriter, r *http.Request) {
		timer := time.NewTimer(seconds(r, 25))
		defer timer.Stop()
		select {
		case <-g.Changed():
		case <-timer.C:
		case <-r.Context().Done():
		case <-g.ctx.Done():
		}
		tell(rw, answer{"ok": true})
	})
}

func (g *Guild) controlFaults(mux *http.ServeMux) {
	mux.HandleFunc("GET /control/faults", func(rw http.ResponseWriter, _ *http.Request) { tell(rw, g.Faults()) })
	mux.HandleFunc("POST /control/faults", told(func(_ context.Context, f Fault) (any, error) {
		id, err := g.AddFault(f)
		return answer{"ok": true, "id": id}, err
	}))
	mux.HandleFunc("GET /control/gates", func(rw http.ResponseWriter, _ *http.Request) { tell(rw, g.Gates()) })
	mux.HandleFunc("POST /control/gates", told(func(_ context.Context, put Gate) (any, error) {
		id, err := g.AddGate(put)
		return answer{"ok": true, "id": id}, err
	}))
	remove := func(path string, by func(int)) {
		handle := func(rw http.ResponseWriter, r *http.Request) {
			id, _ := strconv.Atoi(r.PathValue("id"))
			by(id)
			tell(rw, answer{"ok": true})
		}
		mux.HandleFunc("DELETE "+path, handle)
		mux.HandleFunc("DELETE "+path+"/{id}", handle)
	}
	remove("/control/faults", g.RemoveFault)
	remove("/control/gates", g.ReleaseGate)
}

// told makes a handler of a function that takes a JSON body and returns what to answer.
func told[T any](do func(context.Context, T) (any, error)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		var body T
		if err := json.NewDecoder(io.LimitReader(r.Body, maxBody)).Decode(&body); err != nil {
			deny(rw, http.StatusBadRequest, fmt.Errorf("body: %w", err))
			return
		}
		result, err := do(r.Context(), body)
		if err != nil {
			deny(rw, http.StatusBadRequest, err)
			return
		}
		tell(rw, result)
	}
}

func tell(rw http.ResponseWriter, body any) {
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = rw.Write(encode(body))
}

func deny(rw http.ResponseWriter, status int, err error) {
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	rw.WriteHeader(status)
	_, _ = rw.Write(encode(answer{"ok": false, "error": err.Error()}))
}

func whole(r *http.Request, name string, absent int) int {
	n, err := strconv.Atoi(r.FormValue(name))
	if err != nil {
		return absent
	}
	return n
}

func seconds(r *http.Request, absent float64) time.Duration {
	s, err := strconv.ParseFloat(r.FormValue("timeout"), 64)
	if err != nil {
		s = absent
	}
	return time.Duration(s * float64(time.Second))
}
