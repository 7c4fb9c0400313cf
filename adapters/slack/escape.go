package slack

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"roomkeeper/adapters/internal/chattext"
)

// escapeText escapes the three characters by which mrkdwn mentions and links
// (docs.slack.dev/messaging/formatting-message-text); all else stays as it is.
func escapeText(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// unescapeText is the reverse of escapeText.
func unescapeText(text string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text)
}

// inert makes one line of text safe where Slack reads mrkdwn and no object can
// forbid it: the fallback text, which push notifications show. Control
// characters become look-alikes, so that nothing mentions, links or formats.
func inert(text string) string {
	text = chattext.OneLine(text)
	var out strings.Builder
	before := ' '
	for i, r := range text {
		after, _ := utf8.DecodeRuneInString(text[i+utf8.RuneLen(r):])
		out.WriteString(defused(before, r, after))
		before = r
	}
	return out.String()
}

// defused is r as it may stand between its neighbours.
func defused(before, r, after rune) string {
	switch r {
	case '&', '<':
		return escapeText(string(r))
	case '>':
		if before == ' ' {
			return "›" // a quotation begins with ">", escaped or not
		}
		return escapeText(string(r))
	case '@':
		return "＠" // here, channel, names, e-mail addresses
	case '#':
		return "＃"
	case '*':
		return "∗"
	case '~':
		return "∼"
	case '`':
		return "ˋ"
	case '_':
		if word(before) && word(after) {
			return "_"
		}
		return "＿"
	case ':':
		if after != ' ' && after != utf8.RuneError {
			return "꞉" // emoji names, and the scheme of an address
		}
	case '.':
		if word(before) && unicode.IsLetter(after) {
			return ".\u2060" // a word joiner: no host name, nothing to see
		}
	}
	return string(r)
}

func word(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// webLink reports whether text can be a button's link.
func webLink(text string) bool { return chattext.WebLink(text, maxURL) }
