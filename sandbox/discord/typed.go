package discord

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// typed is a command as Discord's client read it from what a person typed.
type typed struct {
	command *appCommand
	path    []string // names of the group and subcommand
	given   []given
	options []*commandOption // that the last step has
}

// given is an option with its value.
type given struct {
	option  *commandOption
	value   any
	focused bool
}

// readCommand turns typed text into options, as the client does: "/crm open kind:account id:4" names them, and
// "/crm open account 4" fills them in their order, which stands for tabbing from field to field. A word that is the
// name of a truth option switches it on, with or without dashes before it. It refuses what the client refuses.
// The caller holds mu.
func (g *Guild) readCommand(u *User, ch *channel, text string, complete bool) (*typed, error) {
	rest := strings.TrimSpace(text)
	first, after, _ := strings.Cut(rest, " ")
	name := g.cfg.Command
	if strings.HasPrefix(first, "/") {
		name, rest = strings.TrimPrefix(first, "/"), strings.TrimSpace(after)
	}
	t := &typed{command: g.commandFor(name, u, ch)}
	if t.command == nil {
		return nil, fmt.Errorf("%w: %s has no command /%s here", errNotPossible, u.Name, name)
	}
	t.options = t.command.options
	rest, err := t.descend(rest)
	if err != nil {
		return nil, err
	}
	if err := t.fill(g, rest, complete); err != nil {
		return nil, err
	}
	return t, t.complete(complete)
}

// commandFor is the command of a name that a member may use in a channel, or nil: the guild's before a global one.
func (g *Guild) commandFor(name string, u *User, ch *channel) *appCommand {
	bits := g.permissionsIn(ch, u.ID)
	if !bits.Has(UseApplicationCommands) {
		return nil
	}
	var found *appCommand
	for _, known := range g.registry.commands {
		if known.kind != chatCommand || known.name != strings.ToLower(name) || found != nil && known.guild == "" {
			continue
		}
		if known.permissions != nil && (*known.permissions == 0 || !bits.Has(*known.permissions)) && !bits.Has(Administrator) {
			continue
		}
		found = known
	}
	return found
}

// descend follows the names of a group and a subcommand.
func (t *typed) descend(rest string) (string, error) {
	for len(t.options) > 0 && t.options[0].container() {
		word, after, _ := strings.Cut(rest, " ")
		var next *commandOption
		for _, o := range t.options {
			if o.name == strings.ToLower(word) {
				next = o
			}
		}
		if next == nil {
			return "", fmt.Errorf("%w: /%s has no subcommand %q", errNotPossible, t.words(), word)
		}
		t.path, t.options, rest = append(t.path, next.name), next.options, strings.TrimSpace(after)
		if next.kind == subcommandOption {
			return rest, nil
		}
	}
	return rest, nil
}

// words are the command and its steps.
func (t *typed) words() string { return strings.Join(append([]string{t.command.name}, t.path...), " ") }

// fill gives values to options.
func (t *typed) fill(g *Guild, rest string, complete bool) error {
	bare, named := t.split(rest)
	for _, word := range wordsOf(bare) {
		if err := t.place(g, word, complete); err != nil {
			return err
		}
	}
	for _, pair := range named {
		if err := t.set(g, t.option(pair[0]), pair[1], complete); err != nil {
			return err
		}
	}
	return nil
}

// split parts words without a name from "name:value" pairs; a value reaches to the next name.
func (t *typed) split(text string) (bare string, pairs [][2]string) {
	found := regexp.MustCompile(`(?:^|\s)([-_\p{L}\p{N}]+):`).FindAllStringSubmatchIndex(text, -1)
	end := len(text)
	for i := len(found) - 1; i >= 0; i-- {
		name := text[found[i][2]:found[i][3]]
		if t.option(name) == nil {
			continue
		}
		pairs = append([][2]string{{name, strings.TrimSpace(text[found[i][1]:end])}}, pairs...)
		end = found[i][0]
	}
	return text[:end], pairs
}

func wordsOf(text string) []string {
	var words []string
	for _, match := range regexp.MustCompile(`"([^"]*)"|(\S+)`).FindAllStringSubmatch(text, -1) {
		words = append(words, match[1]+match[2])
	}
	return words
}

// option is the one of a name, in which _ and - are alike, or nil.
func (t *typed) option(name string) *commandOption {
	plain := func(s string) string { return strings.ReplaceAll(strings.ToLower(s), "_", "-") }
	for _, o := range t.options {
		if plain(o.name) == plain(name) {
			return o
		}
	}
	return nil
}

