package command

import "strings"

// Quote writes a word so that it stays one word within a command. ok is false
// for what cannot be written: nothing, or blanks and quotation marks together.
func Quote(word string) (quoted string, ok bool) {
	if whole(word, word) {
		return word, true
	}
	quoted = `"` + word + `"`
	return quoted, word != "" && whole(quoted, word)
}

// whole reports whether text is read as exactly this word, wherever it stands.
func whole(text, word string) bool {
	words, ok := split(text + " x>") // a bracket left open would end there
	return ok && len(words) == 2 && words[0] == word && words[1] == "x>" && strings.TrimSpace(text) == text
}

// Words cuts a command into its words, as the grammar reads them; ok is false
// when a quotation mark is left open.
func Words(text string) (words []string, ok bool) { return split(text) }
