package discord

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Limits of one command (docs, interactions/application-commands).
const (
	maxCommandName        = 32
	maxCommandDescription = 100
	maxCommandOptions     = 25
	maxChoices            = 25
	maxChoiceText         = 100  // name, and value when it is text
	maxCommandSize        = 8000 // characters of names, descriptions and values together
	maxTypedLength        = 6000 // bound of min_length and max_length
)

// Types of options (docs, interactions/application-commands: application command option type).
const (
	subcommandOption  = 1
	groupOption       = 2
	textOption        = 3
	integerOption     = 4
	truthOption       = 5
	userOption        = 6
	channelOption     = 7
	roleOption        = 8
	mentionableOption = 9
	numberOption      = 10
	attachmentOption  = 11
)

// commandOption is an option, subcommand or group of subcommands.
type commandOption struct {
	kind                   int
	name, description      string
	required, autocomplete bool
	choices                []commandChoice
	options                []*commandOption
	least, most            *float64
	shortest, longest      *int
	kept                   answer // fields that are only given back
}

// commandChoice is a value that a person picks by its name.
type commandChoice struct {
	Name  string `json:"name"`
	Value any    `json:"value"` // text or number
}

func (o *commandOption) container() bool { return o.kind == subcommandOption || o.kind == groupOption }

