package slack

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName is the longest channel name, in characters (conversations.create).
const maxName = 80

// checkName says why a channel name is refused: a code of conversations.create, or "". Letters of other
// scripts pass unless ascii is set: no source says which of the two Slack does.
func checkName(name string, ascii bool) string {
	if name == "" {
		return "invalid_name_required"
	}
	if utf8.RuneCountInString(name) > maxName {
		return "invalid_name_maxlength"
	}
	punctuation := true
	for _, r := range name {
		if r == '-' || r == '_' {
			continue
		}
		if !nameRune(r, ascii) {
			if unicode.IsPunct(r) && strings.IndexFunc(name, isWordRune) < 0 {
				return "invalid_name_punctuation"
			}
			return "invalid_name_specials"
		}
		punctuation = false
	}
	if punctuation {
		return "invalid_name_punctuation"
	}
	return ""
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func nameRune(r rune, ascii bool) bool {
	if r < utf8.RuneSelf || ascii {
		return 'a' <= r && r <= 'z' || '0' <= r && r <= '9'
	}
	if unicode.IsUpper(r) || unicode.IsTitle(r) {
		return false
	}
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r)
}

// fitName changes a name as conversations.rename may do silently: lower case, blanks to hyphens.
func fitName(name string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), " ", "-")
}

// refusal is why a name that the app gives is refused, as checkName says it.
func (s Settings) refusal(name string) string {
	if s.RefuseNames != "" && strings.Contains(name, s.RefuseNames) {
		return "invalid_name"
	}
	return checkName(name, s.ASCIINames)
}

func (s Settings) reshaped(name string) string {
	if !s.ReshapeNames {
		return name
	}
	return strings.ReplaceAll(name, "_", "-")
}
