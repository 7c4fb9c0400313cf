package spectest

// docs.discord.com/developers/components/reference.
const (
	maxRows        = 5
	maxButtons     = 5
	maxOptions     = 25
	maxCustomID    = 100
	maxLabel       = 80
	maxButtonURL   = 512
	maxPlaceholder = 150
	maxOptionText  = 100
	maxV2          = 40   // components of the second version, nested ones included
	maxV2Text      = 4000 // over all text displays

	maxModalTitle       = 45
	maxModalLabel       = 45
	maxModalComponents  = 5
	maxInputPlaceholder = 100
	maxInput            = 4000
)

// Types of components.
const (
	typeRow          = 1
	typeButton       = 2
	typeStringSelect = 3
	typeTextInput    = 4
	typeChannels     = 8 // the last of the selects, which begin with typeStringSelect
	typeText         = 10
)

const styleLink, stylePremium = 5, 6

// components checks those of a message, v2 without the limits of rows.
func (p *prose) components(at []string, items []any, v2 bool) {
	if !v2 {
		if len(items) > maxRows {
			p.add(at, "%d rows, at most %d", len(items), maxRows)
		}
		for i, item := range items {
			if kind, _ := whole(object(item)["type"]); kind != typeRow {
				p.add(under(at, i), "not a row, and no flag for components of the second version")
			}
		}
	}
	w := &componentWalk{prose: p, ids: map[string]bool{}}
	w.each(at, items)
	if w.count > maxV2 {
		p.add(at, "%d components, at most %d", w.count, maxV2)
	}
	if w.text > maxV2Text {
		p.add(at, "%d characters in text displays, at most %d", w.text, maxV2Text)
	}
}

// componentWalk sees every component of one message or modal.
type componentWalk struct {
	*prose
	ids         map[string]bool
	count, text int
}

func (w *componentWalk) each(at []string, items []any) {
	for i, item := range items {
		w.one(under(at, i), object(item))
	}
}

func (w *componentWalk) one(at []string, c map[string]any) {
	w.count++
	if id, ok := c["custom_id"].(string); ok {
		w.prose.text(at, c, "custom_id", 1, maxCustomID)
		if w.ids[id] {
			w.add(under(at, "custom_id"), "%q twice in one message", id)
		}
		w.ids[id] = true
	}
	switch kind, _ := whole(c["type"]); {
	case kind == typeRow:
		w.row(at, list(c["components"]))
	case kind == typeButton:
		w.button(at, c)
	case kind == typeTextInput:
		w.input(at, c)
	case kind >= typeStringSelect && kind <= typeChannels:
		w.choice(at, c)
	case kind == typeText:
		content, _ := c["content"].(string)
		w.text += units(content)
	}
	w.each(under(at, "components"), list(c["components"]))
	for _, member := range []string{"accessory", "component"} {
		if nested := object(c[member]); nested != nil {
			w.one(under(at, member), nested)
		}
	}
}

// row: some buttons, or one of anything else.
func (w *componentWalk) row(at []string, items []any) {
	buttons := 0
	for _, item := range items {
		if kind, _ := whole(object(item)["type"]); kind == typeButton {
			buttons++
		}
	}
	switch {
	case len(items) == 0:
		w.add(at, "an empty row")
	case buttons > maxButtons:
		w.add(at, "%d buttons, at most %d", buttons, maxButtons)
	case buttons < len(items) && len(items) > 1:
		w.add(at, "a row takes buttons or one select")
	}
}

func (w *componentWalk) button(at []string, c map[string]any) {
	w.prose.text(at, c, "label", 1, maxLabel)
	w.link(at, c, "url", maxButtonURL, "http", "https", "discord")
	if isEmpty(c["label"]) && isEmpty(c["emoji"]) && isEmpty(c["sku_id"]) {
		w.add(at, "a button without label and emoji")
	}
	style, _ := whole(c["style"])
	switch hasURL, hasID := !isEmpty(c["url"]), !isEmpty(c["custom_id"]); {
	case style == stylePremium:
	case style == styleLink && (!hasURL || hasID):
		w.add(at, "a link has a url and no custom_id")
	case style != styleLink && (hasURL || !hasID):
		w.add(at, "a button has a custom_id and no url")
	}
}

func (w *componentWalk) choice(at []string, c map[string]any) {
	w.prose.text(at, c, "placeholder", 0, maxPlaceholder)
	options := w.prose.count(at, c, "options", maxOptions)
	values := map[any]bool{}
	for i, item := range options {
		o, at := object(item), under(at, "options", i)
		w.prose.text(at, o, "label", 1, maxOptionText)
		w.prose.text(at, o, "value", 1, maxOptionText)
		w.prose.text(at, o, "description", 0, maxOptionText)
		if values[o["value"]] {
			w.add(at, "value %v twice", o["value"])
		}
		values[o["value"]] = true
	}
	least, hasLeast := whole(c["min_values"])
	most, hasMost := whole(c["max_values"])
	kind, _ := whole(c["type"])
	switch {
	case hasLeast && hasMost && least > most:
		w.add(at, "min_values above max_values")
	case kind == typeStringSelect && (most > int64(len(options)) || least > int64(len(options))):
		w.add(at, "more values than options")
	}
}

func (w *componentWalk) input(at []string, c map[string]any) {
	w.prose.text(at, c, "label", 1, maxModalLabel)
	w.prose.text(at, c, "placeholder", 0, maxInputPlaceholder)
	w.prose.text(at, c, "value", 0, maxInput)
}
