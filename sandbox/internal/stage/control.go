package stage

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxBody is the largest order of the control API, in bytes.
const maxBody = 25 << 20

// Control serves the control API of a stage:
//
//	GET    /control/calls?since=&method=, /control/counts; POST /control/counts/reset
//	GET    /control/wait?method=&phase=&n=&timeout=   seconds (10); 408 when they are over
//	GET    /control/changed?timeout=                  returns at the next change, after seconds (25) at the latest
//	GET    /control/faults, /control/gates; POST one: its id; DELETE all, or /{id}
func (s *Stage[E, C, R]) Control(mux *http.ServeMux, changed func() <-chan struct{}) {
	mux.HandleFunc("GET /control/calls", func(rw http.ResponseWriter, r *http.Request) {
		Tell(rw, s.Calls(Whole(r, "since", 0), r.FormValue("method")))
	})
	mux.HandleFunc("GET /control/counts", func(rw http.ResponseWriter, _ *http.Request) { Tell(rw, s.Counts()) })
	mux.HandleFunc("POST /control/counts/reset", func(rw http.ResponseWriter, _ *http.Request) {
		s.ResetCounts()
		Tell(rw, done())
	})
	mux.HandleFunc("GET /control/wait", s.serveWait)
	mux.HandleFunc("GET /control/changed", func(rw http.ResponseWriter, r *http.Request) {
		timer := time.NewTimer(seconds(r, 25))
		defer timer.Stop()
		select {
		case <-changed():
		case <-timer.C:
		case <-r.Context().Done():
		case <-s.ended.Done():
		}
		Tell(rw, done())
	})
	boxed(mux, "/control/faults", s.Faults, s.AddFault, s.RemoveFault)
	boxed(mux, "/control/gates", s.Gates, s.AddGate, s.ReleaseGate)
}

// done is the answer to an order that has nothing to tell.
func done() map[string]any { return map[string]any{"ok": true} }

func (s *Stage[E, C, R]) serveWait(rw http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), seconds(r, 10))
	defer cancel()
	phase := r.FormValue("phase")
	if phase == "" {
		phase = PhaseArrived
	}
	if err := s.Wait(ctx, r.FormValue("method"), phase, Whole(r, "n", 1)); err != nil {
		Deny(rw, http.StatusRequestTimeout, err)
		return
	}
	Tell(rw, done())
}

// boxed serves a box of faults or gates.
func boxed[T any](mux *http.ServeMux, path string, list func() []T, add func(T) (int, error), remove func(int)) {
	mux.HandleFunc("GET "+path, func(rw http.ResponseWriter, _ *http.Request) { Tell(rw, list()) })
	mux.HandleFunc("POST "+path, Told(func(_ context.Context, put T) (any, error) {
		id, err := add(put)
		return map[string]any{"ok": true, "id": id}, err
	}))
	handle := func(rw http.ResponseWriter, r *http.Request) {
		id, _ := strconv.Atoi(r.PathValue("id"))
		remove(id)
		Tell(rw, done())
	}
	mux.HandleFunc("DELETE "+path, handle)
	mux.HandleFunc("DELETE "+path+"/{id}", handle)
}

// Switches serves what may be turned while a sandbox runs, below /control/settings; a POST changes only the fields
// that it names.
func Switches[S any](mux *http.ServeMux, get func() S, update func(func(*S))) {
	mux.HandleFunc("GET /control/settings", func(rw http.ResponseWriter, _ *http.Request) { Tell(rw, get()) })
	mux.HandleFunc("POST /control/settings", func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
		if err == nil {
			update(func(s *S) {
				named := *s
				if err = json.Unmarshal(body, &named); err == nil {
					*s = named
				}
			})
		}
		if err != nil {
			Deny(rw, http.StatusBadRequest, err)
			return
		}
		Tell(rw, get())
	})
}

// Told makes a handler of a function that takes a JSON body and returns what to answer.
func Told[T any](do func(context.Context, T) (any, error)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		var body T
		if err := json.NewDecoder(io.LimitReader(r.Body, maxBody)).Decode(&body); err != nil {
			Deny(rw, http.StatusBadRequest, fmt.Errorf("body: %w", err))
			return
		}
		result, err := do(r.Context(), body)
		if err != nil {
			Deny(rw, http.StatusBadRequest, err)
			return
		}
		Tell(rw, result)
	}
}

// Tell answers an order.
func Tell(rw http.ResponseWriter, body any) {
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = rw.Write(Encode(body))
}

// Deny refuses an order.
func Deny(rw http.ResponseWriter, status int, err error) {
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	rw.WriteHeader(status)
	_, _ = rw.Write(Encode(map[string]any{"ok": false, "error": err.Error()}))
}

// Encode is body as JSON whose text is not escaped for HTML, as platforms write it. What cannot be written as JSON
// is a mistake of the sandbox's and ends it.
func Encode(body any) []byte {
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		panic(err)
	}
	return []byte(strings.TrimSuffix(out.String(), "\n"))
}

// Whole is a whole number of the query.
func Whole(r *http.Request, name string, absent int) int {
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
