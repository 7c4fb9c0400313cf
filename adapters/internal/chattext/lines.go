package chattext

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lines makes text fit to be shown, line breaks kept: valid UTF-8 without
// control characters or blank edges. It changes nothing that is shown.
func Lines(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text))
}

// OneLine is Lines with every run of white space as one space.
func OneLine(text string) string { return strings.Join(strings.Fields(Lines(text)), " ") }

// FirstOf returns the first text that shows something, as it is; "" when none does.
func FirstOf(texts ...string) string {
	for _, text := range texts {
		if OneLine(text) != "" {
			return text
		}
	}
	return ""
}

// WebLink reports whether text can be a link for people: absolute, http or
// https, without a name or password in it, and of at most limit characters.
func WebLink(text string, limit int) bool {
	if text == "" || utf8.RuneCountInString(text) > limit || strings.ContainsFunc(text, unicode.IsSpace) {
		return false
	}
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && u.User == nil && (u.Scheme == "http" || u.Scheme == "https")
}
