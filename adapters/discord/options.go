package discord

import (
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/adapters/internal/chattext"
	"roomkeeper/connector"
	"roomkeeper/connector/command"
)

// Names of options that something is suggested for.
const (
	optionKind   = "kind"
	optionTopics = "topics"
	optionWord   = "word"
	optionMode   = "mode"
)

// optionSpec is an option of a word, and how its value is written in the
// command's text, which the domain's grammar reads.
type optionSpec struct {
	name, description string
	kind              discordgo.ApplicationCommandOptionType
	required          bool
	suggested         bool
	choices           []slashChoice
	// write is false for a value that the grammar has no way to write.
	write func(value string) (text string, ok bool)
}

func (o optionSpec) slash() slashOption {
	return slashOption{
		Type: o.kind, Name: o.name, Description: o.description, Required: o.required,
		Autocomplete: o.suggested, Choices: o.choices,
	}
}

// optionTable has the options of every word, in the order in which the grammar
// wants them; a test compares it with the domain's words.
func optionTable() map[command.Verb][]optionSpec {
	topics := stringOption(optionTopics, "Topics, with blanks between them, or all", asTyped)
	topics.suggested = true
	word := stringOption(optionWord, "The word to explain", command.Quote)
	word.suggested = true
	mode := stringOption(optionMode, "Left out: do it", command.Quote)
	for _, m := range command.SyncModes() {
		mode.choices = append(mode.choices, slashChoice{Name: strings.TrimLeft(string(m), "-"), Value: string(m)})
	}
	own := stringOption("own", "Whoever is in the channel and on the team leaves with the team", command.Quote)
	own.choices = []slashChoice{{Name: "own", Value: "own"}}
	fields := stringOption("fields", "Show updates of these fields only: their keys, with commas between them", asFields)
	person, somebody := personOption("The person"), personOption("Somebody else, for admins")
	person.required = true
	return map[command.Verb][]optionSpec{
		command.VerbHelp:          {word},
		command.VerbOpen:          recordOptions(),
		command.VerbDetails:       recordOptions(),
		command.VerbMembers:       recordOptions(),
		command.VerbStatus:        recordOptions(),
		command.VerbSubscriptions: recordOptions(),
		command.VerbWhy:           append([]optionSpec{person}, recordOptions()...),
		command.VerbSubscribe:     append([]optionSpec{topics, fields}, recordOptions()...),
		command.VerbUnsubscribe:   append([]optionSpec{topics}, recordOptions()...),
		command.VerbSync:          append([]optionSpec{mode}, recordOptions()...),
		command.VerbJoin:          recordOptions(),
		command.VerbAdopt:         append(recordOptions(), own),
		command.VerbLeave:         recordOptions(),
		"link":                    {somebody, stringOption("user_id", "The id of their account in the CRM", command.Quote)},
		"unlink":                  {somebody},
	}
}

// optionsOf are the options of a word. One that the table does not know takes
// what a person would type after it.
func optionsOf(verb command.Verb) []optionSpec {
	if list, ok := optionTable()[verb]; ok {
		return list
	}
	return []optionSpec{stringOption("text", "What follows the word", asTyped)}
}

// recordOptions name a Record; none of them: the channel's own.
func recordOptions() []optionSpec {
	kind := stringOption(optionKind, "The record's kind; left out: the channel's own record", command.Quote)
	kind.suggested = true
	return []optionSpec{
		kind,
		stringOption("id", "The record's id", command.Quote),
		stringOption("link", "Or a link to the record", command.Quote),
	}
}

func stringOption(name, description string, write func(string) (string, bool)) optionSpec {
	return optionSpec{name: name, description: description, kind: discordgo.ApplicationCommandOptionString, write: write}
}

func personOption(description string) optionSpec {
	return optionSpec{name: "person", description: description, kind: discordgo.ApplicationCommandOptionUser, write: asMention}
}

// asMention writes a user's id as a mention.
func asMention(id string) (string, bool) {
	text := "<@" + id + ">"
	quoted, ok := command.Quote(text)
	return text, ok && quoted == text
}

// withName puts somebody's name into a mention of theirs, without what would end it.
func withName(mention, name string) string {
	name = chattext.OneLine(strings.Map(func(r rune) rune {
		if r == '<' || r == '>' || r == '|' {
			return -1
		}
		return r
	}, name))
	if name == "" {
		return mention
	}
	return strings.TrimSuffix(mention, ">") + "|" + name + ">"
}

// asTyped leaves a value as the grammar reads it: somebody typed it as such.
func asTyped(text string) (string, bool) { return strings.Join(strings.Fields(text), " "), true }

// asFields writes keys of fields as the filter of record_updated.
func asFields(list string) (string, bool) {
	var keys []string
	for key := range strings.SplitSeq(list, ",") {
		if key = strings.TrimSpace(key); key != "" {
			keys = append(keys, key)
		}
	}
	return command.Quote(string(connector.TopicRecordUpdated) + ":" + strings.Join(keys, ","))
}

// commandText writes a command as the text that the grammar reads; ok is false
// when a value cannot be written. Options that this version does not know,
// of a set that another one registered, follow the others, for the domain to
// complain of.
func commandText(data commandData) (text string, ok bool) {
	if len(data.Options) == 0 {
		return "", true
	}
	sub := data.Options[0]
	words, rest := []string{sub.Name}, slices.Clone(sub.Options)
	specs := optionsOf(command.Verb(sub.Name))
	for _, o := range sub.Options {
		if !slices.ContainsFunc(specs, func(s optionSpec) bool { return s.name == o.Name }) {
			specs = append(specs, stringOption(o.Name, "", command.Quote))
		}
	}
	for _, spec := range specs {
		at := slices.IndexFunc(rest, func(o givenOption) bool { return o.Name == spec.name })
		if at < 0 || rest[at].text() == "" {
			continue
		}
		word, ok := spec.write(rest[at].text())
		if !ok {
			return "", false
		}
		if spec.kind == discordgo.ApplicationCommandOptionUser {
			word = withName(word, data.nameOf(rest[at].text()))
		}
		words = append(words, word)
		rest = slices.Delete(rest, at, at+1)
	}
	return strings.Join(words, " "), true
}

// A select menu is a command with a gap. Its custom_id is menuPrefix and the
// words of the command, with menuGap where the chosen values go, or at the end
// of the words when there is none: "run:subscribe * account 4".
const (
	menuPrefix = "run:"
	menuGap    = "*"
)

// menuText is the command that a select menu stands for; ok is false for what
// is none of ours.
func menuText(data componentData) (text string, ok bool) {
	line, ours := strings.CutPrefix(data.CustomID, menuPrefix)
	if !ours || data.Type == discordgo.ButtonComponent {
		return "", false
	}
	var chosen []string
	for _, value := range data.Values {
		word, ok := command.Quote(value)
		if data.Type == discordgo.UserSelectMenuComponent {
			word, ok = asMention(value)
		}
		if !ok {
			return "", false
		}
		chosen = append(chosen, word)
	}
	words := strings.Fields(line)
	at := slices.Index(words, menuGap)
	if at < 0 {
		return strings.Join(append(words, chosen...), " "), true
	}
	return strings.Join(slices.Replace(words, at, at+1, chosen...), " "), true
}
