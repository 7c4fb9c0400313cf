package discord

import (
	"net/http"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/adapters/internal/chattext"
	"roomkeeper/connector"
	"roomkeeper/connector/command"
)

// Limits of suggestions
// (docs.discord.com/developers/interactions/application-commands).
const (
	maxChoices = 25
	maxChoice  = 100
)

// serveAutocomplete suggests values for the option that somebody is typing.
// It asks nothing of anybody: what it knows is fixed for the deployment.
func (in *Inbound) serveAutocomplete(w http.ResponseWriter, r *http.Request, i interaction) {
	data, err := in.commandData(i)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	choices := []slashChoice{}
	if o, ok := focused(data.Options); ok && in.refuseGuild(i.GuildID) == "" && data.Name == in.command {
		choices = append(choices, in.suggest(o.Name, o.text())...)
	}
	in.write(w, r, reply{
		Type: discordgo.InteractionApplicationCommandAutocompleteResult,
		Data: map[string]any{"choices": choices},
	})
}

// focused finds the option that is being typed.
func focused(options []givenOption) (o givenOption, ok bool) {
	for _, o := range options {
		if o.Focused {
			return o, true
		}
		if found, ok := focused(o.Options); ok {
			return found, true
		}
	}
	return givenOption{}, false
}

// suggest lists what may become of typed. Of Topics there can be several; the
// last one is suggested for, and those before it stay.
func (in *Inbound) suggest(option, typed string) []slashChoice {
	var words []string
	before := ""
	switch option {
	case optionKind:
		words = in.kinds
	case optionWord:
		words = wordsOf(command.Verbs())
	case optionMode:
		words = wordsOf(command.SyncModes())
	case optionTopics:
		words = append(wordsOf(connector.Topics()), "all")
		if at := strings.LastIndexAny(typed, " ,"); at >= 0 {
			before, typed = typed[:at+1], typed[at+1:]
		}
	}
	var choices []slashChoice
	for _, word := range matching(words, typed) {
		value := before + word
		if len(choices) < maxChoices && chattext.Units(value) <= maxChoice {
			choices = append(choices, slashChoice{Name: value, Value: value})
		}
	}
	return choices
}

// matching are the words that hold typed, those that begin with it first.
func matching(words []string, typed string) []string {
	typed = strings.ToLower(typed)
	var begin, hold []string
	for _, word := range words {
		switch lower := strings.ToLower(word); {
		case strings.HasPrefix(lower, typed):
			begin = append(begin, word)
		case strings.Contains(lower, typed):
			hold = append(hold, word)
		}
	}
	return slices.Concat(begin, hold)
}

func wordsOf[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = string(w)
	}
	return out
}
