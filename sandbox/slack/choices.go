package slack

import "strings"

// chosen is what a person chose in an element, as payloads carry it; values holds option values, ids or the
// text. No values means nothing chosen.
func chosen(element map[string]any, values []string) answer {
	kind, _ := element["type"].(string)
	result := answer{"type": kind}
	first := ""
	if len(values) > 0 {
		first = values[0]
	}
	switch {
	case kind == "button":
		result["value"], result["text"] = element["value"], element["text"]
		if first != "" {
			result["value"] = first
		}
	case kind == "overflow" || kind == "static_select" || kind == "radio_buttons" || kind == "external_select":
		result["selected_option"] = optionOf(element, first)
	case kind == "checkboxes" || kind == "multi_static_select" || kind == "multi_external_select":
		options := []any{}
		for _, value := range values {
			if option := optionOf(element, value); option != nil {
				options = append(options, option)
			}
		}
		result["selected_options"] = options
	case strings.HasPrefix(kind, "multi_") && strings.HasSuffix(kind, "_select"):
		result["selected_"+strings.TrimSuffix(strings.TrimPrefix(kind, "multi_"), "_select")] = values
	case strings.HasSuffix(kind, "_select"):
		result["selected_"+strings.TrimSuffix(strings.TrimSuffix(kind, "_select"), "s")] = orNil(first)
	case kind == "datepicker":
		result["selected_date"] = orNil(first)
	case kind == "timepicker":
		result["selected_time"] = orNil(first)
	default:
		result["value"] = orNil(first)
	}
	return result
}

func orNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// initial lists the values that an element shows before anybody acts.
func initial(element map[string]any) []string {
	var values []string
	add := func(item any) {
		if option, ok := item.(map[string]any); ok {
			item = option["value"]
		}
		if text, ok := item.(string); ok && text != "" {
			values = append(values, text)
		}
	}
	for name, value := range element {
		if !strings.HasPrefix(name, "initial_") {
			continue
		}
		if list, ok := value.([]any); ok {
			for _, item := range list {
				add(item)
			}
			continue
		}
		add(value)
	}
	return values
}

// stateOf is state.values of a payload: what every element that holds a choice holds now.
func stateOf(blocks []map[string]any, given map[string]map[string]answer) map[string]map[string]answer {
	state := map[string]map[string]answer{}
	for _, at := range interactive(blocks) {
		action, _ := at.element["action_id"].(string)
		if kind := at.element["type"]; kind == "button" || kind == "overflow" {
			continue
		}
		if state[at.blockID] == nil {
			state[at.blockID] = map[string]answer{}
		}
		now, ok := given[at.blockID][action]
		if !ok {
			now = chosen(at.element, initial(at.element))
		}
		state[at.blockID][action] = now
	}
	return state
}
