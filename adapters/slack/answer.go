package slack

import (
	"strings"
	"unicode/utf8"

	slackapi "github.com/slack-go/slack"

	"roomkeeper/adapters/internal/chattext"
	"roomkeeper/connector/command"
)

// renderAnswer renders an answer: its Text as plain text, in which nothing
// mentions, links or formats, and its Card below. The first result is what
// notifications and clients without blocks show.
func renderAnswer(a command.Answer) (text string, blocks []slackapi.Block) {
	text = chattext.CutUnits(chattext.Lines(a.Text), maxMessage)
	for _, part := range sections(text) {
		object := slackapi.NewTextBlockObject(slackapi.PlainTextType, part, false, false)
		blocks = append(blocks, slackapi.NewSectionBlock(object, nil, nil))
	}
	if a.Card == nil {
		return escapeText(text), blocks
	}
	blocks = append(blocks, cardBlocks(*a.Card)...)
	if text == "" {
		return fallback(*a.Card), blocks
	}
	return escapeText(text), blocks
}

// sections cuts text into parts that a section block takes, at the end of a
// line where there is one in the second half of a part.
func sections(text string) []string {
	var parts []string
	for chattext.Units(text) > maxSection {
		end, used := 0, 0
		for i, r := range text {
			if used += chattext.UnitsOf(r); used > maxSection {
				break
			}
			end = i + utf8.RuneLen(r)
		}
		if line := strings.LastIndexByte(text[:end], '\n'); line > end/2 {
			end = line
		}
		parts = append(parts, text[:end])
		text = strings.TrimLeft(text[end:], "\n")
	}
	if text != "" {
		parts = append(parts, text)
	}
	return parts
}
