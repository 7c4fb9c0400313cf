package command

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// answerLimit is how long an answer's text may be, in characters: less than what
// any platform shows in one piece (each adapter's limits say how much that is).
const answerLimit = 2900

// nameLimit is how much of a name is shown, in characters.
const nameLimit = 80

// page is an answer with a list that may be too long. Head and foot are
// always shown; lines are shown as far as there is room.
type page struct {
	head, foot []string
	lines      []line
}

// line is one line of a page. A heading is not counted among what is left
// out and does not stand alone.
type line struct {
	text    string
	heading bool
}

func (p *page) heading(text string) { p.lines = append(p.lines, line{text: text, heading: true}) }
func (p *page) item(text string)    { p.lines = append(p.lines, line{text: text}) }

// text puts the page together within limit characters; more says what is
// left out, given how many.
func (p *page) text(limit int, more func(left int) string) string {
	whole := p.join(len(p.lines), more)
	if utf8.RuneCountInString(whole) <= limit {
		return whole
	}
	room := limit - utf8.RuneCountInString(p.join(0, more))
	shown := 0
	for _, l := range p.lines {
		if room -= utf8.RuneCountInString(l.text) + 1; room < 0 {
			break
		}
		shown++
	}
	return cut(p.join(shown, more), limit)
}

func (p *page) join(shown int, more func(left int) string) string {
	left := 0
	for _, l := range p.lines[shown:] {
		if !l.heading {
			left++
		}
	}
	for shown > 0 && shown < len(p.lines) && p.lines[shown-1].heading {
		shown--
	}
	out := append([]string(nil), p.head...)
	for _, l := range p.lines[:shown] {
		out = append(out, l.text)
	}
	if left > 0 {
		out = append(out, more(left))
	}
	return strings.Join(append(out, p.foot...), "\n")
}

// cut shortens a text to limit characters, never within one.
func cut(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return string([]rune(text)[:limit-1]) + "…"
}

// oneLine makes CRM text fit into a line: no line breaks, no control
// characters, at most limit characters.
func oneLine(text string, limit int) string {
	text = strings.Join(strings.Fields(text), " ")
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, text)
	return cut(text, limit)
}
