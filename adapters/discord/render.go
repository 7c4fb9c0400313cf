package discord

import (
	"strings"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/connector"
)

// embedOf stands in for the real rendering.
func embedOf(card connector.Card, ref string) ([]*discordgo.MessageEmbed, []discordgo.MessageComponent) {
	title := connector.Cut(card.Title, 100)
	if title == "" {
		title = "–"
	}
	return []*discordgo.MessageEmbed{{Title: plain(title), Footer: &discordgo.MessageEmbedFooter{Text: "· " + refMark + ref}}}, nil
}

func plain(text string) string {
	return strings.NewReplacer("*", "\\*", "_", "\\_", "<", "\\<").Replace(text)
}
