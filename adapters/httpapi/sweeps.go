package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
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
	// Verdict says whether the Sweep's removals went on or are held; "" until it is
	// judged, or where there were none. Removals and Owned are what it is of.
	Verdict  connector.Verdict `json:"verdict,omitempty"`
	Removals int               `json:"removals,omitempty"`
	Owned    int               `json:"owned,omitempty"`
	// Held counts the Groups whose removals it holds yet.
	Held int `json:"held,omitempty"`
}

func sweepOf(s connector.Sweep) sweepView {
	return sweepView{
		ID: s.ID, Full: s.Full, State: s.State, Queued: s.Queued, Done: s.Done, Failed: s.Failed,
		StartedAt: timeOrNull(s.StartedAt), EndedAt: timeOrNull(s.EndedAt), Error: s.Error,
		Verdict: s.Verdict, Removals: s.Removals, Owned: s.Owned,
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
	view := sweepOf(sweep)
	if sweep.Verdict == connector.VerdictHeld {
		if view.Held, err = a.planner.HeldBySweep(r.Context(), sweep.ID); err != nil {
			return fmt.Errorf("count held groups: %w", err)
		}
	}
	writeJSON(w, http.StatusOK, view)
	return nil
}

type verdictView struct {
	Verdict  connector.Verdict `json:"verdict"`
	Removals int               `json:"removals"`
	Owned    int               `json:"owned"`
}

// verdict says what a Sweep that finds so many removals would make of them; dry runs of
// all Groups, which found them, ask for it.
func (a *api) verdict(w http.ResponseWriter, r *http.Request) error {
	values, _, err := query(r, "removals")
	if err != nil {
		return err
	}
	removals, err := strconv.Atoi(values.Get("removals"))
	if err != nil || removals < 0 {
		return invalid("removals", "wants a number of removals")
	}
	verdict, owned, err := a.sweeper.Verdict(r.Context(), removals)
	if err != nil {
		return fmt.Errorf("judge removals: %w", err)
	}
	writeJSON(w, http.StatusOK, verdictView{verdict, removals, owned})
	return nil
}

// endSweep confirms or dismisses every plan that a Sweep's verdict holds.
func (a *api) endSweep(w http.ResponseWriter, r *http.Request) error {
	var confirm, dismiss bool
	if err := decodeBody(w, r, map[string]field{"confirm": {&confirm, "true"}, "dismiss": {&dismiss, "true"}}); err != nil {
		return err
	}
	if confirm == dismiss {
		return invalid("confirm", "must be true, or dismiss; nothing else can be done to a Sweep")
	}
	sweep, err := a.engine.Sweeps.Sweep(r.Context(), r.PathValue("id"))
	if errors.Is(err, connector.ErrNotFound) {
		return problemf(http.StatusNotFound, "there is no such Sweep")
	}
	if err != nil {
		return fmt.Errorf("read sweep: %w", err)
	}
	end := a.planner.DismissSweep
	if confirm {
		end = a.planner.ConfirmSweep
	}
	ended, err := end(r.Context(), sweep.ID, "")
	if err != nil {
		return fmt.Errorf("end what a sweep holds: %w", err)
	}
	if ended == 0 {
		return problemf(http.StatusConflict, "no Group's plan is held by this Sweep; GET /api/v1/groups?state=held lists those that are held")
	}
	writeJSON(w, http.StatusAccepted, sweepOf(sweep))
	return nil
}
