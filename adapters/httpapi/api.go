package httpapi

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	"roomkeeper/connector"
)

// apiPrefix is where the REST API lives.
const apiPrefix = "/api/v1/"

// api is the REST API.
type api struct {
	crm        string
	policies   connector.Policies
	platforms  []connector.PlatformID
	engine     connector.Engine
	opener     Opener
	planner    Planner
	adopter    Adopter
	sweeper    Sweeper
	recoverer  Recoverer
	subscriber Subscriber
	linker     Linker
	stopping   func() bool
	clock      func() time.Time
	log        *slog.Logger
}

// newAPI returns the REST API; who may call it is decided before.
func newAPI(o Options) http.Handler {
	a := &api{
		crm: o.CRM, policies: o.Policies, platforms: o.Platforms, engine: o.Engine,
		opener: o.Opener, planner: o.Planner, adopter: o.Adopter, sweeper: o.Sweeper, recoverer: o.Recoverer, subscriber: o.Subscriber, linker: o.Linker,
		stopping: o.Stopping, clock: o.Clock, log: o.Logger,
	}
	mux := http.NewServeMux()
	handle := func(method, path string, answer func(w http.ResponseWriter, r *http.Request) error) {
		mux.Handle(method+" "+apiPrefix+path, a.answer(answer))
	}
	handle("GET", "groups", a.listGroups)
	handle("POST", "groups", a.openGroup)
	handle("GET", "groups/{id}", a.getGroup)
	handle("POST", "groups/{id}/sync", a.syncGroup)
	handle("POST", "groups/{id}/adopt", a.adoptGroup)
	handle("GET", "adopt", a.suggestAdoptions)
	handle("PUT", "groups/{id}/subscriptions", a.putSubscriptions)
	handle("POST", "sweeps", a.startSweep)
	handle("GET", "sweeps/verdict", a.verdict)
	handle("GET", "sweeps/{id}", a.getSweep)
	handle("POST", "sweeps/{id}", a.endSweep)
	handle("POST", "recover", a.recoverGroups)
	handle("GET", "pending", a.listPending)
	handle("GET", "links/{user_id}", a.getLinks)
	handle("PUT", "links/{user_id}", a.putLinks)
	handle("DELETE", "links/{user_id}", a.dropLinks)
	handle("GET", "dead-letters", a.listDead)
	handle("POST", "dead-letters/{id}/replay", a.replayDead)
	handle("DELETE", "dead-letters/{id}", a.dropDead)
	return &dispatcher{mux}
}

// answer turns an error into a problem. While stopping, nothing that changes
// anything is taken. Whoever calls the API waits for the answer.
func (a *api) answer(handler func(w http.ResponseWriter, r *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead && a.stopping() {
			writeProblem(w, r, unavailable(storeWait, "Roomkeeper is stopping; nothing was changed"))
			return
		}
		err := handler(w, r.WithContext(connector.WithUrgent(r.Context())))
		if err == nil {
			return
		}
		var worded *problem
		if !errors.As(err, &worded) {
			i := infoOf(r.Context())
			a.log.WarnContext(r.Context(), "api: failed", "route", i.pattern, "error", err, "request_id", i.id)
		}
		writeProblem(w, r, problemOf(err))
	})
}
