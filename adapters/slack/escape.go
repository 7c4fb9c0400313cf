package slack

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lines makes text fit for a plain_text object, line breaks kept: valid UTF-8
// without control characters or blank edges. It changes nothing that is shown.
func lines(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text))
}

// oneLine is lines with every run of white space as one space.
func oneLine(text string) string { return strings.Join(strings.Fields(lines(text)), " ") }

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
	text = oneLine(text)
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

// webLink reports whether text can be a button's link: absolute, http or
// https, without a name or password in it, and not too long.
func webLink(text string) bool {
	if text == "" || utf8.RuneCountInString(text) > maxURL || strings.ContainsFunc(text, unicode.IsSpace) {
		return false
	}
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && u.User == nil && (u.Scheme == "http" || u.Scheme == "https")
}
