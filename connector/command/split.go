package command

import (
	"strings"
	"unicode"
)

// split cuts a command into words. Double quotes, straight or curly, keep
// spaces within a word, also after "@"; so do the angle brackets that chat
// platforms put around mentions and links. ok is false when a quote is left open.
func split(text string) (words []string, ok bool) {
	rest := strings.TrimSpace(text)
	for rest != "" {
		var word string
		word, rest, ok = next(rest)
		if !ok {
			return nil, false
		}
		words = append(words, word)
		rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
	}
	return words, true
}

func next(s string) (word, rest string, ok bool) {
	prefix := ""
	if strings.HasPrefix(s, "@") {
		prefix, s = "@", s[1:]
	}
	if first := firstRune(s); isQuote(first) {
		body := s[len(string(first)):]
		end := strings.IndexFunc(body, isQuote)
		if end < 0 {
			return "", "", false
		}
		return prefix + body[:end], body[end+len(string(firstRune(body[end:]))):], true
	}
	if bracketed(s) {
		if end := strings.IndexByte(s, '>'); end > 0 {
			return prefix + s[:end+1], s[end+1:], true
		}
	}
	end := strings.IndexFunc(s, unicode.IsSpace)
	if end < 0 {
		return prefix + s, "", true
	}
	return prefix + s[:end], s[end:], true
}

func bracketed(s string) bool {
	return strings.HasPrefix(s, "<@") || strings.HasPrefix(s, "<http")
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

func isQuote(r rune) bool { return r == '"' || r == '“' || r == '”' || r == '„' }
