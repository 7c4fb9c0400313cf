package httpapi

import (
	"context"
	"net/http"
	"time"

	"roomkeeper/connector"
)

// pingLimit is how long the store may take before it counts as away.
const pingLimit = 3 * time.Second

// Component is something that Roomkeeper works with and can be without for a
// while: a chat platform, the CRM.
type Component struct {
	// Name is "slack", "crm".
	Name string
	// Status returns how the last call went, without making one; nil is fine.
	Status func() error
}

type health struct {
	store      connector.Keeper
	components []Component
	stopping   func() bool
}

// check is how one component is; Error is worded here, so it holds no secret.
type check struct {
	OK    bool   `json:"ok"`
	Error string `json:"error,omitempty"`
}

type readiness struct {
	Status string           `json:"status"`
	Checks map[string]check `json:"checks"`
}

// live says that the process answers.
func (h *health) live(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// ready is 503 without the store and while stopping. Everything else is named
// and changes nothing: work waits until it is back.
func (h *health) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), pingLimit)
	defer cancel()
	storeErr := h.store.Ping(ctx)
	answer := readiness{Status: "ready", Checks: map[string]check{"store": checkOf(storeErr)}}
	for _, c := range h.components {
		answer.Checks[c.Name] = checkOf(c.Status())
	}
	status := http.StatusOK
	switch {
	case h.stopping():
		answer.Status, status = "stopping", http.StatusServiceUnavailable
	case storeErr != nil:
		answer.Status, status = "store away", http.StatusServiceUnavailable
	}
	if status != http.StatusOK {
		w.Header().Set("Retry-After", "5")
	}
	writeJSON(w, status, answer)
}

func checkOf(err error) check {
	if err == nil {
		return check{OK: true}
	}
	switch reason := connector.ReasonOf(err); reason {
	case connector.ReasonUnauthorized:
		return check{Error: "the token is refused, or the bot was taken out; the log says more"}
	case connector.ReasonWait:
		return check{Error: "asks to wait"}
	case connector.ReasonTemporary, connector.ReasonUnknownOutcome, connector.ReasonStoreAway, connector.ReasonOther:
		return check{Error: "cannot be reached; the log says more"}
	default:
		return check{Error: string(reason) + "; the log says more"}
	}
}
