package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"roomkeeper/connector"
)

type sweepView struct {
	ID        string               `json:"id"`
	Full      bool                 `json:"full"`
	State     connector.SweepState `json:"state"`
	Queued    int                  `json:"queued"`
	Done      int                  `json:"done"`
	Failed    int                  `json:"failed"`
	StartedAt *time.Time           `json:"started_at"`
	EndedAt   *time.Time           `json:"ended_at"`
	Error     string               `json:"error,omitempty"`
}

func sweepOf(s connector.Sweep) sweepView {
	return sweepView{
		ID: s.ID, Full: s.Full, State: s.State, Queued: s.Queued, Done: s.Done, Failed: s.Failed,
		StartedAt: timeOrNull(s.StartedAt), EndedAt: timeOrNull(s.EndedAt), Error: s.Error,
	}
}

func (a *api) startSweep(w http.ResponseWriter, r *http.Request) error {
	var full bool
	if err := decodeBody(w, r, map[string]field{"full": {&full, "true or false"}}); err != nil {
		return err
	}
	sweep, err := a.sweeper.Start(r.Context(), full)
	if err != nil {
		return fmt.Errorf("start sweep: %w", err)
	}
	w.Header().Set("Location", apiPrefix+"sweeps/"+url.PathEscape(sweep.ID))
	writeJSON(w, http.StatusAccepted, sweepOf(sweep))
	return nil
}

func (a *api) getSweep(w http.ResponseWriter, r *http.Request) error {
	sweep, err := a.engine.Sweeps.Sweep(r.Context(), r.PathValue("id"))
	if errors.Is(err, connector.ErrNotFound) {
		return problemf(http.StatusNotFound, "there is no such Sweep")
	}
	if err != nil {
		return fmt.Errorf("read sweep: %w", err)
	}
	writeJSON(w, http.StatusOK, sweepOf(sweep))
	return nil
}
