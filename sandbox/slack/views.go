package slack

import (
	"encoding/json"
	"slices"
	"time"
	"unicode/utf8"
)

// Limits of modals (docs.slack.dev/surfaces/modals, the types' documentation).
const (
	maxViewBytes   = 250_000
	maxStack       = 3
	triggerLife    = 3 * time.Second
	maxModalTitle  = 24
	maxPrivateData = 3000
)

// viewBody is a modal as an app sends it.
type viewBody struct {
	Type            string           `json:"type"`
	Title           map[string]any   `json:"title"`
	Submit          map[string]any   `json:"submit"`
	Close           map[string]any   `json:"close"`
	Blocks          []map[string]any `json:"blocks"`
	PrivateMetadata string           `json:"private_metadata"`
	CallbackID      string           `json:"callback_id"`
	ExternalID      string           `json:"external_id"`
	ClearOnClose    bool             `json:"clear_on_close"`
	NotifyOnClose   bool             `json:"notify_on_close"`
}

// view is a modal that a person has open.
type view struct {
	viewBody
	id, user, root, previous, hash string
	values                         map[string]map[string]answer // block → action → what was chosen since
}

// trigger is what lets the app open a modal for a person: 3 seconds, once.
type trigger struct {
	user   string
	at     time.Time
	used   bool
	inView bool // from a modal: views.push may use it
}

// newTrigger makes a trigger_id. The caller holds mu.
func (w *Workspace) newTrigger(user string, inView bool) string {
	for id, t := range w.triggers {
		if w.now().Sub(t.at) > time.Minute {
			delete(w.triggers, id)
		}
	}
	id := w.nextID("") + "." + w.cfg.TeamID + "." + unguessable()
	w.triggers[id] = &trigger{user: user, at: w.now(), inView: inView}
	return id
}

func (c *call) trigger() (*trigger, *refusal) {
	id := c.args["trigger_id"]
	if id == "" {
		id = c.args["interactivity_pointer"]
	}
	t := c.triggers[id]
	switch {
	case t == nil:
		return nil, refuse("invalid_trigger_id")
	case t.used:
		return nil, refuse("exchanged_trigger_id")
	case c.now().Sub(t.at) > triggerLife:
		return nil, refuse("expired_trigger_id")
	}
	return t, nil
}

// readView parses and checks a modal.
func readView(raw string) (viewBody, *refusal) {
	var body viewBody
	if len(raw) > maxViewBytes {
		return body, refuse("view_too_large")
	}
	if json.Unmarshal([]byte(raw), &body) != nil {
		return body, refuseArgs("failed to match all allowed schemas [json-pointer:/view]")
	}
	if body.Type != "modal" {
		return body, refuseArgs("unsupported type: %s [json-pointer:/view/type]", body.Type)
	}
	check := blockCheck{surface: modalBlocks}
	check.text("/view/title", anyOf(body.Title), maxModalTitle, "plain_text")
	if body.Submit != nil {
		check.text("/view/submit", anyOf(body.Submit), maxModalTitle, "plain_text")
	}
	if body.Close != nil {
		check.text("/view/close", anyOf(body.Close), maxModalTitle, "plain_text")
	}
	check.length("/view/callback_id", body.CallbackID, 0, 255)
	check.length("/view/external_id", body.ExternalID, 0, 255)
	if utf8.RuneCountInString(body.PrivateMetadata) > maxPrivateData {
		check.fail("/view/private_metadata", "must be less than %d characters", maxPrivateData+1)
	}
	if body.Blocks == nil {
		check.fail("/view", "missing required field: blocks")
	}
	check.all(body.Blocks)
	if check.inputs && body.Submit == nil {
		check.fail("/view", "`submit` field is required when `input` blocks are present")
	}
	if len(check.found) > 0 {
		return body, &refusal{code: "invalid_arguments", messages: check.found}
	}
	return body, nil
}

func anyOf(object map[string]any) any {
	if object == nil {
		return nil
	}
	return object
}

