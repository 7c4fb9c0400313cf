package discord

import (
	"regexp"
	"strings"
	"unicode"
)

// Longest names and topics, in characters (docs, resources/channel).
const (
	maxName       = 100
	maxTopic      = 1024
	maxForumTopic = 4096
)

// textName changes the name of a text channel as Discord does without a word: lower case, dashes for blanks, no
// punctuation but dashes and underscores. Discord documents none of it; letters and emoji of any script stay.
func textName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return '-'
		case r != '-' && r != '_' && r < unicode.MaxASCII && (unicode.IsPunct(r) || unicode.IsSymbol(r)) || unicode.IsControl(r):
			return -1
		default:
			return unicode.ToLower(r)
		}
	}, strings.TrimSpace(name))
	return strings.Trim(regexp.MustCompile(`-{2,}`).ReplaceAllString(name, "-"), "-")
}

// fitName is the name that a channel of a kind takes.
func fitName(kind int, name string) string {
	if kind == textChannel || kind == forumChannel {
		return textName(name)
	}
	return strings.TrimSpace(name)
}

// checkName refuses a name that the app gives. Which names Discord refuses beside those of a wrong length it does not
// publish.
func (c *call) checkName(f *form, name string) {
	if word := c.settings.RefuseNames; word != "" && strings.Contains(name, word) {
		f.wrong("name", "CHANNEL_NAME_INVALID", "This name is not allowed.")
	}
}

func (s Settings) reshaped(name string) string {
	if !s.ReshapeNames {
		return name
	}
	return strings.ReplaceAll(name, "_", "-")
}
