package discord

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"roomkeeper/connector/command"
)

func given(name, value string) givenOption {
	raw, _ := json.Marshal(value)
	return givenOption{Name: name, Value: raw}
}

func givenCommand(verb string, options ...givenOption) commandData {
	return commandData{Options: []givenOption{{Name: verb, Options: options}}}
}

// TestEveryWordHasOptions: a new word of the domain cannot be forgotten here.
func TestEveryWordHasOptions(t *testing.T) {
	table := optionTable()
	for _, verb := range command.Verbs() {
		if _, ok := table[verb]; !ok {
			t.Errorf("nothing says which options %q has", verb)
		}
	}
	for _, mode := range command.SyncModes() {
		if !slices.ContainsFunc(table[command.VerbSync][0].choices, func(c slashChoice) bool { return c.Value == string(mode) }) {
			t.Errorf("sync has no choice %q", mode)
		}
	}
}

func TestCommandText(t *testing.T) {
	for want, data := range map[string]commandData{
		"":                             {},
		"status":                       givenCommand("status"),
		"open account 4":               givenCommand("open", given("id", "4"), given("kind", "account")),
		`open account "A 17"`:          givenCommand("open", given("kind", "account"), given("id", " A 17 ")),
		"open https://crm.example/a/4": givenCommand("open", given("link", "https://crm.example/a/4")),
		"open account":                 givenCommand("open", given("kind", "account"), given("id", " ")),
		"why <@42> account 4":          givenCommand("why", given("kind", "account"), given("id", "4"), given("person", "42")),
		"subscribe closed custom:x":    givenCommand("subscribe", given("topics", "closed  custom:x")),
		"subscribe record_updated:a,b": givenCommand("subscribe", given("fields", "a, b,")),
		`subscribe "record_updated:a b" account 4`: givenCommand("subscribe", given("fields", "a b"), given("kind", "account"), given("id", "4")),
		"sync --dry-run account 4":                 givenCommand("sync", given("kind", "account"), given("id", "4"), given("mode", "--dry-run")),
		"help sync":                                givenCommand("help", given("word", "sync")),
		"link <@42> 7":                             givenCommand("link", given("user_id", "7"), given("person", "42")),
		"unlink":                                   givenCommand("unlink"),
		"later on off":                             givenCommand("later", given("text", "on off")),
		`sync "of yesterday"`:                      givenCommand("sync", given("older", "of yesterday")),
	} {
		if got, ok := commandText(data); got != want || !ok {
			t.Errorf("%q %v, want %q", got, ok, want)
		}
	}
	for _, data := range []commandData{
		givenCommand("open", given("kind", "account"), given("id", `a "b" c`)),
		givenCommand("why", given("person", "4 2> x")),
	} {
		if got, ok := commandText(data); ok {
			t.Errorf("written as %q", got)
		}
	}
	named := givenCommand("why", given("person", "42"))
	for name, want := range map[string]string{"Ann Lee": "why <@42|Ann Lee>", "a> b | <@1>": "why <@42|a b @1>", "<>": "why <@42>"} {
		named.Resolved.Users = map[string]user{"42": {ID: "42", Username: name}}
		if got, ok := commandText(named); got != want || !ok {
			t.Errorf("%q %v, want %q", got, ok, want)
		}
	}
	number := givenCommand("open", givenOption{Name: "id", Value: json.RawMessage("17")})
	if got, _ := commandText(number); got != "open 17" {
		t.Errorf("%q", got)
	}
}

// TestOptionsAreReadBack: what is filled in is what the grammar reads.
func TestOptionsAreReadBack(t *testing.T) {
	value := rapid.StringOf(rapid.SampledFrom([]rune("ab7<@>!“ :/界-\t")))
	rapid.Check(t, func(t *rapid.T) {
		verb := rapid.SampledFrom([]command.Verb{command.VerbOpen, command.VerbSync, command.VerbHelp}).Draw(t, "verb")
		want, options := []string{string(verb)}, []givenOption{}
		for _, spec := range optionsOf(verb) {
			text := strings.TrimSpace(value.Draw(t, spec.name))
			if _, ok := command.Quote(text); ok {
				want, options = append(want, text), append(options, given(spec.name, text))
			}
		}
		order := rapid.Permutation(options).Draw(t, "order")
		text, ok := commandText(givenCommand(string(verb), order...))
		got, whole := command.Words(text)
		if !ok || !whole || !slices.Equal(got, want) {
			t.Fatalf("%q is read as %q, want %q", text, got, want)
		}
	})
}

// TestCommandSetFits holds the set against the documented limits.
func TestCommandSetFits(t *testing.T) {
	name := regexp.MustCompile(`^[-_'\p{Ll}\p{N}]{1,32}$`)
	set := commandSet("crm")
	total := len(set[0].Name) + len(set[0].Description)
	if len(set) != 1 || len(set[0].Options) != len(command.Verbs()) || len(set[0].Options) > 25 {
		t.Fatalf("%d commands, %d words", len(set), len(set[0].Options))
	}
	var check func(path string, o slashOption)
	check = func(path string, o slashOption) {
		path += " " + o.Name
		total += len(o.Name) + len(o.Description)
		if !name.MatchString(o.Name) || o.Description == "" || len([]rune(o.Description)) > 100 {
			t.Errorf("%s: %q", path, o.Description)
		}
		if len(o.Choices) > 25 || len(o.Options) > 25 || o.Autocomplete && len(o.Choices) > 0 {
			t.Errorf("%s: %d choices, %d options", path, len(o.Choices), len(o.Options))
		}
		optional := false
		for _, sub := range o.Options {
			if sub.Required && optional {
				t.Errorf("%s: %s is required after one that is not", path, sub.Name)
			}
			optional = optional || !sub.Required
			check(path, sub)
		}
		for _, c := range o.Choices {
			total += len(c.Name) + len(c.Value)
		}
	}
	for _, o := range set[0].Options {
		check("", o)
	}
	if total > 8000 {
		t.Errorf("%d characters", total)
	}
}
