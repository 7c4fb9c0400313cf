package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"roomkeeper/connector"
)

type deadLetterView struct {
	ID       string               `json:"id"`
	At       *time.Time           `json:"at"`
	GroupID  connector.GroupID    `json:"group_id"`
	Kind     connector.Kind       `json:"kind"`
	RecordID string               `json:"record_id"`
	Platform connector.PlatformID `json:"platform"`
	What     string               `json:"what"`
	Reason   string               `json:"reason"`
	Attempts int                  `json:"attempts"`
}

func (a *api) listDead(w http.ResponseWriter, r *http.Request) error {
	_, page, err := query(r)
	if err != nil {
		return err
	}
	letters, next, err := a.engine.DeadLetters.ListDead(r.Context(), page.cursor, page.limit)
	if err != nil {
		return fmt.Errorf("list dead letters: %w", err)
	}
	answer := list[deadLetterView]{Items: make([]deadLetterView, len(letters)), NextCursor: encodeCursor(next)}
	for i, l := range letters {
		answer.Items[i] = deadLetterView{
			ID: l.ID, At: timeOrNull(l.At), GroupID: l.Group, Kind: l.Record.Kind, RecordID: l.Record.ID,
			Platform: l.Platform, What: l.What, Reason: l.Reason, Attempts: l.Attempts,
		}
	}
	writeJSON(w, http.StatusOK, answer)
	return nil
}

// replayDead queues the work again.
func (a *api) replayDead(w http.ResponseWriter, r *http.Request) error {
	return a.endDead(w, r, a.engine.DeadLetters.Replay, http.StatusAccepted)
}

// dropDead forgets the work.
func (a *api) dropDead(w http.ResponseWriter, r *http.Request) error {
	return a.endDead(w, r, a.engine.DeadLetters.Drop, http.StatusNoContent)
}

func (a *api) endDead(w http.ResponseWriter, r *http.Request, end func(context.Context, string) error, status int) error {
	err := end(r.Context(), r.PathValue("id"))
	if errors.Is(err, connector.ErrNotFound) {
		return problemf(http.StatusNotFound, "there is no such dead letter")
	}
	if err != nil {
		return fmt.Errorf("end dead letter: %w", err)
	}
	w.WriteHeader(status)
	return nil
}
