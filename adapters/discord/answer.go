package discord

import (
	"strings"
	"unicode"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/adapters/internal/chattext"
	"roomkeeper/connector/command"
)

const (
	// maxContent is the longest content of a message
	// (docs.discord.com/developers/resources/message).
	maxContent  = 2000
	textChannel = "Open channel"
	textDone    = "Done."
)

// answerData is what an answer shows. Lists are never left out, so that an
// answer that replaces a message leaves nothing of it.
type answerData struct {
	Content    string                       `json:"content"`
	Embeds     []*discordgo.MessageEmbed    `json:"embeds"`
	Components []discordgo.MessageComponent `json:"components"`
	Mentions   mentions                     `json:"allowed_mentions"`
	Flags      discordgo.MessageFlags       `json:"flags,omitempty"`
}

// mentions allows none.
type mentions struct {
	Parse []string `json:"parse"`
}

func noMentions() mentions { return mentions{Parse: []string{}} }

// renderAnswer renders an answer: its Text as content, or as embeds when it is
// longer than content may be, its Card below, and its Link as a button. An
// answer is never empty: Discord tells people of an error then.
func renderAnswer(a command.Answer) answerData {
	out := answerData{
		Embeds: []*discordgo.MessageEmbed{}, Components: []discordgo.MessageComponent{}, Mentions: noMentions(),
	}
	budget := maxEmbedText
	text := chattext.Lines(a.Text)
	if a.Card == nil && text == "" {
		text = textDone
	}
	if plain := escapeText(text); chattext.Units(plain) <= maxContent {
		out.Content = plain
	} else {
		room := maxEmbedText
		if a.Card != nil {
			room /= 2
		}
		for _, part := range partsOf(text, room) {
			out.Embeds = append(out.Embeds, &discordgo.MessageEmbed{Description: part})
			budget -= chattext.Units(part)
		}
	}
	if a.Card != nil {
		embeds, rows := cardWithin(*a.Card, budget)
		out.Embeds, out.Components = append(out.Embeds, embeds...), append(out.Components, rows...)
	}
	link, ok := linkOf(a.Link)
	if ok && link == a.Link {
		out.follow(link)
	}
	if ok && len(link) <= maxButtonURL && len(out.Components) < maxRows {
		out.Components = append(out.Components, discordgo.ActionsRow{Components: []discordgo.MessageComponent{
			discordgo.Button{Label: textChannel, Style: discordgo.LinkButton, URL: link},
		}})
	}
	return out
}

// follow lets an address of the platform's own be followed wherever a text names it,
// which is escaped there like all that is not ours. What goes on behind it is another
// address, and stays inert.
func (d *answerData) follow(link string) {
	inert := escapeText(link)
	open := func(text string) string {
		parts := strings.Split(text, inert)
		out := parts[0]
		for _, after := range parts[1:] {
			rest := strings.TrimLeft(after, ".,")
			begins := out == "" || strings.TrimRightFunc(out, unicode.IsSpace) != out
			ends := rest == "" || strings.TrimLeftFunc(rest, unicode.IsSpace) != rest
			if begins && ends {
				out += link + after
			} else {
				out += inert + after
			}
		}
		return out
	}
	d.Content = open(d.Content)
	for _, embed := range d.Embeds {
		embed.Description = open(embed.Description)
		for _, field := range embed.Fields {
			field.Value = open(field.Value)
		}
	}
}

// partsOf cuts text at the ends of lines into escaped parts that a description
// takes, of limit units together; where text is left out stands an ellipsis.
func partsOf(text string, limit int) []string {
	var parts []string
	part := ""
	limit -= len("\n") + chattext.Units(chattext.Ellipsis)
	flush := func() {
		if part != "" {
			parts, limit, part = append(parts, part), limit-chattext.Units(part), ""
		}
	}
	for line := range strings.SplitSeq(text, "\n") {
		next := escapeText(line)
		if part != "" && chattext.Units(part)+len("\n")+chattext.Units(next) <= min(maxDescription, limit) {
			part += "\n" + next
			continue
		}
		flush()
		room := min(maxDescription, limit)
		if chattext.Units(next) <= room {
			part = next
			continue
		}
		if part = escapeCut(line, room); part == "" && len(parts) > 0 {
			parts[len(parts)-1] += "\n" + chattext.Ellipsis
		}
		break
	}
	flush()
	return parts
}
