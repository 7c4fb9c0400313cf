package slack

import (
	"fmt"
	"strings"
	"time"

	slackapi "github.com/slack-go/slack"

	"roomkeeper/adapters/internal/chattext"
	"roomkeeper/connector"
)

// Texts of the adapter's own.
const (
	textOpen    = "Open in CRM"
	textGone    = "Deleted in the CRM"
	textMore    = "%d more not shown"
	textNothing = "Roomkeeper"
)

// openAction is the action_id of the link button; a press of it asks for
// nothing, the client opens the link.
const openAction = "open.crm"

// Shares of a message's budget: what has a fixed place comes first, fields get
// the rest.
const (
	maxLabel    = 200
	maxAuthor   = 200
	maxFootnote = 1000
	maxGroups   = 40 // sections of fields and changes together
)

// builder lays a card out within Slack's limits.
type builder struct {
	blocks []slackapi.Block
	budget int
}

// cardBlocks renders a card. CRM text is only ever in plain_text objects, which
// neither mention, link nor format.
func cardBlocks(card connector.Card) []slackapi.Block {
	b := &builder{budget: maxMessage}
	b.context(card.Label, maxLabel)
	b.header(chattext.FirstOf(card.Title, card.Label, textNothing))
	if card.Gone {
		b.context(textGone, maxLabel)
	}
	b.section(card.Text)

	rest := &builder{budget: b.budget}
	rest.signature(card.Author, card.At)
	rest.actions(card)
	rest.context(card.Footnote, maxFootnote)

	b.budget = rest.budget
	b.pairs(pairsOf(card))
	return append(b.blocks, rest.blocks...)
}

// plain takes up to limit characters out of the budget; nil when nothing is left.
func (b *builder) plain(text string, limit int) *slackapi.TextBlockObject {
	text = chattext.CutUnits(text, min(limit, b.budget))
	if text == "" {
		return nil
	}
	b.budget -= chattext.Units(text)
	return slackapi.NewTextBlockObject(slackapi.PlainTextType, text, false, false)
}

// header shows the title; one that is too long follows whole.
func (b *builder) header(title string) {
	title = chattext.OneLine(title)
	if text := b.plain(title, maxHeader); text != nil {
		b.blocks = append(b.blocks, slackapi.NewHeaderBlock(text))
	}
	if chattext.Units(title) > maxHeader {
		b.section(title)
	}
}

func (b *builder) context(text string, limit int) {
	if object := b.plain(chattext.Lines(text), limit); object != nil {
		b.blocks = append(b.blocks, slackapi.NewContextBlock("", object))
	}
}

func (b *builder) section(text string) {
	if object := b.plain(chattext.Lines(text), maxSection); object != nil {
		b.blocks = append(b.blocks, slackapi.NewSectionBlock(object, nil, nil))
	}
}

// signature is who and when; the time is shown in the reader's own zone.
func (b *builder) signature(author string, at time.Time) {
	var elements []slackapi.MixedElement
	if object := b.plain(chattext.OneLine(author), maxAuthor); object != nil {
		elements = append(elements, object)
	}
	if !at.IsZero() {
		date := fmt.Sprintf("<!date^%d^{date_short_pretty} {time}|%s>", at.Unix(), stamp(at))
		b.budget -= chattext.Units(date)
		elements = append(elements, slackapi.NewTextBlockObject(slackapi.MarkdownType, date, false, true))
	}
	if len(elements) > 0 {
		b.blocks = append(b.blocks, slackapi.NewContextBlock("", elements...))
	}
}

func stamp(at time.Time) string { return at.UTC().Format("2006-01-02 15:04 UTC") }

// actions are the card's buttons and the link. A button's Value is opaque and
// never cut: one that Slack does not take is a defect, and refused as such.
func (b *builder) actions(card connector.Card) {
	var buttons []slackapi.BlockElement
	for _, button := range card.Buttons {
		text := b.plain(chattext.OneLine(chattext.FirstOf(button.Label, string(button.ID))), maxButtonLabel)
		if text == nil || len(buttons) == maxButtons-1 {
			break
		}
		element := slackapi.NewButtonBlockElement(string(button.ID), button.Value, text)
		switch {
		case button.Danger:
			element.Style = slackapi.StyleDanger
		case button.Primary:
			element.Style = slackapi.StylePrimary
		}
		buttons = append(buttons, element)
	}
	if webLink(card.URL) {
		if text := b.plain(chattext.FirstOf(card.LinkLabel, textOpen), maxButtonLabel); text != nil {
			link := slackapi.NewButtonBlockElement(openAction, "", text)
			link.URL = card.URL
			buttons = append(buttons, link)
		}
	}
	if len(buttons) > 0 {
		b.blocks = append(b.blocks, slackapi.NewActionBlock("", buttons...))
	}
}

// pairsOf are the changes and fields as label and value.
func pairsOf(card connector.Card) [][2]string {
	var pairs [][2]string
	for _, c := range card.Changes {
		before, after := chattext.FirstOf(chattext.OneLine(c.Before), "–"), chattext.FirstOf(chattext.OneLine(c.After), "–")
		pairs = append(pairs, [2]string{chattext.FirstOf(c.Label, c.Key), before + " → " + after})
	}
	for _, f := range card.Fields {
		pairs = append(pairs, [2]string{chattext.FirstOf(f.Label, f.Key), chattext.FirstOf(chattext.Lines(f.Value), "–")})
	}
	return pairs
}

// pairs shares what is left among all pairs and says how many found no place.
func (b *builder) pairs(pairs [][2]string) {
	const smallest = 40 // a field cut below this tells nothing
	note := chattext.Units(fmt.Sprintf(textMore, len(pairs)))
	shown := min(len(pairs), maxGroups*maxFields, max(0, (b.budget-note)/smallest))
	b.budget -= note
	var fields []*slackapi.TextBlockObject
	for i, pair := range pairs[:shown] {
		share := min(maxField, max(smallest, b.budget/(shown-i)))
		label := chattext.CutUnits(chattext.OneLine(pair[0]), share/2)
		text := strings.TrimSpace(label + "\n" + chattext.CutUnits(pair[1], share-chattext.Units(label)-1))
		if object := b.plain(text, share); object != nil {
			fields = append(fields, object)
		}
	}
	for len(fields) > 0 {
		n := min(maxFields, len(fields))
		b.blocks = append(b.blocks, slackapi.NewSectionBlock(nil, fields[:n], nil))
		fields = fields[n:]
	}
	b.budget += note
	if missing := len(pairs) - shown; missing > 0 {
		b.context(fmt.Sprintf(textMore, missing), maxLabel)
	}
}

// fallback is the card as one line of plain text, for notifications and
// clients that show no blocks.
func fallback(card connector.Card) string {
	texts := []string{card.Label, card.Title}
	if card.Gone {
		texts = append(texts, textGone)
	}
	texts = append(texts, card.Text)
	for _, c := range card.Changes {
		texts = append(texts, chattext.FirstOf(c.Label, c.Key)+": "+chattext.FirstOf(c.Before, "–")+" → "+chattext.FirstOf(c.After, "–"))
	}
	texts = append(texts, card.Author)

	const between = " | "
	line := ""
	for _, text := range texts {
		part := inert(chattext.Cut(chattext.OneLine(text), maxHeader)) // cut before it is escaped: no half of "&amp;"
		switch {
		case part == "":
		case line == "":
			line = part
		case chattext.Units(line)+chattext.Units(between)+chattext.Units(part) > maxFallback:
			return line + between + chattext.Ellipsis
		default:
			line += between + part
		}
	}
	return chattext.FirstOf(line, textNothing)
}
