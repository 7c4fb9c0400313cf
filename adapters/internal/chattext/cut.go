// Package chattext has what every chat adapter does to CRM text before it is
// escaped in its platform's own way: cutting it to a limit, making it fit for
// one line or several, telling a link from anything else.
package chattext

import (
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Ellipsis ends what was cut.
const Ellipsis = "…"

// Cut shortens text to at most limit characters, the last of them Ellipsis.
func Cut(text string, limit int) string {
	return cutBy(text, limit, func(rune) int { return 1 })
}

// CutUnits is Cut by UTF-16 units, the largest of the ways in which clients
// and servers of chat platforms count; it is for where too long means refused.
func CutUnits(text string, limit int) string { return cutBy(text, limit, UnitsOf) }

// UnitsOf is the length of a character in UTF-16 units.
func UnitsOf(r rune) int { return max(1, utf16.RuneLen(r)) }

// Units is the length of text in UTF-16 units.
func Units(text string) int {
	n := 0
	for _, r := range text {
		n += UnitsOf(r)
	}
	return n
}

func cutBy(text string, limit int, size func(rune) int) string {
	end, used := 0, 0
	for i, r := range text {
		if used+size(r) > limit {
			return text[:whole(text, end)] + tail(limit)
		}
		used += size(r)
		if used < limit { // leaves room for the ellipsis
			end = i + utf8.RuneLen(r)
		}
	}
	return text
}

func tail(limit int) string {
	if limit < 1 {
		return ""
	}
	return Ellipsis
}

// whole moves a cut back so that no character loses its marks, no joined or
// coloured emoji its rest and no flag its second half.
func whole(text string, end int) int {
	for end > 0 && end < len(text) {
		next, _ := utf8.DecodeRuneInString(text[end:])
		last, width := utf8.DecodeLastRuneInString(text[:end])
		if !continues(next) && last != zeroWidthJoiner && (!regional(next) || regionals(text[:end])%2 == 0) {
			return end
		}
		end -= width
	}
	return end
}

const zeroWidthJoiner = '\u200d'

// continues reports whether r belongs to the character before it: a joiner, a
// mark, a skin colour, or a tag as in the flags of regions.
func continues(r rune) bool {
	return r == zeroWidthJoiner || unicode.Is(unicode.M, r) || 0x1F3FB <= r && r <= 0x1F3FF || 0xE0020 <= r && r <= 0xE007F
}

// regional reports whether r is half of a flag.
func regional(r rune) bool { return 0x1F1E6 <= r && r <= 0x1F1FF }

// regionals counts the halves of flags that text ends with.
func regionals(text string) int {
	n := 0
	for text != "" {
		r, width := utf8.DecodeLastRuneInString(text)
		if !regional(r) {
			break
		}
		n++
		text = text[:len(text)-width]
	}
	return n
}
