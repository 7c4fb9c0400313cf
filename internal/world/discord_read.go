package world

import (
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"roomkeeper/sandbox/discord"
)

// channelMade is the audit log's action of a channel that was made
// (docs.discord.com/developers/resources/audit-log).
const channelMade = 10

// discordMark begins the last line of a topic, which says whose channel it is,
// discordRef what ends the footer of a card and names it.
const (
	discordMark = "↳ "
	discordRef  = "ref "
)

func readDiscord(raw []byte) (State, error) {
	var from discord.State
	if err := json.Unmarshal(raw, &from); err != nil {
		return State{}, err
	}
	s := State{Bot: from.BotUserID}
	for _, u := range from.Users {
		s.People = append(s.People, Person{ID: u.ID, Name: u.Name, Shown: cmp.Or(u.Nick, u.GlobalName, u.Name), Bot: u.Bot})
	}
	made := map[string]bool{}
	for _, line := range from.Audit {
		if line.Action == channelMade && line.User == s.Bot {
			made[line.Target] = true
		}
	}
	for _, ch := range from.Channels {
		switch ch.Kind {
		case "category":
			continue
		case "direct":
			s.Directs = append(s.Directs, readDiscordDirect(from, ch))
			continue
		}
		to := Channel{ID: ch.ID, Name: ch.Name, Ours: made[ch.ID], Pinned: ch.Pins, Usable: slices.Contains(ch.Members, s.Bot)}
		to.Topic, to.Record = readDiscordTopic(ch.Topic)
		to.Members = without(ch.Members, []string{s.Bot})
		for _, m := range ch.Messages {
			if m.Author == s.Bot && m.Type == 0 && m.EphemeralTo == "" {
				to.Cards = append(to.Cards, readDiscordCard(m))
			}
		}
		s.Channels = append(s.Channels, to)
	}
	return s, nil
}

func readDiscordDirect(from discord.State, ch discord.StateChannel) Direct {
	d := Direct{ID: ch.ID}
	for _, u := range from.Users {
		if "@"+u.Name == ch.Name {
			d.User = u.ID
		}
	}
	for _, m := range ch.Messages {
		d.Cards = append(d.Cards, readDiscordCard(m))
	}
	return d
}

func readDiscordTopic(text string) (topic, record string) {
	at := strings.LastIndexByte(text, '\n') + 1
	if rest, marked := strings.CutPrefix(text[at:], discordMark); marked {
		return plainDiscord(strings.TrimRight(text[:at], "\n")), rest
	}
	return text, ""
}

// plainDiscord is a text as people see it: without the backslashes that keep
// Markdown from being drawn, and the joiners that part what would mention or link.
func plainDiscord(text string) string {
	var out strings.Builder
	escaped := false
	for _, r := range strings.ReplaceAll(text, "\u2060", "") {
		if escaped = r == '\\' && !escaped; !escaped {
			out.WriteRune(r)
		}
	}
	return out.String()
}

// discordEmbed is what the scenarios look at of an embed.
type discordEmbed struct {
	Title, Description string
	Author             struct{ Name string }
	Footer             struct{ Text string }
	Fields             []struct{ Name, Value string }
}

// said is what the embed says, as people see it, line by line.
func (e discordEmbed) said() string {
	lines := []string{e.Author.Name, e.Title, e.Description}
	for _, f := range e.Fields {
		lines = append(lines, f.Name, f.Value)
	}
	return shownByDiscord(strings.Join(append(lines, e.Footer.Text), "\n"))
}

// shownByDiscord is text as people see it: a backslash takes a sign's meaning,
// and the word joiner has no width.
func shownByDiscord(text string) string {
	return regexp.MustCompile(`\\([[:punct:]])`).ReplaceAllString(strings.ReplaceAll(text, "\u2060", ""), "$1")
}

func readDiscordCard(m discord.StateMessage) Card {
	embeds := readEmbeds(m)
	c := Card{Message: m.ID, Text: saidInDiscord(m)}
	if len(embeds) == 0 {
		return c
	}
	first, last := embeds[0], embeds[len(embeds)-1]
	c.Title = shownByDiscord(first.Title)
	c.Details = first.Author.Name == "Details"
	if at := strings.LastIndex(last.Footer.Text, discordRef); at >= 0 {
		c.ID = last.Footer.Text[at+len(discordRef):]
	}
	return c
}

func readEmbeds(m discord.StateMessage) (embeds []discordEmbed) {
	_ = json.Unmarshal(m.Embeds, &embeds) // none: nothing is said in them
	return embeds
}

func saidInDiscord(m discord.StateMessage) string {
	lines := []string{shownByDiscord(m.Content)}
	for _, e := range readEmbeds(m) {
		lines = append(lines, e.said())
	}
	return strings.Join(lines, "\n")
}

func readDiscordAnswer(raw []byte) (Answer, error) {
	var out discord.Outcome
	if err := json.Unmarshal(raw, &out); err != nil {
		return Answer{}, err
	}
	a := Answer{Status: out.Status, Error: out.Error}
	m := out.Message
	if m == nil {
		return a, nil
	}
	a.Message, a.Private, a.Plain = m.ID, m.EphemeralTo != "", saidInDiscord(*m)
	a.Text = a.Plain + "\n" + string(m.Components)
	var rows []struct {
		Components []struct {
			CustomID string `json:"custom_id"`
		}
	}
	_ = json.Unmarshal(m.Components, &rows) // no components: no buttons
	for _, row := range rows {
		for _, c := range row.Components {
			if action, _, _ := strings.Cut(c.CustomID, ":"); action != "" {
				a.Actions = append(a.Actions, action)
			}
		}
	}
	return a, nil
}
