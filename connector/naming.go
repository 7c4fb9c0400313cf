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
	text := strings.NewReplacer("{name}", r.Name, "{kind}", string(r.Key.Kind), "{id}", r.Key.ID).Replace(template)
	name := strings.Trim(slug(text, alphabet), "-_")
	if name == "" {
		name = slug(string(r.Key.Kind)+"-"+r.Key.ID, AlphabetASCII)
	}
	suffix := nameSuffix(r.Key, attempt)
	return strings.TrimRight(cutRunes(name, limit-len(suffix)), "-_") + suffix
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
		part := string(r)
		switch {
		case r < unicode.MaxASCII && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_'):
		case alphabet == AlphabetASCII:
			part = foldLatin(r)
		case unicode.IsLetter(r) || unicode.IsDigit(r):
		case unicode.IsMark(r) && b.Len() > 0 && !gap:
		default:
			part = ""
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

// foldLatin writes an accented Latin letter in ASCII; "" for all others.
func foldLatin(r rune) string {
	for _, row := range [...]struct{ ascii, letters string }{
		{"a", "àáâãåāăąǎ"}, {"ae", "äæ"}, {"c", "çćĉċč"}, {"d", "ďđð"}, {"e", "èéêëēĕėęě"},
		{"g", "ĝğġģ"}, {"h", "ĥħ"}, {"i", "ìíîïĩīĭįıǐ"}, {"j", "ĵ"}, {"k", "ķ"}, {"l", "ĺļľŀł"},
		{"n", "ñńņňŋ"}, {"o", "òóôõøōŏőǒ"}, {"oe", "öœ"}, {"r", "ŕŗř"}, {"s", "śŝşšș"}, {"ss", "ß"},
		{"t", "ţťŧț"}, {"th", "þ"}, {"u", "ùúûũūŭůűųǔ"}, {"ue", "ü"}, {"w", "ŵ"}, {"y", "ýÿŷ"}, {"z", "źżž"},
	} {
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
