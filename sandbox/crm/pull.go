package crm

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"
)

// Handler serves the pull API at the root and the control API under /control/.
func (w *World) Handler() http.Handler {
	pull := http.NewServeMux()
	pull.HandleFunc("GET /records", w.listRecords)
	pull.HandleFunc("GET /records/{kind}/{id}", w.getRecord)
	pull.HandleFunc("GET /records/{kind}/{id}/team", w.getTeam)
	pull.HandleFunc("GET /principals/{type}/{id}/users", w.getPrincipal)
	pull.HandleFunc("GET /users", w.getUsers)
	pull.HandleFunc("GET /activities", w.listActivities)
	root := http.NewServeMux()
	root.Handle("/control/", w.controlHandler())
	root.Handle("/", w.observed(pull, w.authorized(pull)))
	return root
}

// observed logs each call and lets faults happen, before it is authorized.
func (w *World) observed(routes *http.ServeMux, next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		_, route := routes.Handler(r)
		began := time.Now()
		call := Call{At: w.cfg.Clock(), Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery}
		fault, faulty := w.faultFor(r)
		out := &statusWriter{ResponseWriter: rw, status: http.StatusOK}
		cut := true
		defer func() {
			call.Status, call.Fault, call.Millis = out.status, fault.Kind, time.Since(began).Milliseconds()
			if cut {
				call.Status = 0
			}
			if route == "" {
				route = "other"
			}
			w.noteCall(route, call)
		}()
		if faulty {
			fault.misbehave(out, r, next)
		} else {
			next.ServeHTTP(out, r)
		}
		cut = false
	})
}

func (w *World) authorized(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if w.cfg.Token != "" && subtle.ConstantTimeCompare([]byte(token), []byte(w.cfg.Token)) != 1 {
			rw.Header().Set("WWW-Authenticate", "Bearer")
			problem(rw, http.StatusUnauthorized, "a bearer token is needed")
			return
		}
		next.ServeHTTP(rw, r)
	})
}

func (w *World) getRecord(rw http.ResponseWriter, r *http.Request) {
	rec, _, err := w.Record(Ref{r.PathValue("kind"), r.PathValue("id")})
	answer(rw, rec, err)
}

func (w *World) getTeam(rw http.ResponseWriter, r *http.Request) {
	rec, team, err := w.Record(Ref{r.PathValue("kind"), r.PathValue("id")})
	answer(rw, map[string]any{"team_version": rec.TeamVersion, "team": team}, err)
}

// Record returns a record and its Related Team. ErrNotFound: there is none, or
// it is deleted.
func (w *World) Record(ref Ref) (Record, []Entry, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, err := w.live(ref)
	if err != nil {
		return Record{}, nil, err
	}
	return w.data.view(r, w.cfg.BaseURL), append([]Entry{}, r.team...), nil
}

func (w *World) getPrincipal(rw http.ResponseWriter, r *http.Request) {
	typ, id, q := r.PathValue("type"), r.PathValue("id"), r.URL.Query()
	w.mu.Lock()
	people, ok := w.data.members(typ, id, q.Get("include_sub") == "true")
	w.mu.Unlock()
	if !ok {
		problem(rw, http.StatusNotFound, "unknown principal")
		return
	}
	page, next, err := w.pageOf(people, "p:"+typ+":"+id, q.Get("cursor"))
	// Nobody is [], not null: a list that is missing is no answer.
	answer(rw, map[string]any{"users": append([]string{}, page...), "next_cursor": next}, err)
}

const maxUserIDs = 100

func (w *World) getUsers(rw http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	var ids []string
	w.mu.Lock()
	if q.Has("email") {
		ids = w.data.byEmail[mailKey(q.Get("email"))]
	} else {
		ids = strings.Split(q.Get("ids"), ",")
	}
	found := []User{}
	for _, id := range ids {
		if u, ok := w.data.users[id]; ok {
			found = append(found, u)
		}
	}
	w.mu.Unlock()
	switch {
	case !q.Has("ids") && !q.Has("email"):
		problem(rw, http.StatusBadRequest, "ids or email is needed")
	case len(ids) > maxUserIDs:
		problem(rw, http.StatusBadRequest, "at most 100 ids")
	default:
		answer(rw, map[string]any{"users": found}, nil)
	}
}

// answer writes v as JSON, or err as a problem.
func answer(rw http.ResponseWriter, v any, err error) {
	switch {
	case errors.Is(err, ErrNotFound):
		problem(rw, http.StatusNotFound, err.Error())
	case errors.Is(err, errGone):
		problem(rw, http.StatusGone, err.Error())
	case err != nil:
		problem(rw, http.StatusBadRequest, err.Error())
	default:
		rw.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(rw).Encode(v) // the caller has gone if this fails
	}
}

// problem writes an RFC 9457 problem.
func problem(rw http.ResponseWriter, status int, detail string) {
	rw.Header().Set("Content-Type", "application/problem+json")
	rw.WriteHeader(status)
	_ = json.NewEncoder(rw).Encode(map[string]any{
		"type": "about:blank", "title": http.StatusText(status), "status": status, "detail": detail,
	})
}
