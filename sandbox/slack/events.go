package slack

import (
	"encoding/json"
	"maps"
	"slices"

	"roomkeeper/sandbox/internal/stage"
)

// raise sends an event to the app. The caller holds mu.
func (w *Workspace) raise(kind string, event answer) {
	if !w.settings.Events || w.settings.Connector == "" {
		return
	}
	event["type"], event["event_ts"] = kind, w.nextTS()
	id := "Ev" + w.nextID("")
	envelope := stage.Encode(answer{
		"token": verificationToken, "team_id": w.cfg.TeamID, "context_team_id": w.cfg.TeamID, "context_enterprise_id": nil,
		"api_app_id": appID, "event": event, "type": "event_callback", "event_id": id, "event_time": w.now().Unix(),
		"authorizations":        []answer{{"enterprise_id": nil, "team_id": w.cfg.TeamID, "user_id": w.botUserID, "is_bot": true, "is_enterprise_install": false}},
		"is_ext_shared_channel": false, "event_context": "4-" + id,
	})
	w.deliver.enqueue(job{eventID: id, kind: kind, body: envelope})
}

// raiseIn raises an event of a channel, which the app gets only when its bot is in it, or was until the channel
// was archived.
func (w *Workspace) raiseIn(ch *channel, kind string, event answer) {
	if ch.has(w.botUserID) || slices.Contains(ch.formerBots, w.botUserID) {
		w.raise(kind, event)
	}
}

// Raise sends an event that no change of the workspace causes, such as app_uninstalled or tokens_revoked; fields
// are those of the event besides its type. app_uninstalled and tokens_revoked leave the token as it is: set
// RefuseToken for that.
func (w *Workspace) Raise(kind string, fields map[string]any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	event := answer{}
	maps.Copy(event, fields)
	if kind == "tokens_revoked" && event["tokens"] == nil {
		event["tokens"] = answer{"bot": []string{w.botUserID}, "oauth": []string{}}
	}
	w.raise(kind, event)
}

// Redeliver sends a delivered event once more, as Slack may. False: no such event in the log.
func (w *Workspace) Redeliver(eventID string) bool {
	for _, d := range slices.Backward(w.Deliveries(0)) {
		if d.EventID == eventID {
			w.deliver.enqueue(job{eventID: eventID, kind: d.Type, body: []byte(d.Body), attempt: 1, reason: "http_timeout"})
			return true
		}
	}
	return false
}

// VerifyURL sends url_verification, as when the address of the events is entered, and says whether the app
// returned the challenge (as text or as JSON) in time.
func (w *Workspace) VerifyURL() (bool, error) {
	challenge := unguessable()
	status, body, err := w.send(w.ctx, "/slack/events", "application/json", stage.Encode(answer{
		"token": verificationToken, "challenge": challenge, "type": "url_verification"}), nil)
	if err != nil {
		return false, err
	}
	var object struct {
		Challenge string `json:"challenge"`
	}
	_ = json.Unmarshal(body.Content, &object) // plain text is as good
	return status == 200 && (string(body.Content) == challenge || object.Challenge == challenge), nil
}
