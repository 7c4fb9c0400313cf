package spectest

import (
	"regexp"
	"strings"
)

// docs.discord.com/developers/interactions/application-commands.
const (
	maxChatCommands    = 100
	maxMenuCommands    = 15 // of each other type
	maxCommandName     = 32
	maxCommandText     = 100 // a description
	maxCommandOptions  = 25
	maxCommandSum      = 8000 // name, description and value in a command with all below
	maxFixedChoice     = 100
	optionSubcommand   = 1
	optionGroup        = 2
	commandChat        = 1
	maxSubcommandDepth = 2
)

// commandName is what a chat command and every option are called, in lower case.
var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

func (p *prose) commands(items []any) {
	count := map[int64]int{}
	names := map[[2]any]bool{}
	for i, item := range items {
		c := object(item)
		p.command(under(nil, i), c)
		kind := commandKind(c)
		count[kind]++
		key := [2]any{kind, c["name"]}
		if names[key] {
			p.add(under(nil, i, "name"), "%v twice", c["name"])
		}
		names[key] = true
	}
	for kind, n := range count {
		if most := map[bool]int{true: maxChatCommands, false: maxMenuCommands}[kind == commandChat]; n > most {
			p.add(nil, "%d commands of type %d, at most %d", n, kind, most)
		}
	}
}

// commandKind is the type; without one it is a chat command.
func commandKind(c map[string]any) int64 {
	kind, ok := whole(c["type"])
	if !ok {
		return commandChat
	}
	return kind
}

func (p *prose) command(at []string, c map[string]any) {
	if commandKind(c) == commandChat {
		p.named(at, c)
	} else {
		p.text(at, c, "name", 1, maxCommandName)
		if !isEmpty(c["description"]) || !isEmpty(c["options"]) {
			p.add(at, "only a chat command has description and options")
		}
	}
	p.options(at, c, 0)
	if sum := commandUnits(c); sum > maxCommandSum {
		p.add(at, "%d characters in the command, at most %d", sum, maxCommandSum)
	}
}

// named checks name and description of a chat command or an option.
func (p *prose) named(at []string, c map[string]any) {
	name, _ := c["name"].(string)
	if !commandName.MatchString(name) || units(name) > maxCommandName || name != strings.ToLower(name) {
		p.add(under(at, "name"), "%q: 1 to %d letters in lower case, digits, - _ '", name, maxCommandName)
	}
	if _, ok := c["description"].(string); !ok {
		p.add(under(at, "description"), "missing")
	}
	p.text(at, c, "description", 1, maxCommandText)
}

// options: groups hold subcommands, subcommands hold options, and nothing is mixed.
func (p *prose) options(at []string, c map[string]any, depth int) {
	names := map[any]bool{}
	sorts := map[int64]bool{} // the sort of each option, 0 for those with a value
	optional := false
	for i, item := range p.count(at, c, "options", maxCommandOptions) {
		o, at := object(item), under(at, "options", i)
		p.named(at, o)
		if names[o["name"]] {
			p.add(under(at, "name"), "%v twice", o["name"])
		}
		names[o["name"]] = true
		required, _ := o["required"].(bool)
		if required && optional {
			p.add(at, "required after an optional one")
		}
		optional = optional || !required
		p.option(at, o, depth, sorts)
	}
	if sorts[0] && len(sorts) > 1 {
		p.add(under(at, "options"), "subcommands and options with values")
	}
}

func (p *prose) option(at []string, o map[string]any, depth int, sorts map[int64]bool) {
	switch kind, _ := whole(o["type"]); kind {
	case optionGroup, optionSubcommand:
		sorts[kind] = true
		if depth >= maxSubcommandDepth || kind == optionGroup && depth > 0 {
			p.add(at, "nested too deeply")
		}
		if below := list(o["options"]); kind == optionGroup && len(below) == 0 {
			p.add(at, "an empty group")
		}
		p.options(at, o, depth+1)
	default:
		sorts[0] = true
		p.choices(at, o, maxFixedChoice)
		if typed, _ := o["autocomplete"].(bool); typed && !isEmpty(o["choices"]) {
			p.add(at, "autocomplete beside fixed choices")
		}
	}
}

// commandUnits counts a command with all below it; of a text in several
// languages the longest counts.
func commandUnits(c map[string]any) int {
	sum := 0
	for _, member := range []string{"name", "description", "value"} {
		longest, _ := c[member].(string)
		for _, v := range object(c[member+"_localizations"]) {
			if text, _ := v.(string); units(text) > units(longest) {
				longest = text
			}
		}
		sum += units(longest)
	}
	for _, member := range []string{"options", "choices"} {
		for _, item := range list(c[member]) {
			sum += commandUnits(object(item))
		}
	}
	return sum
}
