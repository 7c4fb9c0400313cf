package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"roomkeeper/sandbox/internal/stage"
)

// Limits of a modal (docs, components/reference and interactions/receiving-and-responding).
const (
	maxModalTitle = 45
	maxModalRows  = 5
	maxInput      = 4000
	maxLabel      = 45
	labelKind     = 18
)

// view is a modal that somebody has open; a person has at most one.
type view struct {
	id, user, channel string
	source            *message
	raw               map[string]any
}

// StateView is an open modal.
type StateView struct {
	ID      string          `json:"id"`
	User    string          `json:"user"`
	Channel string          `json:"channel"`
	View    json.RawMessage `json:"view"` // custom_id, title, components
}

func (v *view) state() StateView {
	return StateView{ID: v.id, User: v.user, Channel: v.channel, View: stage.Encode(v.raw)}
}

// readModal reads the data of a modal answer.
func readModal(f *form) *view {
	f.required("custom_id", maxCustomID)
	f.required("title", maxModalTitle)
	rows, _ := f.objects("components", maxModalRows)
	if len(rows) == 0 {
		f.wrong("components", "BASE_TYPE_REQUIRED", "This field is required")
	}
	ids := componentCheck{seen: map[string]bool{}}
	for _, row := range rows {
		switch row.oneOf("type", 0, actionRow, labelKind, textDisplay) {
		case actionRow:
			items, _ := row.objects("components", 1)
			for _, item := range items {
				item.required("label", maxLabel)
				ids.input(item)
			}
		case labelKind:
			row.required("label", maxLabel)
			row.text("description", 0, 100)
			if inner := row.inner("component"); inner != nil {
				ids.input(inner)
			}
		case textDisplay:
			row.required("content", 4000)
		}
	}
	v := &view{raw: map[string]any{}}
	for _, name := range []string{"custom_id", "title", "components"} {
		var value any
		if json.Unmarshal(f.fields[name], &value) == nil {
			v.raw[name] = value
		}
	}
	return v
}

func (k *componentCheck) input(f *form) {
	kind := f.oneOf("type", 0, textInput, stringSelect, userSelect, roleSelect, mentionableSelect, channelSelect)
	if kind != textInput {
		k.choice(f, kind)
		return
	}
	k.customID(f)
	f.oneOf("style", 0, 1, 2)
	least, most := f.whole("min_length", 0, maxInput, 0), f.whole("max_length", 1, maxInput, maxInput)
	if least > most {
		f.wrong("min_length", "TEXT_INPUT_MIN_LENGTH_EXCEEDS_MAX_LENGTH", "The min length must not exceed the max length")
	}
	f.text("value", 0, maxInput)
	f.text("placeholder", 0, 100)
}

// Submission is a person's submit of the modal that they have open. Values are by custom_id: text, or a list.
type Submission struct {
	User   string         `json:"user"`
	Values map[string]any `json:"values"`
}

// Submit sends a modal in and closes it, and returns as Command does.
func (g *Guild) Submit(ctx context.Context, s Submission) (Outcome, error) {
	it, body, err := g.submitRequest(s)
	if err != nil {
		return Outcome{}, err
	}
	out := g.run(ctx, it, body)
	return out, nil
}

func (g *Guild) submitRequest(s Submission) (*interaction, []byte, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	u := g.userNamed(s.User)
	if u == nil || g.views[u.ID] == nil {
		return nil, nil, fmt.Errorf("%w: %q has no modal open", errNotPossible, s.User)
	}
	v := g.views[u.ID]
	_, ch, err := g.place(u.ID, v.channel)
	if err != nil {
		return nil, nil, err
	}
	numbered(objectsOf(v.raw["components"]))
	resolved := answer{}
	rows := []answer{}
	for _, row := range objectsOf(v.raw["components"]) {
		sent, err := g.sentRow(row, s.Values, resolved)
		if err != nil {
			return nil, nil, err
		}
		rows = append(rows, sent)
	}
	it := g.newInteraction(modalKind, u.ID, ch.ID)
	it.source = v.source
	data := answer{"custom_id": v.raw["custom_id"], "components": rows}
	if len(resolved) > 0 {
		data["resolved"] = resolved
	}
	payload := g.payload(it, data)
	if v.source != nil {
		payload["message"] = g.messageObject(ch, v.source)
	}
	delete(g.views, u.ID)
	g.Touch()
	return it, stage.Encode(payload), nil
}

// sentRow is a row or label of a modal with what was entered.
func (g *Guild) sentRow(row map[string]any, values map[string]any, resolved answer) (answer, error) {
	sent := answer{"type": row["type"], "id": row["id"]}
	if inner, ok := row["component"].(map[string]any); ok {
		entered, err := g.entered(inner, values, resolved)
		sent["component"] = entered
		return sent, err
	}
	list := []answer{}
	for _, item := range objectsOf(row["components"]) {
		entered, err := g.entered(item, values, resolved)
		if err != nil {
			return nil, err
		}
		list = append(list, entered)
	}
	if len(list) > 0 {
		sent["components"] = list
	}
	return sent, nil
}

// entered is one input of a modal with its value: the given one, or the one that it showed.
func (g *Guild) entered(input map[string]any, values map[string]any, into answer) (answer, error) {
	id := text(input["custom_id"])
	sent := answer{"type": input["type"], "custom_id": id, "id": input["id"]}
	value, given := values[id]
	if number(input["type"], 0) != textInput {
		list := texts(value)
		if !given {
			list = defaults(input)
		}
		ids, resolved, err := g.picked(input, list)
		if err != nil && (len(list) > 0 || input["required"] != false) {
			return nil, err
		}
		for name, part := range resolved {
			into[name] = part
		}
		sent["values"] = append([]string{}, ids...)
		return sent, nil
	}
	if !given {
		value = input["value"]
	}
	line := ""
	if list := texts(value); len(list) > 0 {
		line = list[0]
	}
	n := utf8.RuneCountInString(line)
	if n == 0 && input["required"] != false || n > 0 && n < number(input["min_length"], 0) || n > number(input["max_length"], maxInput) {
		return nil, fmt.Errorf("%w: %q does not take %d characters", errNotPossible, id, n)
	}
	sent["value"] = line
	return sent, nil
}

func defaults(menu map[string]any) []string {
	var list []string
	for _, option := range objectsOf(menu["options"]) {
		if option["default"] == true {
			list = append(list, text(option["value"]))
		}
	}
	return list
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
	default:
		return nil
	}
}

// CloseView closes a person's modal; the app is not told. False: none is open.
func (g *Guild) CloseView(user string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	u := g.userNamed(user)
	if u == nil || g.views[u.ID] == nil {
		return false
	}
	delete(g.views, u.ID)
	g.Touch()
	return true
}
