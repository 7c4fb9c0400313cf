package discord

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"roomkeeper/adapters/internal/chattext"
)

// joiner is a character without width or line break. It parts what a client
// would read as one: a mention, a time, the scheme of an address. A backslash
// alone is not enough there: Discord's servers look for mentions, and phones
// for addresses, without a thought for it.
const joiner = "\u2060"

// escapeText makes text inert where Discord reads Markdown
// (docs.discord.com/developers/reference, "Message Formatting"): it is shown
// as it is and neither formats, mentions, links nor counts as a time or emoji.
// Its line breaks stay; it is taken to begin a line.
func escapeText(text string) string {
	var out strings.Builder
	before, lineStart := '\n', true
	for i, r := range text {
		after, _ := utf8.DecodeRuneInString(text[i+utf8.RuneLen(r):])
		out.WriteString(escaped(before, r, after, lineStart))
		lineStart = r == '\n' || lineStart && (unicode.IsSpace(r) || unicode.IsDigit(r) && !unicode.IsSpace(after))
		before = r
	}
	return out.String()
}

// escaped is r as it may stand between its neighbours. lineStart: nothing but
// blanks, or the number of a list, stands before it in its line.
func escaped(before, r, after rune, lineStart bool) string {
	switch r {
	case '\\', '*', '_', '~', '`', '|', '>', '#', '[', ']':
		return `\` + string(r)
	case '<':
		return `\<` + joiner // mentions, channels, emoji, times, commands, guild pages
	case '@':
		return "@" + joiner // everyone, here, names
	case ':':
		if after == '/' {
			return `\:` + joiner // the scheme of an address
		}
		if !unicode.IsSpace(after) && after != utf8.RuneError {
			return `\:` // emoji names
		}
	case '-', '+':
		if lineStart {
			return `\` + string(r) // lists, small print
		}
	case '.', ')':
		if lineStart && unicode.IsDigit(before) {
			return `\` + string(r) // numbered lists
		}
		if r == '.' && wordRune(before) && unicode.IsLetter(after) {
			return "." + joiner // host names, which invitations go by
		}
	}
	return string(r)
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// escapeCut escapes text and cuts it, at a character's end, so that what is
// sent has at most limit UTF-16 units.
func escapeCut(text string, limit int) string {
	for room := min(limit, chattext.Units(text)); room > 0; {
		out := escapeText(chattext.CutUnits(text, room))
		over := chattext.Units(out) - limit
		if over <= 0 {
			return out
		}
		room -= max(1, over/4) // an escape adds three units at most to one
	}
	return ""
}
