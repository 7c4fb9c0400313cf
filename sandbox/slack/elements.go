package slack

import (
	"fmt"
	"slices"
	"strings"
)

// element checks an interactive element (or an image as accessory).
func (k *blockCheck) element(at string, value any) {
	element, ok := value.(map[string]any)
	if !ok {
		k.fail(at, "missing required field: element")
		return
	}
	k.length(at+"/action_id", element["action_id"], 0, 255)
	if element["confirm"] != nil {
		k.confirm(at+"/confirm", element["confirm"])
	}
	kind, _ := element["type"].(string)
	switch {
	case kind == "button":
		k.button(at, element)
	case kind == "image":
		k.image(at, element)
	case kind == "overflow":
		k.options(at, element["options"], 5)
	case kind == "checkboxes" || kind == "radio_buttons":
		k.options(at, element["options"], 10)
	case kind == "static_select" || kind == "multi_static_select":
		k.placeholder(at, element)
		k.optionsOrGroups(at, element)
	case strings.HasSuffix(kind, "_select"):
		k.placeholder(at, element)
	case kind == "plain_text_input" || kind == "email_text_input" || kind == "url_text_input" || kind == "number_input":
		k.placeholder(at, element)
	case slices.Contains([]string{"datepicker", "timepicker", "datetimepicker", "rich_text_input", "file_input", "workflow_button", "icon_button", "feedback_buttons"}, kind):
	default:
		k.fail(at+"/type", "unsupported type: %v", element["type"])
	}
}

func (k *blockCheck) button(at string, element map[string]any) {
	k.text(at+"/text", element["text"], 75, "plain_text")
	k.length(at+"/value", element["value"], 0, 2000)
	k.length(at+"/url", element["url"], 0, 3000)
	k.length(at+"/accessibility_label", element["accessibility_label"], 0, 75)
	if style := element["style"]; style != nil && style != "primary" && style != "danger" {
		k.fail(at+"/style", "must be one of primary, danger")
	}
}

func (k *blockCheck) placeholder(at string, element map[string]any) {
	if element["placeholder"] != nil {
		k.text(at+"/placeholder", element["placeholder"], 150, "plain_text")
	}
}

func (k *blockCheck) optionsOrGroups(at string, element map[string]any) {
	groups, grouped := element["option_groups"].([]any)
	if !grouped {
		k.options(at, element["options"], 100)
		return
	}
	if len(groups) < 1 || len(groups) > 100 {
		k.fail(at+"/option_groups", "1 to 100 items allowed")
	}
	for i, item := range groups {
		here := fmt.Sprintf("%s/option_groups/%d", at, i)
		group, _ := item.(map[string]any)
		k.text(here+"/label", group["label"], 75, "plain_text")
		k.options(here, group["options"], 100)
	}
}

func (k *blockCheck) options(at string, value any, most int) {
	list, ok := value.([]any)
	if !ok || len(list) < 1 || len(list) > most {
		k.fail(at+"/options", "1 to %d items allowed", most)
		return
	}
	for i, item := range list {
		here := fmt.Sprintf("%s/options/%d", at, i)
		option, _ := item.(map[string]any)
		k.text(here+"/text", option["text"], 75, "")
		k.length(here+"/value", option["value"], 1, 150)
		k.length(here+"/url", option["url"], 0, 3000)
		if option["description"] != nil {
			k.text(here+"/description", option["description"], 75, "")
		}
	}
}

func (k *blockCheck) confirm(at string, value any) {
	dialog, ok := value.(map[string]any)
	if !ok {
		k.fail(at, "must be an object")
		return
	}
	k.text(at+"/title", dialog["title"], 100, "plain_text")
	k.text(at+"/text", dialog["text"], 300, "")
	k.text(at+"/confirm", dialog["confirm"], 30, "plain_text")
	k.text(at+"/deny", dialog["deny"], 30, "plain_text")
}

// placed is an interactive element with the block that holds it.
type placed struct {
	blockID string
	element map[string]any
	input   bool // in an input block
}

// interactive lists the elements of blocks that a person can act on.
func interactive(blocks []map[string]any) []placed {
	var found []placed
	for _, block := range blocks {
		id, _ := block["block_id"].(string)
		add := func(value any, input bool) {
			if element, ok := value.(map[string]any); ok && element["type"] != "image" {
				found = append(found, placed{blockID: id, element: element, input: input})
			}
		}
		switch block["type"] {
		case "actions":
			list, _ := block["elements"].([]any)
			for _, item := range list {
				add(item, false)
			}
		case "section":
			add(block["accessory"], false)
		case "input":
			add(block["element"], true)
		}
	}
	return found
}

// optionOf finds an option of a select, checkboxes, radio buttons or overflow by its value; nil if there is none.
func optionOf(element map[string]any, value string) any {
	options, _ := element["options"].([]any)
	groups, _ := element["option_groups"].([]any)
	for _, item := range groups {
		group, _ := item.(map[string]any)
		more, _ := group["options"].([]any)
		options = append(slices.Clone(options), more...)
	}
	for _, item := range options {
		if option, ok := item.(map[string]any); ok && option["value"] == value {
			return option
		}
	}
	return nil
}
