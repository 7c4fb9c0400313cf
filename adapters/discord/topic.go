package discord

import (
	"strings"
	"unicode/utf16"

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

// topicText is what the domain calls topic as it stands in a channel's: clients
// read it as Markdown, in which nothing of it may mention or link.
func topicText(topic string) string { return escapeText(connector.Cut(topic, maxTopic)) }

// readTopic is the reverse of topicText.
func readTopic(text string) string {
	var out strings.Builder
	escaped := false
	for _, r := range strings.ReplaceAll(text, joiner, "") {
		if escaped = r == '\\' && !escaped; !escaped {
			out.WriteRune(r)
		}
	}
	return out.String()
}

// joinTopic makes a channel's topic: a text that people read and, in the last
// line, the purpose. "" for neither.
func joinTopic(text, purpose string) string {
	line := purposeLine(purpose)
	switch {
	case line == "":
		return fit(text, maxBoth)
	case text == "":
		return fit(line, maxBoth)
	}
	return fit(text, maxBoth-1-units(line)) + "\n" + line
}

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
