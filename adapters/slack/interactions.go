package slack

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"roomkeeper/adapters/internal/chattext"
	"roomkeeper/adapters/internal/inbound"
	"roomkeeper/connector"
	"roomkeeper/connector/command"
)

// interaction is the part of an interaction payload that is used
// (docs.slack.dev/reference/interaction-payloads/block_actions-payload).
type interaction struct {
	Type      string `json:"type"`
	TriggerID string `json:"trigger_id"`
	Team      struct {
		ID string `json:"id"`
	} `json:"team"`
	User struct {
		ID     string `json:"id"`
		TeamID string `json:"team_id"`
	} `json:"user"`
	Channel struct {
		ID string `json:"id"`
	} `json:"channel"`
	Container struct {
		MessageTS string `json:"message_ts"`
		ChannelID string `json:"channel_id"`
	} `json:"container"`
	ResponseURL string              `json:"response_url"`
	Actions     []interactionAction `json:"actions"`
}

type interactionAction struct {
	ActionID string `json:"action_id"`
	ActionTS string `json:"action_ts"`
	Value    string `json:"value"`
	URL      string `json:"url"`
}

// serveInteraction takes the press of a button. The status tells Slack that
// the press arrived; the answer goes to the response URL. Other interactions,
// other buttons and buttons that only open a link are acknowledged.
func (in *Inbound) serveInteraction(w http.ResponseWriter, r *http.Request, body []byte) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		http.Error(w, "the body is not a form", http.StatusBadRequest)
		return
	}
	var payload interaction
	if err := json.Unmarshal([]byte(form.Get("payload")), &payload); err != nil {
		http.Error(w, "payload is not JSON", http.StatusBadRequest)
		return
	}
	press, ok := payload.press()
	if !ok {
		w.WriteHeader(http.StatusOK)
		return
	}
	in.runPress(w, r, payload, press)
}

func (in *Inbound) runPress(w http.ResponseWriter, r *http.Request, payload interaction, press command.Press) {
	done := make(chan struct{})
	started := in.desk.Start(func(ctx context.Context) {
		answer := inbound.Guarded(ctx, in.desk, command.Answer{Text: textBroken}, func(ctx context.Context) command.Answer {
			if refusal := in.refuseTeam(payload.team()); refusal != "" {
				return command.Answer{Text: refusal}
			}
			return in.handler.Press(ctx, press)
		})
		close(done)
		in.send(ctx, payload.ResponseURL, answer)
	})
	if !started {
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		in.send(ctx, payload.ResponseURL, command.Answer{Text: textBusy})
		w.WriteHeader(http.StatusOK)
		return
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
	w.WriteHeader(http.StatusOK)
}

// press returns the press of the first button that is ours; ok is false when
// there is none.
func (i interaction) press() (p command.Press, ok bool) {
	if i.Type != "block_actions" {
		return command.Press{}, false
	}
	for _, a := range i.Actions {
		action := connector.ActionID(a.ActionID)
		if a.URL != "" || !ourAction(action) {
			continue
		}
		id := i.TriggerID
		if id == "" {
			id = i.User.ID + "/" + a.ActionID + "/" + a.ActionTS
		}
		return command.Press{
			ID:       id,
			Platform: Platform,
			Channel:  connector.ChannelID(chattext.FirstOf(i.Channel.ID, i.Container.ChannelID)),
			Message:  connector.MessageID(i.Container.MessageTS),
			Actor:    connector.MemberID(i.User.ID),
			Action:   action,
			Value:    a.Value,
		}, true
	}
	return command.Press{}, false
}

// team is the workspace of the person who pressed. The payload's own team is
// the one that the app is installed in, also when somebody of another
// organisation pressed in a shared channel.
func (i interaction) team() string { return chattext.FirstOf(i.User.TeamID, i.Team.ID) }

func ourAction(id connector.ActionID) bool {
	switch id {
	case connector.ActionHoldConfirm, connector.ActionHoldDismiss, connector.ActionCloseKeep,
		connector.ActionDetailsMore, connector.ActionAdoptConfirm, connector.ActionGroupRecreate:
		return true
	}
	return false
}
