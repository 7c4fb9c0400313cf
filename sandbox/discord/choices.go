package discord

import (
	"fmt"
	"slices"
	"strings"
)

// Types of menus besides stringSelect (docs, components/reference).
const (
	userSelect        = 5
	roleSelect        = 6
	mentionableSelect = 7
	channelSelect     = 8
)

// interactive lists the components that a person can act on.
func interactive(list []map[string]any) []map[string]any {
	var found []map[string]any
	for _, component := range list {
		if text(component["custom_id"]) != "" {
			found = append(found, component)
		}
		found = append(found, interactive(objectsOf(component["components"]))...)
		for _, name := range []string{"accessory", "component"} {
			if inner, ok := component[name].(map[string]any); ok {
				found = append(found, interactive([]map[string]any{inner})...)
			}
		}
	}
	return found
}

func objectsOf(value any) []map[string]any {
	items, _ := value.([]any)
	var list []map[string]any
	for _, item := range items {
		if object, ok := item.(map[string]any); ok {
			list = append(list, object)
		}
	}
	return list
}

// componentNamed is the enabled component of a custom id, or the only one whose id begins so.
func componentNamed(list []map[string]any, id string) (map[string]any, error) {
	var near []map[string]any
	for _, component := range interactive(list) {
		own := text(component["custom_id"])
		if own == id {
			near = []map[string]any{component}
			break
		}
		if id != "" && strings.HasPrefix(own, id) {
			near = append(near, component)
		}
	}
	switch {
	case len(near) != 1:
		return nil, fmt.Errorf("%w: no component %q", errNotPossible, id)
	case near[0]["disabled"] == true:
		return nil, fmt.Errorf("%w: %q is switched off", errNotPossible, id)
	default:
		return near[0], nil
	}
}

func text(value any) string {
	s, _ := value.(string)
	return s
}

// number is a number of decoded JSON, or what is given for none.
func number(value any, absent int) int {
	switch n := value.(type) {
	case float64:
		return int(n)
	case int:
		return n
	default:
		return absent
	}
}

// chosen is the data of a click on a component (docs, interactions/receiving-and-responding: message component
// data). The caller holds mu.
func (g *Guild) chosen(component map[string]any, values []string) (answer, error) {
	kind := number(component["type"], 0)
	data := answer{"custom_id": component["custom_id"], "component_type": kind, "id": component["id"]}
	if kind == button {
		return data, nil
	}
	ids, resolved, err := g.picked(component, values)
	if err != nil {
		return nil, err
	}
	data["values"] = ids
	if len(resolved) > 0 {
		data["resolved"] = resolved
	}
	return data, nil
}

// picked are the values of a menu, as the client sends them. The caller holds mu.
func (g *Guild) picked(menu map[string]any, values []string) (ids []string, resolved answer, err error) {
	kind, resolved := number(menu["type"], 0), answer{}
	least, most := number(menu["min_values"], 1), number(menu["max_values"], 1)
	if len(values) < least || len(values) > most {
		return nil, nil, fmt.Errorf("%w: %d values, %v wants %d to %d", errNotPossible, len(values), menu["custom_id"], least, most)
	}
	ids = []string{}
	for _, value := range values {
		id := g.pick(kind, menu, value, resolved)
		if id == "" {
			return nil, nil, fmt.Errorf("%w: %v offers no %q", errNotPossible, menu["custom_id"], value)
		}
		ids = append(ids, id)
	}
	return ids, resolved, nil
}

// pick is the value behind one choice; "": the menu does not offer it.
func (g *Guild) pick(kind int, menu map[string]any, value string, resolved answer) string {
	switch kind {
	case userSelect, mentionableSelect:
		if u := g.userNamed(value); u != nil {
			g.resolveUsers(resolved, u.ID)
			return u.ID
		}
	case channelSelect:
		if ch := g.channelNamed(value); ch != nil {
			resolved["channels"] = answer{ch.ID: g.partialChannel(ch, g.ownerID)}
			return ch.ID
		}
	case roleSelect:
		if role := g.roles[value]; role != nil {
			resolved["roles"] = answer{value: g.roleObject(role)}
			return value
		}
	default:
		offers := func(o map[string]any) bool { return o["value"] == value }
		if slices.ContainsFunc(objectsOf(menu["options"]), offers) {
			return value
		}
	}
	return ""
}
