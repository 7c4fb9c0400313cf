package page

import (
	"encoding/json"
	"slices"
	"strings"

	"roomkeeper/sandbox/crm"
	"roomkeeper/sandbox/slack"
)

type channelSummary struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Private  bool   `json:"private"`
	Archived bool   `json:"archived"`
	Direct   bool   `json:"direct"`
	// Record is the one that the purpose names, nil if none.
	Record *crm.Ref `json:"record"`
}

type channelView struct {
	channelSummary
	Topic     string           `json:"topic"`
	Purpose   string           `json:"purpose"`
	Members   []string         `json:"members"`
	Bookmarks []slack.Bookmark `json:"bookmarks"`
	Messages  []messageView    `json:"messages"`
}

type messageView struct {
	TS          string          `json:"ts"`
	User        string          `json:"user"`
	Name        string          `json:"name"`
	Bot         bool            `json:"bot,omitempty"`
	Text        string          `json:"text"`
	Notice      bool            `json:"notice,omitempty"`  // Slack's own, such as channel_join
	Private     bool            `json:"private,omitempty"` // only for who looks
	Pinned      bool            `json:"pinned,omitempty"`
	Edited      bool            `json:"edited,omitempty"`
	Blocks      json.RawMessage `json:"blocks,omitempty"`
	Attachments json.RawMessage `json:"attachments,omitempty"`
}

// messagesShown bounds what the page draws; older ones are left out, pinned
// ones never.
const messagesShown = 200

func summary(c slack.StateChannel) channelSummary {
	return channelSummary{c.ID, c.Name, c.Private, c.Archived, c.Direct, recordOf(c.Purpose)}
}

// recordOf reads the record out of a purpose that begins with
// `<crm>/<kind>/<id>`; nil: it does not.
func recordOf(purpose string) *crm.Ref {
	first, _, _ := strings.Cut(purpose, " ")
	parts := strings.SplitN(first, "/", 3)
	if len(parts) != 3 || parts[1] == "" || parts[2] == "" {
		return nil
	}
	return &crm.Ref{Kind: parts[1], ID: parts[2]}
}

// channelFor returns a channel as one person sees it: with the private answers
// to them and to nobody else.
func channelFor(c slack.StateChannel, viewer string, chat slack.State, names map[string]string) *channelView {
	v := &channelView{summary(c), c.Topic, c.Purpose, c.Members, c.Bookmarks, []messageView{}}
	from := max(0, len(c.Messages)-messagesShown)
	for i, m := range c.Messages {
		pinned := slices.Contains(c.Pins, m.TS)
		hidden := m.EphemeralTo != "" && m.EphemeralTo != viewer
		if hidden || i < from && !pinned {
			continue
		}
		bot := slices.ContainsFunc(chat.Users, func(u slack.User) bool { return u.ID == m.User && u.Bot })
		name := names[m.User]
		if name == "" {
			name = "Slackbot"
		}
		v.Messages = append(v.Messages, messageView{
			TS: m.TS, User: m.User, Name: name, Bot: bot, Text: m.Text, Notice: isNotice(m.Subtype),
			Private: m.EphemeralTo != "", Pinned: pinned, Edited: m.Edited != "", Blocks: m.Blocks, Attachments: m.Attachments,
		})
	}
	return v
}

// isNotice tells Slack's own notices from messages that also have a subtype.
func isNotice(subtype string) bool {
	return strings.HasPrefix(subtype, "channel_") || strings.HasPrefix(subtype, "group_") ||
		subtype == "pinned_item" || strings.HasPrefix(subtype, "bot_add") || strings.HasPrefix(subtype, "bot_remove")
}
