package slack

import (
	"encoding/json"

	"roomkeeper/sandbox/internal/stage"
)

// State is a copy of everything that people see.
type State struct {
	TeamID    string                 `json:"team_id"`
	Team      string                 `json:"team"`
	BotUserID string                 `json:"bot_user_id"`
	Users     []User                 `json:"users"`
	Channels  []StateChannel         `json:"channels"` // direct messages too, by creation
	Views     map[string][]StateView `json:"views"`    // user id → open modals, the uppermost last
	Settings  Settings               `json:"settings"`
}

// StateChannel is a channel with its members in order of joining and its messages, oldest first.
type StateChannel struct {
	ID        string         `json:"id"`
	Name      string         `json:"name"`
	Private   bool           `json:"private"`
	Archived  bool           `json:"archived"`
	Direct    bool           `json:"direct"`
	Creator   string         `json:"creator"`
	Created   int64          `json:"created"` // Unix seconds
	Topic     string         `json:"topic"`
	Purpose   string         `json:"purpose"`
	Members   []string       `json:"members"`
	Pins      []string       `json:"pins"` // timestamps
	Bookmarks []Bookmark     `json:"bookmarks"`
	Messages  []StateMessage `json:"messages"`
}

// Bookmark is a link at the top of a channel.
type Bookmark struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Link  string `json:"link"`
}

// StateMessage is a message, notice or ephemeral message.
type StateMessage struct {
	TS          string          `json:"ts"`
	User        string          `json:"user"`
	Text        string          `json:"text"`
	Subtype     string          `json:"subtype,omitempty"`
	ThreadTS    string          `json:"thread_ts,omitempty"`
	Blocks      json.RawMessage `json:"blocks,omitempty"`
	Attachments json.RawMessage `json:"attachments,omitempty"`
	Metadata    json.RawMessage `json:"metadata,omitempty"` // {"event_type","event_payload"}
	Edited      string          `json:"edited,omitempty"`   // timestamp of the last edit
	EphemeralTo string          `json:"ephemeral_to,omitempty"`
}

// StateView is an open modal.
type StateView struct {
	ID   string          `json:"id"`
	User string          `json:"user"`
	View json.RawMessage `json:"view"` // as the Web API shows it
}

// State returns a copy of the present state.
func (w *Workspace) State() State {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := State{TeamID: w.cfg.TeamID, Team: w.cfg.Team, BotUserID: w.botUserID, Settings: w.settings,
		Users: []User{}, Channels: []StateChannel{}, Views: map[string][]StateView{}}
	for _, id := range w.userOrder {
		s.Users = append(s.Users, *w.users[id])
	}
	for _, id := range w.order {
		s.Channels = append(s.Channels, w.stateChannel(w.channels[id]))
	}
	for user, stack := range w.stacks {
		for _, id := range stack {
			s.Views[user] = append(s.Views[user], w.stateView(w.views[id]))
		}
	}
	return s
}

// Channel returns a copy of one channel by id or name. False: there is none.
func (w *Workspace) Channel(name string) (StateChannel, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ch := w.channelNamed(name)
	if ch == nil {
		return StateChannel{}, false
	}
	return w.stateChannel(ch), true
}

func (w *Workspace) stateChannel(ch *channel) StateChannel {
	s := StateChannel{ID: ch.ID, Name: ch.Name, Private: ch.Private, Archived: ch.Archived, Direct: ch.Direct, Creator: ch.Creator,
		Created: ch.Created, Topic: ch.Topic.Value, Purpose: ch.Purpose.Value, Members: append([]string{}, ch.members...),
		Pins: []string{}, Bookmarks: []Bookmark{}, Messages: []StateMessage{}}
	for _, p := range ch.pins {
		s.Pins = append(s.Pins, p.ts)
	}
	for _, b := range ch.bookmarks {
		s.Bookmarks = append(s.Bookmarks, Bookmark{ID: b.ID, Title: b.Title, Link: b.Link})
	}
	for _, m := range ch.messages {
		s.Messages = append(s.Messages, w.stateMessage(m))
	}
	return s
}

func (w *Workspace) stateMessage(m *message) StateMessage {
	s := StateMessage{TS: m.TS, User: m.User, Text: m.Text, Subtype: m.Subtype, ThreadTS: m.ThreadTS, Edited: m.EditedTS, EphemeralTo: m.EphemeralTo}
	if m.Blocks != nil {
		s.Blocks = stage.Encode(m.Blocks)
	}
	if m.Attachments != nil {
		s.Attachments = stage.Encode(m.Attachments)
	}
	if m.Metadata != nil {
		s.Metadata = stage.Encode(m.Metadata)
	}
	return s
}

func (w *Workspace) stateView(v *view) StateView {
	return StateView{ID: v.id, User: v.user, View: stage.Encode(w.viewObject(v))}
}

// topView is a person's uppermost modal, or nil. The caller holds mu.
func (w *Workspace) topView(user string) *StateView {
	stack := w.stacks[user]
	if len(stack) == 0 {
		return nil
	}
	v := w.stateView(w.views[stack[len(stack)-1]])
	return &v
}