// command reads a command; what the form leaves out stays as it was.
func (f *form) command(was commandForm) commandForm {
	now := was
	now.kept = answer{}
	for name, value := range was.kept {
		now.kept[name] = value
	}
	now.kind = f.oneOf("type", was.kind, chatCommand, userCommand, messageCommand)
	if was.name == "" || f.given("name") {
		now.name = f.required("name", maxCommandName)
	}
	if now.name != "" && now.kind == chatCommand && !validCommandName(now.name) {
		f.wrong("name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
	}
	switch {
	case now.kind == chatCommand && (was.name == "" || f.given("description")):
		now.description = f.required("description", maxCommandDescription)
	case now.kind != chatCommand && f.has("description") && f.text("description", 0, maxCommandDescription) != "":
		f.wrong("description", "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION", "Context menu commands cannot have description")
	}
	if f.given("default_member_permissions") {
		now.permissions = nil
		if f.has("default_member_permissions") {
			bits := f.bits("default_member_permissions")
			now.permissions = &bits
		}
	}
	if f.given("options") {
		now.options = f.options(subcommandOption, groupOption)
	}
	now.nsfw = f.flag("nsfw", was.nsfw)
	f.keep(now.kept, "contexts", "integration_types")
	f.localized(now.kept, maxCommandName, maxCommandDescription)
	if size(now.name, now.description, now.kept, now.options) > maxCommandSize {
		f.wrong("name", "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (%d)", maxCommandSize)
	}
	return now
}

// validCommandName says whether a name may be that of a chat command or option: the documented expression, and in
// lower case where the letters have one.
func validCommandName(name string) bool {
	return regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`).MatchString(name) && name == strings.ToLower(name)
}

// keep notes fields that are given back as they came.
func (f *form) keep(kept answer, names ...string) {
	for _, name := range names {
		var value any
		if f.decode(name, &value) {
			kept[name] = value
		}
	}
}

func (f *form) localized(kept answer, longestName, longestDescription int) {
	for field, longest := range map[string]int{"name_localizations": longestName, "description_localizations": longestDescription} {
		texts := map[string]string{}
		if !f.decode(field, &texts) {
			continue
		}
		for locale, text := range texts {
			if n := utf8.RuneCountInString(text); n < 1 || n > longest {
				f.wrong(field+"."+locale, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and %d in length.", longest)
			}
		}
		kept[field] = texts
	}
}

// options reads a list of options. Containers are the kinds of subcommands that may stand here.
func (f *form) options(containers ...int) []*commandOption {
	forms, _ := f.objects("options", maxCommandOptions)
	var list []*commandOption
	names, optional := map[string]bool{}, false
	for _, inner := range forms {
		o := inner.option(containers)
		switch {
		case names[o.name]:
			inner.wrong("name", "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Option names must be unique")
		case o.required && optional:
			inner.wrong("required", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options")
		case len(list) > 0 && list[0].container() != o.container():
			inner.wrong("type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command and sub-command group option types are mutually exclusive to all other types")
		}
		names[o.name], optional = true, optional || !o.required
		list = append(list, o)
	}
	return list
}

func (f *form) option(containers []int) *commandOption {
	kinds := append([]int{}, containers...)
	for kind := textOption; kind <= attachmentOption; kind++ {
		kinds = append(kinds, kind)
	}
	if !f.has("type") {
		f.wrong("type", "BASE_TYPE_REQUIRED", "This field is required")
	}
	o := &commandOption{kind: f.oneOf("type", textOption, kinds...), name: f.required("name", maxCommandName),
		description: f.required("description", maxCommandDescription), required: f.flag("required", false),
		autocomplete: f.flag("autocomplete", false), kept: answer{}}
	if o.name != "" && !validCommandName(o.name) {
		f.wrong("name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
	}
	f.localized(o.kept, maxCommandName, maxCommandDescription)
	f.keep(o.kept, "channel_types")
	switch o.kind {
	case subcommandOption:
		o.options = f.options()
	case groupOption:
		o.options = f.options(subcommandOption)
	case textOption, integerOption, numberOption:
		f.bounds(o)
		f.choices(o)
	}
	return o
}

func (f *form) bounds(o *commandOption) {
	number := func(name string) *float64 {
		var n float64
		if o.kind == textOption || !f.decode(name, &n) {
			return nil
		}
		return &n
	}
	length := func(name string, least int) *int {
		if o.kind != textOption || !f.has(name) {
			return nil
		}
		n := f.whole(name, least, maxTypedLength, least)
		return &n
	}
	o.least, o.most = number("min_value"), number("max_value")
	o.shortest, o.longest = length("min_length", 0), length("max_length", 1)
}

func (f *form) choices(o *commandOption) {
	forms, _ := f.objects("choices", maxChoices)
	if len(forms) > 0 && o.autocomplete {
		f.wrong("autocomplete", "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE", "Autocomplete cannot be used with choices")
	}
	names := map[string]bool{}
	for _, inner := range forms {
		choice := commandChoice{Name: inner.required("name", maxChoiceText), Value: inner.choiceValue(o.kind)}
		if names[choice.Name] {
			inner.wrong("name", "APPLICATION_COMMAND_OPTIONS_CHOICE_NAMES_DUPLICATE", "The name of choices must be unique")
		}
		names[choice.Name] = true
		o.choices = append(o.choices, choice)
	}
}

func (f *form) choiceValue(kind int) any {
	if kind == textOption {
		return f.required("value", maxChoiceText)
	}
	var n json.Number
	if !f.decode("value", &n) {
		f.wrong("value", "BASE_TYPE_REQUIRED", "This field is required")
	}
	return n
}

// size counts what the limit of a command counts: of localised texts the longest.
func size(name, description string, kept answer, options []*commandOption) int {
	longest := func(text, field string) int {
		n := utf8.RuneCountInString(text)
		texts, _ := kept[field].(map[string]string)
		for _, other := range texts {
			n = max(n, utf8.RuneCountInString(other))
		}
		return n
	}
	n := longest(name, "name_localizations") + longest(description, "description_localizations")
	for _, o := range options {
		n += size(o.name, o.description, o.kept, o.options)
		for _, choice := range o.choices {
			n += utf8.RuneCountInString(choice.Name)
			if text, ok := choice.Value.(string); ok {
				n += utf8.RuneCountInString(text)
			}
		}
	}
	return n
}

func optionObjects(options []*commandOption) []answer {
	list := []answer{}
	for _, o := range options {
		object := answer{"type": o.kind, "name": o.name, "description": o.description}
		for name, value := range o.kept {
			object[name] = value
		}
		put := func(name string, there bool, value any) {
			if there {
				object[name] = value
			}
		}
		put("required", o.required, true)
		put("autocomplete", o.autocomplete, true)
		put("choices", len(o.choices) > 0, o.choices)
		put("options", len(o.options) > 0, optionObjects(o.options))
		put("min_value", o.least != nil, o.least)
		put("max_value", o.most != nil, o.most)
		put("min_length", o.shortest != nil, o.shortest)
		put("max_length", o.longest != nil, o.longest)
		list = append(list, object)
	}
	return list
}
