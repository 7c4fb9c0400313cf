package connector

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode"
)

// Alphabet says which letters a workspace takes in channel names.
type Alphabet string

// Any script is tried first; a workspace that refused a name gets ASCII from
// then on.
const (
	AlphabetAny   Alphabet = "any"
	AlphabetASCII Alphabet = "ascii"
)

// ChannelName makes the name that a Record's channel should have: lower case,
// letters, digits, "-" and "_", at most limit characters. attempt 0 is the
// plain name; later attempts carry a short hash of the Record's id, the same
// each time. Equal arguments give equal names.
func ChannelName(template string, r Record, alphabet Alphabet, limit, attempt int) string {
	called := r.Name
	if unwritable(called, alphabet) {
		called = substitute(template, r.Key)
	}
	text := strings.NewReplacer("{name}", called, "{kind}", string(r.Key.Kind), "{id}", r.Key.ID).Replace(template)
	name := strings.Trim(slug(text, alphabet), "-_")
	if name == "" {
		name = slug(string(r.Key.Kind)+"-"+r.Key.ID, AlphabetASCII)
	}
	suffix := nameSuffix(r.Key, attempt)
	return strings.TrimRight(cutRunes(name, limit-len(suffix)), "-_") + suffix
}

// unwritable reports whether nothing is left of a name that tells it from others:
// its letters are none that the workspace takes.
func unwritable(name string, alphabet Alphabet) bool {
	left := slug(name, alphabet)
	if strings.Trim(left, "-_") == "" {
		return true
	}
	return alphabet == AlphabetASCII && strings.ContainsFunc(name, unicode.IsLetter) &&
		!strings.ContainsFunc(left, unicode.IsLetter)
}

// substitute stands for a name that cannot be written: the Record's kind and id, as
// far as the template does not have them.
func substitute(template string, key RecordKey) string {
	var parts []string
	if !strings.Contains(template, "{kind}") {
		parts = append(parts, string(key.Kind))
	}
	if !strings.Contains(template, "{id}") {
		parts = append(parts, key.ID)
	}
	return strings.Join(parts, "-")
}

func nameSuffix(key RecordKey, attempt int) string {
	if attempt == 0 {
		return ""
	}
	sum := sha256.Sum256([]byte(key.String()))
	suffix := "-" + hex.EncodeToString(sum[:3])
	if attempt > 1 {
		suffix += "-" + strconv.Itoa(attempt)
	}
	return suffix
}

// slug keeps letters, digits and "_" and turns every other run of characters
// into one "-".
func slug(text string, alphabet Alphabet) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(text) {
		part, silent := "", false
		switch {
		case r < unicode.MaxASCII && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_'):
			part = string(r)
		case decorates(r):
			silent = true
		case alphabet == AlphabetASCII:
			part, silent = foldLatin(r), unicode.IsMark(r)
		case unicode.IsLetter(r) || unicode.IsDigit(r), unicode.IsMark(r) && b.Len() > 0 && !gap:
			part = string(r)
		}
		if silent {
			continue
		}
		if part == "" {
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte('-')
		}
		gap = false
		b.WriteString(part)
	}
	return b.String()
}

// decorates reports whether a character changes only how its neighbours look, so
// that a word goes on over it: joiners, variation selectors, enclosing marks. In a
// name they would be refused, or make two names that look alike.
func decorates(r rune) bool {
	return r == 0x200C || r == 0x200D || r == 0x00AD || unicode.Is(unicode.Variation_Selector, r) || unicode.Is(unicode.Me, r)
}

// foldLatin writes a Latin letter in ASCII; "" for all others.
func foldLatin(r rune) string {
	if r >= 0xFF41 && r <= 0xFF5A { // full width
		return string(r - 0xFF41 + 'a')
	}
	if r >= 0xFF10 && r <= 0xFF19 {
		return string(r - 0xFF10 + '0')
	}
	for _, row := range latin() {
		if strings.ContainsRune(row.letters, r) {
			return row.ascii
		}
	}
	return ""
}

// cutRunes cuts text to at most n characters, never inside one.
func cutRunes(text string, n int) string {
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}

// Cut shortens text to at most n characters, the last one "…" when something
// was cut.
func Cut(text string, n int) string {
	if short := cutRunes(text, n); short == text {
		return text
	}
	if n <= 0 {
		return ""
	}
	return cutRunes(text, n-1) + "…"
}