// newView makes a modal for a person and puts it on top of the stack. The caller holds mu.
func (w *Workspace) newView(user string, body viewBody) (*view, *refusal) {
	if w.externalTaken(body.ExternalID, "") {
		return nil, refuse("duplicate_external_id")
	}
	v := &view{viewBody: body, id: w.nextID("V"), user: user, hash: w.nextTS() + "." + unguessable()[:8], values: map[string]map[string]answer{}}
	nameBlocks(v.Blocks)
	v.root = v.id
	if stack := w.stacks[user]; len(stack) > 0 {
		v.previous = stack[len(stack)-1]
		v.root = w.views[v.previous].root
	}
	w.views[v.id] = v
	w.stacks[user] = append(w.stacks[user], v.id)
	w.Touch()
	return v, nil
}

func (w *Workspace) externalTaken(externalID, but string) bool {
	for id, v := range w.views {
		if externalID != "" && v.ExternalID == externalID && id != but {
			return true
		}
	}
	return false
}

func (w *Workspace) replaceView(v *view, body viewBody) {
	v.viewBody, v.hash = body, w.nextTS()+"."+unguessable()[:8]
	nameBlocks(v.Blocks)
	w.Touch()
}

// closeView takes a modal and those above it off the stack. The caller holds mu.
func (w *Workspace) closeView(v *view) {
	stack := w.stacks[v.user]
	at := slices.Index(stack, v.id)
	for _, id := range stack[at:] {
		delete(w.views, id)
	}
	w.stacks[v.user] = stack[:at]
	w.Touch()
}

func (w *Workspace) viewObject(v *view) answer {
	object := answer{
		"id": v.id, "team_id": w.cfg.TeamID, "type": v.Type, "blocks": v.Blocks, "title": v.Title, "submit": anyOf(v.Submit), "close": anyOf(v.Close),
		"private_metadata": v.PrivateMetadata, "callback_id": v.CallbackID, "external_id": v.ExternalID, "hash": v.hash,
		"clear_on_close": v.ClearOnClose, "notify_on_close": v.NotifyOnClose, "root_view_id": v.root, "previous_view_id": nil,
		"app_id": appID, "bot_id": botID, "app_installed_team_id": w.cfg.TeamID, "state": answer{"values": stateOf(v.Blocks, v.values)},
	}
	if v.previous != "" {
		object["previous_view_id"] = v.previous
	}
	return object
}

// viewsOpen opens a modal as the first of a stack; one that was open is gone.
func (c *call) viewsOpen() (answer, *refusal) {
	body, no := readView(c.args["view"])
	if no != nil {
		return nil, no
	}
	t, no := c.trigger()
	if no != nil {
		return nil, no
	}
	if stack := c.stacks[t.user]; len(stack) > 0 {
		c.closeView(c.views[stack[0]])
	}
	return c.show(t, body)
}

func (c *call) viewsPush() (answer, *refusal) {
	body, no := readView(c.args["view"])
	if no != nil {
		return nil, no
	}
	t, no := c.trigger()
	switch {
	case no != nil:
		return nil, no
	case !t.inView || len(c.stacks[t.user]) == 0:
		return nil, refuse("not_found")
	case len(c.stacks[t.user]) >= maxStack:
		return nil, refuse("push_limit_reached")
	}
	return c.show(t, body)
}

func (c *call) show(t *trigger, body viewBody) (answer, *refusal) {
	v, no := c.newView(t.user, body)
	if no != nil {
		return nil, no
	}
	t.used = true
	return answer{"view": c.viewObject(v)}, nil
}

func (c *call) viewsUpdate() (answer, *refusal) {
	body, no := readView(c.args["view"])
	if no != nil {
		return nil, no
	}
	v := c.views[c.args["view_id"]]
	if external := c.args["external_id"]; v == nil && external != "" {
		for _, other := range c.views {
			if other.ExternalID == external {
				v = other
			}
		}
	}
	switch {
	case v == nil:
		return nil, refuse("not_found")
	case c.args["hash"] != "" && c.args["hash"] != v.hash:
		return nil, refuse("hash_conflict")
	case c.externalTaken(body.ExternalID, v.id):
		return nil, refuse("duplicate_external_id")
	}
	c.replaceView(v, body)
	return answer{"view": c.viewObject(v)}, nil
}
