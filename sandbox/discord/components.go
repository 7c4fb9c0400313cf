package discord

// Types of components (docs, components/reference).
const (
	actionRow    = 1
	button       = 2
	stringSelect = 3
	textInput    = 4
	section      = 9
	textDisplay  = 10
	container    = 17
)

// Limits of components (same page).
const (
	maxRows         = 5
	maxRowItems     = 5
	maxV2Components = 40
	maxCustomID     = 100
	maxOptions      = 25
)

const linkButton, premiumButton = 5, 6

// componentCheck walks the components of one message.
type componentCheck struct {
	seen  map[string]bool // custom ids
	count int
}

// readComponents checks the components of a message: rows of buttons, or of one select; with the flag of
// components V2 anything of their catalogue.
func readComponents(f *form, v2 bool) {
	check := componentCheck{seen: map[string]bool{}}
	most := maxRows
	if v2 {
		most = maxV2Components
	}
	top, _ := f.objects("components", most)
	for _, component := range top {
		switch {
		case v2:
			check.any(component)
		case component.oneOf("type", 0, actionRow) == actionRow:
			check.row(component)
		}
	}
	if v2 && check.count > maxV2Components {
		f.wrong("components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", "The total number of components must not exceed %d", maxV2Components)
	}
}

func (k *componentCheck) any(f *form) {
	k.count++
	switch kind := f.oneOf("type", 0, actionRow, button, section, textDisplay, 11, 12, 13, 14, container); kind {
	case actionRow:
		k.row(f)
	case button:
		k.button(f)
	case textDisplay:
		f.required("content", 4000)
	case section, container:
		inner, _ := f.objects("components", maxV2Components)
		for _, component := range inner {
			k.any(component)
		}
		if accessory := f.inner("accessory"); accessory != nil {
			k.any(accessory)
		}
	}
}

func (k *componentCheck) row(f *form) {
	items, _ := f.objects("components", maxRowItems)
	if len(items) == 0 && len(f.tree) == 0 {
		f.wrong("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and %d in length.", maxRowItems)
	}
	for _, item := range items {
		k.count++
		kind := f.kindOf(item)
		switch {
		case kind == button:
			k.button(item)
		case kind != 0 && len(items) > 1:
			f.wrong("components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")
		case kind != 0:
			k.choice(item, kind)
		}
	}
}

// kindOf is the type of a component in a row: a button or one of the selects; 0, noted: another.
func (f *form) kindOf(item *form) int { return item.oneOf("type", 0, button, stringSelect, 5, 6, 7, 8) }

// customID checks that an id is there and no other component's of the message.
func (k *componentCheck) customID(f *form) {
	id := f.required("custom_id", maxCustomID)
	if id != "" && k.seen[id] {
		f.wrong("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
	}
	k.seen[id] = true
}

func (k *componentCheck) button(f *form) {
	style := f.oneOf("style", 0, 1, 2, 3, 4, linkButton, premiumButton)
	label := f.text("label", 0, 80)
	if style != premiumButton && label == "" && !f.has("emoji") {
		f.wrong("label", "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A button must have a label or an emoji")
	}
	switch {
	case style == premiumButton:
	case style != linkButton:
		k.customID(f)
		if f.has("url") {
			f.wrong("url", "BUTTON_COMPONENT_CUSTOM_ID_AND_URL", "A custom id and url cannot both be specified")
		}
	case f.has("custom_id"):
		f.wrong("custom_id", "BUTTON_COMPONENT_CUSTOM_ID_AND_URL", "A custom id and url cannot both be specified")
	default:
		f.required("url", 512)
		f.link("url")
	}
}

func (k *componentCheck) choice(f *form, kind int) {
	k.customID(f)
	f.text("placeholder", 0, 150)
	least, most := f.whole("min_values", 0, 25, 1), f.whole("max_values", 1, 25, 1)
	if least > most {
		f.wrong("min_values", "SELECT_COMPONENT_MIN_VALUES_EXCEEDS_MAX_VALUES", "The min values must not exceed the max values")
	}
	if kind != stringSelect {
		return
	}
	options, _ := f.objects("options", maxOptions)
	if len(options) == 0 {
		f.wrong("options", "BASE_TYPE_REQUIRED", "This field is required")
	}
	values := map[string]bool{}
	for _, option := range options {
		option.required("label", 100)
		option.text("description", 0, 100)
		value := option.required("value", 100)
		if values[value] {
			option.wrong("value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
		}
		values[value] = true
	}
	if most > max(1, len(options)) {
		f.wrong("max_values", "SELECT_COMPONENT_MAX_VALUES_EXCEEDS_OPTIONS", "The max values must not exceed the number of options")
	}
}
