package discord

import (
	"fmt"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/adapters/internal/chattext"
	"roomkeeper/connector"
)

// Texts of a card that are the adapter's own.
const (
	textOpen    = "Open in CRM"
	textGone    = "Deleted in the CRM"
	textMore    = "%d more not shown"
	textDead    = "%d of the buttons cannot be pressed here"
	textNoLink  = "the link is too long for Discord"
	textButton  = "Button"
	textNothing = "Roomkeeper"
	// between parts what a line of small print says.
	between = " · "
	// refMark stands before a card's reference, which ends the footer.
	refMark = "ref "
)

// Colours of the bar beside a card; they only decorate.
const (
	colorCard = 0x1F4A3D
	colorHeld = 0xC27C0E
	colorGone = 0x747F8D
)

// Shares of a message's text: what has a fixed place comes first, fields get
// the rest.
const (
	maxBody     = 3000 // of a description beside fields
	maxFootnote = 600
	maxInline   = 40 // a field with a longer value gets a line of its own
)

// builder lays a card out within Discord's limits.
type builder struct {
	embeds []*discordgo.MessageEmbed
	budget int
}

// embedOf renders a card, with ref as its reference at the end of the last
// footer; "" leaves that out. CRM text is escaped wherever Discord reads
// Markdown: in titles, descriptions and fields. Authors, footers and labels of
// buttons are plain text.
func embedOf(card connector.Card, ref string) ([]*discordgo.MessageEmbed, []discordgo.MessageComponent) {
	return layOut(card, ref, maxEmbedText)
}

// cardWithin is embedOf without a reference, in a message whose embeds have
// only so much room left.
func cardWithin(card connector.Card, budget int) ([]*discordgo.MessageEmbed, []discordgo.MessageComponent) {
	return layOut(card, "", budget)
}

func layOut(card connector.Card, ref string, budget int) ([]*discordgo.MessageEmbed, []discordgo.MessageComponent) {
	rows, dead, missing := buttonsOf(card)
	b := &builder{budget: budget}
	b.card(card, ref, dead, missing)
	return b.embeds, rows
}

func (b *builder) card(card connector.Card, ref string, dead, missing int) {
	pairs := pairsOf(card)
	head := &discordgo.MessageEmbed{Color: colorOf(card)}
	b.embeds = []*discordgo.MessageEmbed{head}
	b.author(head, card)
	title := chattext.OneLine(chattext.FirstOf(card.Title, card.Label, textNothing))
	head.Title = b.take(escapeCut(title, maxTitle))
	b.titleLink(head, card.URL)

	// The footer's room is kept back until it is known what it must say.
	footer := newFooter(card, ref, dead)
	b.budget -= footer.reserve()
	b.description(head, card, title, len(pairs) > 0)
	shown := b.pairs(pairs)
	b.budget += footer.reserve()

	footer.missing = missing + len(pairs) - shown
	last := b.embeds[len(b.embeds)-1]
	if text := b.take(footer.text(min(maxFooter, b.budget))); text != "" {
		last.Footer = &discordgo.MessageEmbedFooter{Text: text}
	}
	if !card.At.IsZero() {
		last.Timestamp = card.At.UTC().Format(time.RFC3339) // shown in the reader's own zone
	}
}

// take books text on the budget.
func (b *builder) take(text string) string {
	b.budget -= chattext.Units(text)
	return text
}

// author says what the card is about and who did it.
func (b *builder) author(e *discordgo.MessageEmbed, card connector.Card) {
	parts := nonEmpty(chattext.CutUnits(chattext.OneLine(card.Label), maxAuthorName/2), chattext.OneLine(card.Author))
	if name := b.take(chattext.CutUnits(strings.Join(parts, between), maxAuthorName)); name != "" {
		e.Author = &discordgo.MessageEmbedAuthor{Name: name}
	}
}

// titleLink makes the title lead to the CRM when the address is too long for a
// button.
func (b *builder) titleLink(e *discordgo.MessageEmbed, address string) {
	if link, ok := linkOf(address); ok && len(link) > maxButtonURL {
		e.URL = link
	}
}

