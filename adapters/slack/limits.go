package slack

import (
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Limits of Block Kit (docs.slack.dev/reference/block-kit), in characters
// unless said.
const (
	maxBlocks      = 50
	maxHeader      = 150
	maxSection     = 3000
	maxFields      = 10 // of one section
	maxField       = 2000
	maxButtons     = 25 // of one actions block
	maxButtonLabel = 75
	maxURL         = 3000
	// maxMessage is the sum over a message's blocks. Slack refused from about
	// 13,200 (github.com/slackapi/bolt-js/issues/2509).
	maxMessage = 12_500
	// maxFallback keeps the plain text below the 4,000 characters that
	// chat.update takes (docs.slack.dev/reference/methods/chat.update).
	maxFallback = 3000
)

const ellipsis = "…"

// cut shortens text to at most limit characters, the last of them "…".
func cut(text string, limit int) string {
	return cutBy(text, limit, func(rune) int { return 1 })
}

// cutUnits is cut by UTF-16 units, the largest of the ways in which Slack's
// clients and servers count; it is used where too long means refused.
func cutUnits(text string, limit int) string { return cutBy(text, limit, unitsOf) }

func unitsOf(r rune) int { return max(1, utf16.RuneLen(r)) }

// units is the length of text in UTF-16 units.
func units(text string) int {
	n := 0
	for _, r := range text {
		n += unitsOf(r)
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
	return ellipsis
}

// whole moves a cut back so that no character loses its marks, and no joined
// or coloured emoji its rest.
func whole(text string, end int) int {
	for end > 0 && end < len(text) {
		next, _ := utf8.DecodeRuneInString(text[end:])
		last, width := utf8.DecodeLastRuneInString(text[:end])
		if !continues(next) && last != zeroWidthJoiner {
			return end
		}
		end -= width
	}
	return end
}

const zeroWidthJoiner = '\u200d'

func continues(r rune) bool {
	return r == zeroWidthJoiner || unicode.Is(unicode.M, r) || 0x1F3FB <= r && r <= 0x1F3FF
}
