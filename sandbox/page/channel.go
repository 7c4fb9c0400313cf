package page

import "slices"

// channelView is the channel that is shown, as one person sees it.
type channelView struct {
	Channel
	Topic     string     `json:"topic"`
	Purpose   string     `json:"purpose"`
	Members   []string   `json:"members"`
	Watchers  []string   `json:"watchers"`
	Open      bool       `json:"open"`
	Leave     string     `json:"leave"`
	Bookmarks []Bookmark `json:"bookmarks"`
	Messages  []Message  `json:"messages"`
}

// messagesShown bounds what the page draws; older ones are left out, pinned
// ones never.
const messagesShown = 200

// channelFor returns a channel as one person sees it: with the private answers
// to them and to nobody else.
func channelFor(c Channel, viewer string) *channelView {
	v := &channelView{c, c.Topic, c.Purpose, append([]string{}, c.Members...), append([]string{}, c.Watchers...), c.Open, c.Leave, c.Bookmarks, []Message{}}
	from := max(0, len(c.Messages)-messagesShown)
	for i, m := range c.Messages {
		hidden := m.For != "" && m.For != viewer
		if hidden || i < from && !m.Pinned {
			continue
		}
		m.Private = m.For != ""
		v.Messages = append(v.Messages, m)
	}
	return v
}

// direct names a direct conversation by the others in it; false: it is not the viewer's.
func direct(c Channel, viewer string, names map[string]string) (string, bool) {
	if !slices.Contains(c.Members, viewer) {
		return "", false
	}
	var others string
	for _, id := range c.Members {
		if id != viewer {
			if others != "" {
				others += ", "
			}
			others += names[id]
		}
	}
	return others, true
}