// description is the text; before it stand that the subject is gone, and a
// title that was cut, whole.
func (b *builder) description(e *discordgo.MessageEmbed, card connector.Card, title string, beside bool) {
	limit := min(maxDescription, b.budget)
	if beside {
		limit = min(maxBody, limit)
	}
	var parts []string
	if card.Gone {
		parts = append(parts, textGone)
	}
	if chattext.Units(escapeText(title)) > maxTitle {
		parts = append(parts, title)
	}
	parts = nonEmpty(append(parts, chattext.Lines(card.Text))...)
	e.Description = b.take(escapeCut(strings.Join(parts, "\n"), limit))
}

// pairsOf are the changes and fields as label and value.
func pairsOf(card connector.Card) [][2]string {
	var pairs [][2]string
	for _, c := range card.Changes {
		before, after := chattext.FirstOf(chattext.OneLine(c.Before), "–"), chattext.FirstOf(chattext.OneLine(c.After), "–")
		pairs = append(pairs, [2]string{chattext.FirstOf(c.Label, c.Key, "–"), before + " → " + after})
	}
	for _, f := range card.Fields {
		pairs = append(pairs, [2]string{chattext.FirstOf(f.Label, f.Key, "–"), chattext.FirstOf(chattext.Lines(f.Value), "–")})
	}
	return pairs
}

// pairs shares what is left among all pairs, and returns for how many there
// was a place: 25 in an embed, which may be followed by others.
func (b *builder) pairs(pairs [][2]string) (shown int) {
	const smallest = 40 // a field cut below this tells nothing
	shown = min(len(pairs), maxEmbeds*maxEmbedFields, max(0, b.budget/smallest))
	for i, pair := range pairs[:shown] {
		last := b.embeds[len(b.embeds)-1]
		if len(last.Fields) == maxEmbedFields {
			last = &discordgo.MessageEmbed{Color: last.Color}
			b.embeds = append(b.embeds, last)
		}
		share := max(smallest, b.budget/(shown-i))
		name := b.take(escapeCut(chattext.OneLine(pair[0]), min(maxFieldName, share/2)))
		value := b.take(escapeCut(pair[1], min(maxFieldValue, share-chattext.Units(name))))
		last.Fields = append(last.Fields, &discordgo.MessageEmbedField{
			Name: name, Value: value, Inline: chattext.Units(value) <= maxInline && !strings.Contains(value, "\n"),
		})
	}
	return shown
}

func colorOf(card connector.Card) int {
	if card.Gone {
		return colorGone
	}
	for _, b := range card.Buttons {
		if b.Danger {
			return colorHeld
		}
	}
	return colorCard
}

// footer is a card's small print.
type footer struct {
	missing, dead int
	noLink        bool
	note, ref     string
}

func newFooter(card connector.Card, ref string, dead int) footer {
	_, fits := linkOf(card.URL)
	return footer{
		dead: dead, ref: ref,
		noLink: !fits && chattext.WebLink(card.URL, len(card.URL)),
		note:   chattext.CutUnits(chattext.OneLine(card.Footnote), maxFootnote),
	}
}

// reserve is at least as long as text can become.
func (f footer) reserve() int {
	f.missing = 1_000_000
	return chattext.Units(f.text(maxFooter))
}

// text says first what is not shown, and the reference last: refOf looks for
// it there, whatever a footnote holds.
func (f footer) text(limit int) string {
	var parts []string
	if f.missing > 0 {
		parts = append(parts, fmt.Sprintf(textMore, f.missing))
	}
	if f.dead > 0 {
		parts = append(parts, fmt.Sprintf(textDead, f.dead))
	}
	if f.noLink {
		parts = append(parts, textNoLink)
	}
	parts = nonEmpty(append(parts, f.note)...)
	if f.ref == "" {
		return chattext.CutUnits(strings.Join(parts, between), limit)
	}
	ref := refMark + f.ref
	if len(parts) == 0 {
		return ref
	}
	ref = between + ref
	return chattext.CutUnits(strings.Join(parts, between), limit-chattext.Units(ref)) + ref
}

// refOf is the reference that embedOf put into a card; "" when there is none.
func refOf(embeds []*discordgo.MessageEmbed) string {
	if len(embeds) == 0 || embeds[len(embeds)-1].Footer == nil {
		return ""
	}
	text := between + embeds[len(embeds)-1].Footer.Text
	at := strings.LastIndex(text, between+refMark)
	if at < 0 {
		return ""
	}
	return text[at+len(between+refMark):]
}

func nonEmpty(texts ...string) []string {
	var out []string
	for _, text := range texts {
		if text != "" {
			out = append(out, text)
		}
	}
	return out
}
