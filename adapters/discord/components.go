package discord

import (
	"net/url"
	"strings"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/adapters/internal/chattext"
	"roomkeeper/connector"
)

// customID is what a button carries: the action, and the value after a colon.
// Action ids of the product hold no colon. The values in use are the ids of a
// Group and a Plan, 43 characters; ok is false for one that Discord would
// refuse, since nothing is kept here that a short reference could stand for.
func customID(b connector.Button) (id string, ok bool) {
	id = string(b.ID)
	if b.Value != "" {
		id += ":" + b.Value
	}
	return id, id != "" && chattext.Units(id) <= maxCustomID && id == chattext.Lines(id)
}

// actionOf is the reverse of customID.
func actionOf(custom string) (connector.ActionID, string) {
	id, value, _ := strings.Cut(custom, ":")
	return connector.ActionID(id), value
}

// buttonsOf are a card's buttons and its link, in rows. dead counts the
// buttons that are shown and cannot be pressed, because what they carry is too
// long; missing those without a place.
func buttonsOf(card connector.Card) (rows []discordgo.MessageComponent, dead, missing int) {
	var buttons []discordgo.MessageComponent
	room := maxRows * maxRowButtons
	link, hasLink := linkOf(card.URL)
	hasLink = hasLink && len(link) <= maxButtonURL
	if hasLink {
		room--
	}
	seen := map[string]bool{}
	for i, b := range card.Buttons {
		if len(buttons) == room {
			missing = len(card.Buttons) - i
			break
		}
		id, ok := customID(b)
		if ok && seen[id] {
			continue // the same press twice; Discord refuses a repeated custom_id
		}
		button := discordgo.Button{
			Label:    chattext.CutUnits(chattext.OneLine(chattext.FirstOf(b.Label, string(b.ID), textButton)), maxButtonLabel),
			Style:    styleOf(b),
			CustomID: id,
		}
		if !ok {
			button.CustomID, button.Disabled = deadButton+strings.Repeat("'", dead), true
			dead++
		}
		seen[id] = true
		buttons = append(buttons, button)
	}
	if hasLink {
		buttons = append(buttons, discordgo.Button{Label: chattext.CutUnits(chattext.OneLine(chattext.FirstOf(card.LinkLabel, textOpen)), maxButtonLabel), Style: discordgo.LinkButton, URL: link})
	}
	for len(buttons) > 0 {
		n := min(maxRowButtons, len(buttons))
		rows = append(rows, discordgo.ActionsRow{Components: buttons[:n]})
		buttons = buttons[n:]
	}
	return rows, dead, missing
}

// deadButton is the custom_id of a button that cannot be pressed.
const deadButton = "none"

func styleOf(b connector.Button) discordgo.ButtonStyle {
	switch {
	case b.Danger:
		return discordgo.DangerButton
	case b.Primary:
		return discordgo.PrimaryButton
	}
	return discordgo.SecondaryButton
}

// linkOf is text as a link that Discord takes: ASCII, escaped where need be.
func linkOf(text string) (link string, ok bool) {
	if !chattext.WebLink(text, maxEmbedURL) {
		return "", false
	}
	u, err := url.Parse(text)
	if err != nil {
		return "", false
	}
	link = u.String()
	return link, len(link) <= maxEmbedURL
}
