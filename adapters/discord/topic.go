package discord

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"roomkeeper/connector"
)

// Limits of a channel, in characters (docs, resources/channel): a name has 100, a
// topic 1,024, which what the domain calls topic and purpose share.
const (
	maxName    = 100
	maxTopic   = 300
	maxPurpose = 400
	maxBoth    = 1024
)

// purposeMark begins the last line of a channel's topic, and the footer of a
// thread's message, that carry the purpose.
const purposeMark = "↳ "

// joinTopic makes a channel's topic: what people read and, in the last line, the
// purpose. "" for neither.
func joinTopic(topic, purpose string) string {
	line := purposeLine(purpose)
	switch {
	case line == "":
		return fit(topic, maxBoth)
	case topic == "":
		return fit(line, maxBoth)
	}
	return fit(topic, maxBoth-1-units(line)) + "\n" + line
}

// inertTopic makes a text of the CRM's a topic that names and links nothing: where
// one is read, it is parted by a joiner. plainTopic is the reverse, so that a topic
// that was read is equal to the one that was wanted.
func inertTopic(text string) string {
	var out strings.Builder
	before := ' '
	text = plainTopic(connector.Cut(text, maxTopic))
	for i, r := range text {
		after, _ := utf8.DecodeRuneInString(text[i+utf8.RuneLen(r):])
		out.WriteRune(r)
		if r == '<' || r == '@' || r == ':' && after == '/' || r == ']' && after == '(' ||
			r == '.' && wordRune(before) && unicode.IsLetter(after) {
			out.WriteString(joiner)
		}
		before = r
	}
	return out.String()
}

func plainTopic(text string) string { return strings.ReplaceAll(text, joiner, "") }

// splitTopic is the reverse of joinTopic, for whatever people made of it.
func splitTopic(text string) (topic, purpose string) {
	at := strings.LastIndexByte(text, '\n') + 1
	rest, marked := strings.CutPrefix(text[at:], purposeMark)
	if !marked {
		return text, ""
	}
	return strings.TrimRight(text[:at], "\n"), rest
}

// purposeLine is the purpose with its mark, in one line; "" for none.
func purposeLine(purpose string) string {
	if purpose == "" {
		return ""
	}
	return purposeMark + connector.Cut(strings.Join(strings.FieldsFunc(purpose, isBreak), " "), maxPurpose)
}

func isBreak(r rune) bool { return r == '\n' || r == '\r' }

// fit cuts a text to so many UTF-16 units, the largest of the ways to count.
func fit(text string, limit int) string {
	for units(text) > limit {
		text = connector.Cut(text, len([]rune(text))-1)
	}
	return text
}

func units(text string) int { return len(utf16.Encode([]rune(text))) }
