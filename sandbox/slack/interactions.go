package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	"roomkeeper/sandbox/internal/stage"
)

// Click is a person's act on an interactive element of a message (Channel, TS) or of a modal (ViewID).
type Click struct {
	User     string   `json:"user"`
	Channel  string   `json:"channel"`
	TS       string   `json:"ts"`
	ViewID   string   `json:"view_id"`
	ActionID string   `json:"action_id"`
	BlockID  string   `json:"block_id"` // only needed when the action_id is there twice
	Value    string   `json:"value"`    // the option chosen; a button has its own
	Values   []string `json:"values"`   // several options
}

// Click presses a button or chooses from a menu and returns when the app has answered.
func (w *Workspace) Click(ctx context.Context, click Click) (Outcome, error) {
	payload, user, err := w.clickPayload(click)
	if err != nil {
		return Outcome{}, err
	}
	status, _, err := w.interact(ctx, payload)
	w.mu.Lock()
	defer w.mu.Unlock()
	return Outcome{Status: status, Error: shownError(status, err), Modal: w.topView(user)}, nil
}

func (w *Workspace) interact(ctx context.Context, payload []byte) (int, stage.Received, error) {
	form := url.Values{"payload": {string(payload)}}
	return w.send(ctx, "/slack/interactions", "application/x-www-form-urlencoded", []byte(form.Encode()), nil)
}

func (w *Workspace) clickPayload(click Click) ([]byte, string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u := w.userNamed(click.User)
	if u == nil || u.Deleted {
		return nil, "", fmt.Errorf("%w: no active person %q", errNotPossible, click.User)
	}
	values := click.Values
	if len(values) == 0 && click.Value != "" {
		values = []string{click.Value}
	}
	if click.ViewID != "" {
		return w.clickInView(u, click, values)
	}
	ch := w.channelNamed(click.Channel)
	if ch == nil || !ch.visibleTo(u.ID) {
		return nil, "", fmt.Errorf("%w: %s sees no channel %q", errNotPossible, u.Name, click.Channel)
	}
	m := ch.message(click.TS)
	if m == nil || m.EphemeralTo != "" && m.EphemeralTo != u.ID {
		return nil, "", fmt.Errorf("%w: %s sees no message %s", errNotPossible, u.Name, click.TS)
	}
	at, err := find(m.Blocks, click)
	if err != nil {
		return nil, "", err
	}
	action := w.action(at, values)
	_, address := w.newHook(u.ID, ch.ID, m.TS)
	payload := w.payload("block_actions", u, false)
	payload["container"] = answer{"type": "message", "message_ts": m.TS, "channel_id": ch.ID, "is_ephemeral": m.EphemeralTo != ""}
	payload["channel"] = answer{"id": ch.ID, "name": ch.Name}
	payload["message"] = w.messageObject(ch, m, true)
	payload["state"] = answer{"values": stateOf(m.Blocks, map[string]map[string]answer{at.blockID: {click.ActionID: chosen(at.element, values)}})}
	payload["response_url"], payload["actions"] = address, []answer{action}
	return stage.Encode(payload), u.ID, nil
}

func (w *Workspace) clickInView(u *User, click Click, values []string) ([]byte, string, error) {
	v := w.views[click.ViewID]
	if v == nil || v.user != u.ID {
		return nil, "", fmt.Errorf("%w: %s has no modal %q open", errNotPossible, u.Name, click.ViewID)
	}
	at, err := find(v.Blocks, click)
	if err != nil {
		return nil, "", err
	}
	v.set(at, chosen(at.element, values))
	payload := w.payload("block_actions", u, true)
	payload["container"] = answer{"type": "view", "view_id": v.id}
	payload["view"], payload["actions"] = w.viewObject(v), []answer{w.action(at, values)}
	return stage.Encode(payload), u.ID, nil
}

func (v *view) set(at placed, now answer) {
	action, _ := at.element["action_id"].(string)
	if v.values[at.blockID] == nil {
		v.values[at.blockID] = map[string]answer{}
	}
	v.values[at.blockID][action] = now
}

func find(blocks []map[string]any, click Click) (placed, error) {
	for _, at := range interactive(blocks) {
		if at.element["action_id"] == click.ActionID && (click.BlockID == "" || click.BlockID == at.blockID) {
			return at, nil
		}
	}
	return placed{}, fmt.Errorf("%w: no element %q", errNotPossible, click.ActionID)
}

func (w *Workspace) action(at placed, values []string) answer {
	action := chosen(at.element, values)
	action["action_id"], action["block_id"], action["action_ts"] = at.element["action_id"], at.blockID, w.nextTS()
	return action
}

