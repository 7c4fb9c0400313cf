package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/adapters/internal/chattext"
	"roomkeeper/connector/command"
)

// Texts that this adapter answers by itself.
const (
	textBusy     = "Roomkeeper is busy just now. Nothing was changed; try again in a minute."
	textBroken   = "Something went wrong here. Try again in a minute; the log says more."
	textForeign  = "Roomkeeper does not serve this server. Nothing was changed."
	textStarting = "Roomkeeper has not reached Discord yet. Nothing was changed; try again in a minute."
	textNoForms  = "This version of Roomkeeper has no forms. Nothing was changed."
	textQuotes   = "A word with blanks in it cannot hold quotation marks too. Nothing was changed."
	textOther    = "Roomkeeper answers to /%s. Nothing was changed."
)

// maxSummary is the longest description of a command or option
// (docs.discord.com/developers/interactions/application-commands).
const maxSummary = 100

// slashCommand is a command, or an option of one, as Discord takes and returns
// it. Own structs and not discordgo's: those send lists that are not there as
// null. A guild's command is only in that guild; where it may be used is for
// commands of all guilds to say.
type slashCommand struct {
	Type        discordgo.ApplicationCommandType `json:"type"`
	Name        string                           `json:"name"`
	Description string                           `json:"description"`
	Options     []slashOption                    `json:"options,omitempty"`
	// Permissions unset: everybody may; what somebody may do is the domain's to say.
	Permissions *string `json:"default_member_permissions,omitempty"`
}

type slashOption struct {
	Type         discordgo.ApplicationCommandOptionType `json:"type"`
	Name         string                                 `json:"name"`
	Description  string                                 `json:"description"`
	Required     bool                                   `json:"required,omitempty"`
	Autocomplete bool                                   `json:"autocomplete,omitempty"`
	Choices      []slashChoice                          `json:"choices,omitempty"`
	Options      []slashOption                          `json:"options,omitempty"`
}

type slashChoice struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// commandName is COMMAND without its slash, as Discord takes it.
func commandName(slash string) (string, error) {
	name := strings.TrimPrefix(slash, "/")
	if !reCommandName().MatchString(name) || name != strings.ToLower(name) {
		return "", fmt.Errorf("the command %q is not a slash and up to 32 letters, digits, hyphens and underscores in lower case", slash)
	}
	return name, nil
}

// reCommandName is Discord's own rule for names.
func reCommandName() *regexp.Regexp {
	return regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)
}

// commandSet is the one command of a deployment, with a subcommand for every
// word of the domain.
func commandSet(name string) []slashCommand {
	set := slashCommand{Type: discordgo.ChatApplicationCommand, Name: name, Description: "Channels of CRM records"}
	for _, verb := range command.Verbs() {
		sub := slashOption{
			Type: discordgo.ApplicationCommandOptionSubCommand, Name: string(verb), Description: summary(verb),
		}
		for _, o := range optionsOf(verb) {
			sub.Options = append(sub.Options, o.slash())
		}
		set.Options = append(set.Options, sub)
	}
	return []slashCommand{set}
}

func summary(verb command.Verb) string {
	return chattext.CutUnits(chattext.FirstOf(command.Summary(verb), string(verb)), maxSummary)
}

// commandData is the data of a command, also of one that is being typed.
type commandData struct {
	Name    string                           `json:"name"`
	Type    discordgo.ApplicationCommandType `json:"type"`
	Options []givenOption                    `json:"options"`
	// Resolved says who the users among the values are.
	Resolved struct {
		Users   map[string]user `json:"users"`
		Members map[string]struct {
			Nick string `json:"nick"`
		} `json:"members"`
	} `json:"resolved"`
}

// nameOf is what a user among the values is called; "" when nothing says it.
func (d commandData) nameOf(id string) string {
	u := d.Resolved.Users[id]
	return chattext.FirstOf(d.Resolved.Members[id].Nick, u.GlobalName, u.Username)
}

// givenOption is an option as somebody filled it in, or a subcommand.
type givenOption struct {
	Name    string          `json:"name"`
	Value   json.RawMessage `json:"value"`
	Focused bool            `json:"focused"`
	Options []givenOption   `json:"options"`
}

// text is the value as a person would type it.
func (o givenOption) text() string {
	var text string
	if json.Unmarshal(o.Value, &text) == nil {
		return strings.TrimSpace(text)
	}
	return strings.TrimSpace(string(o.Value))
}

// serveCommand answers the command.
func (in *Inbound) serveCommand(w http.ResponseWriter, r *http.Request, i interaction) {
	data, err := in.commandData(i)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	in.answer(w, r, i, later{first: deferredAnswer}, func(ctx context.Context) command.Answer {
		if data.Name != in.command {
			return command.Answer{Text: fmt.Sprintf(textOther, in.command)}
		}
		text, ok := commandText(data)
		if !ok {
			return command.Answer{Text: textQuotes}
		}
		return in.handler.Run(ctx, i.request(text))
	})
}

func (in *Inbound) commandData(i interaction) (commandData, error) {
	var data commandData
	if err := json.Unmarshal(i.Data, &data); err != nil {
		return commandData{}, errors.New("the data is not that of a command")
	}
	return data, nil
}
