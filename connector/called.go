package connector

import "strings"

// Names as people type them.

// combining are the marks that Latin, Greek and Cyrillic letters carry, where a letter
// and its mark are two characters (unicode.org/charts/PDF/U0300.pdf).
const combiningFirst, combiningLast, diaeresis = 0x0300, 0x036F, 0x0308

// SameName reports whether two names are the same as people type them: case, blanks,
// and how letters with marks are written aside. An empty name is like none.
func SameName(a, b string) bool {
	x, y := nameWords(a), nameWords(b)
	return len(x) > 0 && strings.Join(x, " ") == strings.Join(y, " ")
}

// StartsName reports whether start is the first words of a name, as SameName compares.
func StartsName(name, start string) bool {
	have, want := nameWords(name), nameWords(start)
	return len(want) > 0 && len(have) >= len(want) && strings.Join(have[:len(want)], " ") == strings.Join(want, " ")
}

// HintsAtName reports whether a word of a name begins with start, of two characters at
// least, as SameName compares.
func HintsAtName(name, start string) bool {
	want := strings.Join(nameWords(start), " ")
	if len([]rune(want)) < 2 {
		return false
	}
	have := nameWords(name)
	for i := range have {
		if strings.HasPrefix(strings.Join(have[i:], " "), want) {
			return true
		}
	}
	return false
}

func nameWords(name string) []string { return strings.Fields(foldName(name)) }

// foldName writes Latin letters without marks, umlauts as two letters, whichever way
// they are encoded.
func foldName(name string) string {
	var b strings.Builder
	var last rune
	for _, r := range strings.ToLower(name) {
		switch {
		case r == diaeresis && strings.ContainsRune("aou", last):
			b.WriteByte('e')
		case r >= combiningFirst && r <= combiningLast, decorates(r):
		default:
			if ascii := foldLatin(r); ascii != "" {
				b.WriteString(ascii)
			} else {
				b.WriteRune(r)
			}
		}
		last = r
	}
	return b.String()
}