// place gives a word without a name to an option: to the truth option that it names, to the first free one that
// takes it, or to the end of the last text.
func (t *typed) place(g *Guild, word string, complete bool) error {
	name, value, valued := strings.Cut(strings.TrimLeft(word, "-"), "=")
	if o := t.option(name); o != nil && (o.kind == truthOption || strings.HasPrefix(word, "--")) && !t.has(o) {
		if !valued {
			value = "true"
		}
		return t.set(g, o, value, complete)
	}
	var err error
	for _, o := range t.options {
		if o.kind == truthOption || t.has(o) {
			continue
		}
		if err = t.set(g, o, word, complete); err == nil || o.required {
			return err
		}
	}
	if n := len(t.given); n > 0 && err == nil {
		last := &t.given[n-1]
		if text, ok := last.value.(string); ok && last.option.kind == textOption && len(last.option.choices) == 0 {
			last.value = text + " " + word
			return nil
		}
	}
	if err == nil {
		err = fmt.Errorf("%w: /%s takes no %q", errNotPossible, t.words(), word)
	}
	return err
}

func (t *typed) has(o *commandOption) bool {
	for _, g := range t.given {
		if g.option == o {
			return true
		}
	}
	return false
}

func (t *typed) set(g *Guild, o *commandOption, text string, complete bool) error {
	if complete && o.autocomplete {
		t.given = append(t.given, given{option: o, value: text})
		return nil
	}
	value, err := g.valueOf(o, text)
	if err != nil {
		return err
	}
	t.given = append(t.given, given{option: o, value: value})
	return nil
}

// complete checks that nothing required is missing, or marks the option that is being typed.
func (t *typed) complete(typing bool) error {
	if typing {
		n := len(t.given)
		if n == 0 || !t.given[n-1].option.autocomplete {
			return fmt.Errorf("%w: /%s completes nothing here", errNotPossible, t.words())
		}
		t.given[n-1].focused = true
		return nil
	}
	for _, o := range t.options {
		if o.required && !t.has(o) {
			return fmt.Errorf("%w: /%s wants %s", errNotPossible, t.words(), o.name)
		}
	}
	return nil
}

// valueOf is the value of an option for what a person typed. The caller holds mu.
func (g *Guild) valueOf(o *commandOption, text string) (any, error) {
	wrong := fmt.Errorf("%w: %q is no %s", errNotPossible, text, o.name)
	if len(o.choices) > 0 {
		for _, choice := range o.choices {
			if strings.EqualFold(choice.Name, text) || strings.EqualFold(fmt.Sprint(choice.Value), text) {
				return choice.Value, nil
			}
		}
		return nil, wrong
	}
	switch o.kind {
	case textOption:
		if n := utf8.RuneCountInString(text); n == 0 || o.shortest != nil && n < *o.shortest || n > maxTypedLength || o.longest != nil && n > *o.longest {
			return nil, wrong
		}
		return text, nil
	case integerOption, numberOption:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || o.least != nil && n < *o.least || o.most != nil && n > *o.most || o.kind == integerOption && n != float64(int64(n)) {
			return nil, wrong
		}
		return json.Number(text), nil
	case truthOption:
		b, err := strconv.ParseBool(strings.ToLower(text))
		if err != nil {
			return nil, wrong
		}
		return b, nil
	case userOption, mentionableOption:
		if u := g.userNamed(strings.Trim(text, "<@!>")); u != nil {
			return u.ID, nil
		}
	case channelOption:
		if ch := g.channelNamed(strings.Trim(text, "<#>")); ch != nil {
			return ch.ID, nil
		}
	}
	return nil, wrong
}

// data is the data of the interaction (docs, interactions/receiving-and-responding: application command data).
func (t *typed) data(g *Guild) answer {
	options := []answer{}
	resolved := answer{}
	for _, each := range t.given {
		option := answer{"name": each.option.name, "type": each.option.kind, "value": each.value}
		if each.focused {
			option["focused"] = true
		}
		options = append(options, option)
		id, _ := each.value.(string)
		switch each.option.kind {
		case userOption, mentionableOption:
			g.resolveUsers(resolved, id)
		case channelOption:
			resolved["channels"] = answer{id: g.partialChannel(g.channels[id], g.ownerID)}
		}
	}
	for i := len(t.path) - 1; i >= 0; i-- {
		kind := subcommandOption
		if i < len(t.path)-1 {
			kind = groupOption
		}
		options = []answer{{"name": t.path[i], "type": kind, "options": options}}
	}
	data := answer{"id": t.command.id, "name": t.command.name, "type": t.command.kind, "options": options}
	if len(options) == 0 {
		delete(data, "options")
	}
	if t.command.guild != "" {
		data["guild_id"] = t.command.guild
	}
	if len(resolved) > 0 {
		data["resolved"] = resolved
	}
	return data
}

// resolveUsers adds users, and their members without what the users say, to resolved data. The caller holds mu.
func (g *Guild) resolveUsers(resolved answer, ids ...string) {
	users, _ := resolved["users"].(answer)
	members, _ := resolved["members"].(answer)
	if users == nil {
		users, members = answer{}, answer{}
	}
	for _, id := range ids {
		users[id] = g.userObject(g.users[id])
		if u := g.member(id); u != nil {
			object := g.memberObject(u)
			for _, name := range []string{"user", "deaf", "mute"} {
				delete(object, name)
			}
			object["permissions"] = g.basePermissions(id).String()
			members[id] = object
		}
	}
	resolved["users"], resolved["members"] = users, members
}
