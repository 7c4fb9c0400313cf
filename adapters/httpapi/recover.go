package httpapi

import (
	"fmt"
	"net/http"
	"time"

	"roomkeeper/connector"
)

// recoverWithin is how long recovering very many Groups may take.
const recoverWithin = 10 * time.Minute

// recoverView is one channel and what recovering does about it.
type recoverView struct {
	Kind        connector.Kind          `json:"kind"`
	RecordID    string                  `json:"record_id"`
	Platform    connector.PlatformID    `json:"platform"`
	ChannelID   connector.ChannelID     `json:"channel_id"`
	ChannelName string                  `json:"channel_name"`
	Archived    bool                    `json:"archived"`
	Action      connector.RecoverAction `json:"action"`
}

func (a *api) recoverGroups(w http.ResponseWriter, r *http.Request) error {
	var dryRun bool
	if err := decodeBody(w, r, map[string]field{"dry_run": {&dryRun, "true or false"}}); err != nil {
		return err
	}
	// Where a deadline cannot be moved, what was cut off is done by the next call.
	control, until := http.NewResponseController(w), time.Now().Add(recoverWithin)
	_ = control.SetReadDeadline(until)
	_ = control.SetWriteDeadline(until)
	found, err := a.recoverer.Recover(r.Context(), dryRun)
	if err != nil {
		return fmt.Errorf("recover: %w", err)
	}
	items := make([]recoverView, len(found))
	for i, f := range found {
		items[i] = recoverView{
			Kind: f.Record.Kind, RecordID: f.Record.ID, Platform: f.Platform,
			ChannelID: f.Channel.ID, ChannelName: f.Channel.Name, Archived: f.Archived, Action: f.Action,
		}
	}
	writeJSON(w, http.StatusOK, struct {
		Items  []recoverView `json:"items"`
		DryRun bool          `json:"dry_run"`
	}{items, dryRun})
	return nil
}
