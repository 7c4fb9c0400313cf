package page

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"roomkeeper/sandbox/crm"
)

// Chat is the sandbox of a chat platform as the page needs it. Members and
// channels are ids.
type Chat interface {
	// Platform is the name of the platform: of its paths here, of the CRM's links
	// and of the browser's way to draw its cards.
	Platform() string
	// Handler serves the sandbox itself, below /<platform>/; Close ends it.
	Handler() http.Handler
	Close()
	// Changed is closed at the next change.
	Changed() <-chan struct{}
	// Look is everything that the page shows.
	Look() Look
	// Add gives a person of the CRM the account that they should have.
	Add(p crm.Person) (member string)
	// Say writes a message.
	Say(member, channel, text string) error
	// Command runs a slash command, Press a button or menu, Submit sends the open
	// modal in and Dismiss closes it. They return when the app has answered; an error
	// means that the person cannot do it.
	Command(ctx context.Context, member, channel, text string) (Outcome, error)
	Press(ctx context.Context, member string, p Press) (Outcome, error)
	Submit(ctx context.Context, member, view string, values map[string][]string) (Outcome, error)
	Dismiss(ctx context.Context, member string) error
	// Move is what a person does with a channel by hand, one of the Move… words.
	Move(what string, m Moving) error
}

// What people do by hand.
const (
	MoveJoin   = "join"
	MoveLeave  = "leave"
	MoveKick   = "kick"
	MoveRename = "rename"
)

// Moving says who does what with whom and where.
type Moving struct {
	By, Channel string
	// User is who is removed; Name is the channel's new name.
	User, Name string
}

// Press is a click on an element of a message or of a modal.
type Press struct {
	Channel, Message, View string
	Block, Action          string
	Picked                 []string
}

// Outcome is what came of a command, click or modal: Error is for people, Errors
// are by the field of a modal.
type Outcome struct {
	Error  string
	Errors map[string]string
}

// Look is a platform's state. Views are the open modals by member.
type Look struct {
	Team     string
	Members  []Member
	Channels []Channel
	Views    map[string]View
}

// Member is an account. Note says what is special about it; Gone: it is none any more.
type Member struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"-"`
	Bot   bool   `json:"bot,omitempty"`
	Guest bool   `json:"guest,omitempty"`
	Gone  bool   `json:"deleted,omitempty"`
	Note  string `json:"-"`
}

// Channel is a channel, thread or direct conversation.
type Channel struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Group    string   `json:"group"` // heading in the list of channels
	Private  bool     `json:"private"`
	Archived bool     `json:"archived"`
	Direct   bool     `json:"direct"`
	Record   *crm.Ref `json:"record"` // that its purpose names, nil if none

	Topic     string     `json:"-"`
	Purpose   string     `json:"-"`
	Members   []string   `json:"-"`
	Watchers  []string   `json:"-"` // who see it without being members
	Open      bool       `json:"-"` // people join by themselves
	Leave     string     `json:"-"` // what leaving is called; "": nobody leaves
	Bookmarks []Bookmark `json:"-"`
	Messages  []Message  `json:"-"`
}

// Bookmark is a link of a channel.
type Bookmark struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Link  string `json:"link"`
}

// Message is one entry of a channel. What it shows is the platform's own JSON.
type Message struct {
	ID       string `json:"id"`
	At       int64  `json:"at"` // Unix milliseconds
	User     string `json:"user"`
	Name     string `json:"name"`
	Bot      bool   `json:"bot,omitempty"`
	Text     string `json:"text"`
	Notice   bool   `json:"notice,omitempty"`  // the platform's own, such as "joined"
	Private  bool   `json:"private,omitempty"` // only for who looks
	For      string `json:"-"`                 // member who alone sees it; "": everybody
	Pinned   bool   `json:"pinned,omitempty"`
	Edited   bool   `json:"edited,omitempty"`
	Thinking bool   `json:"thinking,omitempty"` // an answer that is still to come

	Blocks      json.RawMessage `json:"blocks,omitempty"`
	Attachments json.RawMessage `json:"attachments,omitempty"`
	Embeds      json.RawMessage `json:"embeds,omitempty"`
	Components  json.RawMessage `json:"components,omitempty"`
}

// View is an open modal, in the platform's own JSON.
type View struct {
	ID   string          `json:"id"`
	User string          `json:"user"`
	View json.RawMessage `json:"view"`
}

// sees reports whether a member can open the channel.
func (c Channel) sees(member string) bool {
	return !c.Private || slices.Contains(c.Members, member) || slices.Contains(c.Watchers, member)
}

// channel finds one by id or name; false: there is none.
func (l Look) channel(name string) (Channel, bool) {
	for _, c := range l.Channels {
		if c.ID == name || c.Name == name {
			return c, true
		}
	}
	return Channel{}, false
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