// payload has what all interactions have, with a fresh trigger.
func (w *Workspace) payload(kind string, u *User, inView bool) answer {
	return answer{
		"type": kind, "token": verificationToken, "api_app_id": appID, "trigger_id": w.newTrigger(u.ID, inView),
		"team": answer{"id": w.cfg.TeamID, "domain": w.cfg.TeamDomain}, "enterprise": nil, "is_enterprise_install": false,
		"user": answer{"id": u.ID, "username": u.Name, "name": u.Name, "team_id": u.TeamID},
	}
}

// Submission is a person's submit of a modal. Values are by action_id: text, an option's value, or a list.
type Submission struct {
	User   string         `json:"user"`
	ViewID string         `json:"view_id"` // "": the uppermost
	Values map[string]any `json:"values"`
}

// Submit sends a modal in and does what the app answers: errors, update, push, clear, or close it.
func (w *Workspace) Submit(ctx context.Context, s Submission) (Outcome, error) {
	payload, v, err := w.submitPayload(s)
	if err != nil {
		return Outcome{}, err
	}
	status, body, err := w.interact(ctx, payload)
	w.mu.Lock()
	defer w.mu.Unlock()
	out := Outcome{Status: status, Error: shownError(status, err)}
	if out.Error == "" {
		w.afterSubmit(v, body, &out)
	}
	out.Modal = w.topView(v.user)
	return out, nil
}

func (w *Workspace) submitPayload(s Submission) ([]byte, *view, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, v, err := w.openView(s.User, s.ViewID)
	if err != nil {
		return nil, nil, err
	}
	for _, at := range interactive(v.Blocks) {
		action, _ := at.element["action_id"].(string)
		if value, given := s.Values[action]; given {
			v.set(at, chosen(at.element, texts(value)))
		}
	}
	payload := w.payload("view_submission", u, true)
	payload["view"], payload["response_urls"] = w.viewObject(v), []any{}
	return stage.Encode(payload), v, nil
}

func (w *Workspace) openView(user, id string) (*User, *view, error) {
	u := w.userNamed(user)
	if u == nil {
		return nil, nil, fmt.Errorf("%w: no person %q", errNotPossible, user)
	}
	if stack := w.stacks[u.ID]; id == "" && len(stack) > 0 {
		id = stack[len(stack)-1]
	}
	v := w.views[id]
	if v == nil || v.user != u.ID {
		return nil, nil, fmt.Errorf("%w: %s has no modal %q open", errNotPossible, u.Name, id)
	}
	return u, v, nil
}

func texts(value any) []string {
	switch value := value.(type) {
	case string:
		return []string{value}
	case []string:
		return value
	case []any:
		var list []string
		for _, item := range value {
			list = append(list, fmt.Sprint(item))
		}
		return list
	case nil:
		return nil
	default:
		return []string{fmt.Sprint(value)}
	}
}

// afterSubmit does what the app's answer to a submission says (docs.slack.dev/surfaces/modals).
func (w *Workspace) afterSubmit(v *view, body stage.Received, out *Outcome) {
	var said struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   json.RawMessage   `json:"view"`
	}
	if len(body.Content) > 0 && json.Unmarshal(body.Content, &said) != nil {
		out.Error = "dispatch_failed"
		return
	}
	if w.views[v.id] == nil {
		return
	}
	switch said.Action {
	case "errors":
		out.Errors = said.Errors
	case "clear":
		w.closeView(w.views[w.stacks[v.user][0]])
	case "update", "push":
		next, no := readView(string(said.View))
		if no == nil && said.Action == "push" {
			if len(w.stacks[v.user]) >= maxStack {
				no = refuse("push_limit_reached")
			} else {
				_, no = w.newView(v.user, next)
			}
		} else if no == nil {
			w.replaceView(v, next)
		}
		if no != nil {
			out.Error = no.code
		}
	default:
		w.closeView(v)
	}
}

// CloseView closes a person's uppermost modal, or all of them, and tells the app when the modal asks for that.
func (w *Workspace) CloseView(ctx context.Context, user string, all bool) (Outcome, error) {
	w.mu.Lock()
	u, v, err := w.openView(user, "")
	if err != nil {
		w.mu.Unlock()
		return Outcome{}, err
	}
	payload := w.payload("view_closed", u, true)
	payload["view"], payload["is_cleared"] = w.viewObject(v), all
	raw, tell := stage.Encode(payload), v.NotifyOnClose
	if all || v.ClearOnClose {
		v = w.views[w.stacks[u.ID][0]]
	}
	w.closeView(v)
	w.mu.Unlock()
	out := Outcome{}
	if tell {
		status, _, err := w.interact(ctx, raw)
		out.Status, out.Error = status, shownError(status, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	out.Modal = w.topView(u.ID)
	return out, nil
}
