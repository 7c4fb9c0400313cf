package discord

import (
	"encoding/json"
	"time"

	"roomkeeper/sandbox/internal/stage"
)

// State is a copy of everything that people see.
type State struct {
	GuildID   string         `json:"guild_id"`
	Name      string         `json:"name"`
	OwnerID   string         `json:"owner_id"`
	BotUserID string         `json:"bot_user_id"`
	Users     []User         `json:"users"`
	Roles     []Role         `json:"roles"`
	Channels  []StateChannel `json:"channels"` // categories and threads too, by creation; then the direct messages
	Views     []StateView    `json:"views"`    // open modals
	Audit     []StateAudit   `json:"audit"`    // oldest first
	Invalid   Invalid        `json:"invalid"`
	Settings  Settings       `json:"settings"`
}

// StateChannel is a channel, category, forum or thread with its messages, oldest first.
type StateChannel struct {
	ID            string         `json:"id"`
	Type          int            `json:"type"`
	Kind          string         `json:"kind"` // text, voice, category, forum, public_thread, private_thread, direct
	Name          string         `json:"name"`
	Topic         string         `json:"topic"`
	Parent        string         `json:"parent"`  // id; "": none
	Private       bool           `json:"private"` // @everyone may not view it; a private thread
	Archived      bool           `json:"archived"`
	Locked        bool           `json:"locked"`
	Owner         string         `json:"owner"`          // of a thread
	ArchiveAfter  int            `json:"archive_after"`  // minutes, of a thread
	Members       []string       `json:"members"`        // ids of members of the guild by an own overwrite that lets them view; not in threads
	ThreadMembers []string       `json:"thread_members"` // ids in order of joining
	Viewers       []string       `json:"viewers"`        // ids of all members of the guild who can view it
	Overwrites    []Overwrite    `json:"overwrites"`
	Pins          []string       `json:"pins"` // message ids
	Messages      []StateMessage `json:"messages"`
}

// StateMessage is a message, notice or ephemeral message.
type StateMessage struct {
	ID          string          `json:"id"`
	Type        int             `json:"type"` // Discord's; 0: written by somebody
	Author      string          `json:"author"`
	At          time.Time       `json:"at"` // when it was sent
	Content     string          `json:"content"`
	Embeds      json.RawMessage `json:"embeds,omitempty"`
	Components  json.RawMessage `json:"components,omitempty"`
	Flags       int             `json:"flags"`
	Nonce       string          `json:"nonce,omitempty"`
	Pinned      bool            `json:"pinned"`
	Edited      bool            `json:"edited"`
	Notified    []string        `json:"notified"` // whom it notified: user ids, "&" with role ids, "@everyone", "@here"
	EphemeralTo string          `json:"ephemeral_to,omitempty"`
}

// StateAudit is a line of the audit log.
type StateAudit struct {
	ID     string `json:"id"`
	User   string `json:"user"`
	Action int    `json:"action"`
	Target string `json:"target"`
	Reason string `json:"reason"`
}

// State returns a copy of the present state.
func (g *Guild) State() State {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.settle()
	s := State{GuildID: g.cfg.GuildID, Name: g.cfg.Name, OwnerID: g.ownerID, BotUserID: g.cfg.ApplicationID,
		Users: []User{}, Roles: []Role{}, Channels: []StateChannel{}, Views: []StateView{}, Audit: []StateAudit{}, Invalid: g.invalidState(), Settings: g.settings}
	for _, id := range g.userOrder {
		u := *g.users[id]
		u.Roles = append([]string{}, u.Roles...)
		s.Users = append(s.Users, u)
	}
	for _, id := range g.roleOrder {
		s.Roles = append(s.Roles, *g.roles[id])
	}
	for _, id := range g.order {
		s.Channels = append(s.Channels, g.stateChannel(g.channels[id]))
	}
	for _, id := range g.directs {
		s.Channels = append(s.Channels, g.stateChannel(g.channels[id]))
	}
	for _, id := range g.userOrder {
		if v := g.views[id]; v != nil {
			s.Views = append(s.Views, v.state())
		}
	}
	for _, e := range g.audit {
		s.Audit = append(s.Audit, StateAudit{ID: e.ID, User: e.User, Action: e.Action, Target: e.Target, Reason: e.Reason})
	}
	return s
}

// Channel returns a copy of one channel or thread by id or name. False: there is none.
func (g *Guild) Channel(name string) (StateChannel, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.settle()
	ch := g.channelNamed(name)
	if ch == nil {
		return StateChannel{}, false
	}
	return g.stateChannel(ch), true
}

// Invalid returns how many answers count against the budget of invalid requests.
func (g *Guild) Invalid() Invalid {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.invalidState()
}

func (ch *channel) kindName() string {
	switch ch.Kind {
	case voiceChannel:
		return "voice"
	case category:
		return "category"
	case publicThread:
		return "public_thread"
	case privateThread:
		return "private_thread"
	case forumChannel:
		return "forum"
	case directChannel:
		return "direct"
	default:
		return "text"
	}
}

func (g *Guild) stateChannel(ch *channel) StateChannel {
	s := StateChannel{ID: ch.ID, Type: ch.Kind, Kind: ch.kindName(), Name: ch.Name, Topic: ch.Topic, Parent: ch.Parent,
		Private: ch.Kind == privateThread, Members: []string{}, ThreadMembers: []string{}, Viewers: []string{},
		Overwrites: append([]Overwrite{}, ch.overwrites...), Pins: []string{}, Messages: []StateMessage{}}
	if ch.direct() {
		s.Name, s.Private = "@"+g.users[ch.With].Name, true
	}
	if o := g.home(ch).overwrite(g.cfg.GuildID); o != nil && o.Deny.Has(ViewChannel) {
		s.Private = true
	}
	if ch.thread() {
		s.Archived, s.Locked, s.Owner, s.ArchiveAfter = ch.Archived, ch.Locked, ch.Owner, ch.ArchiveAfter
		for _, m := range ch.members {
			s.ThreadMembers = append(s.ThreadMembers, m.user)
		}
	}
	for _, o := range ch.overwrites {
		if o.Type == memberOverwrite && o.Allow.Has(ViewChannel) && g.member(o.ID) != nil {
			s.Members = append(s.Members, o.ID)
		}
	}
	for _, id := range g.userOrder {
		if g.permissionsIn(ch, id).Has(ViewChannel) {
			s.Viewers = append(s.Viewers, id)
		}
	}
	for _, p := range ch.pins {
		s.Pins = append(s.Pins, p.message)
	}
	for _, m := range ch.messages {
		s.Messages = append(s.Messages, ch.stateMessage(m))
	}
	return s
}

func (ch *channel) stateMessage(m *message) StateMessage {
	s := StateMessage{ID: m.ID, Type: m.Kind, Author: m.Author, At: snowflakeTime(m.ID), Content: m.Text, Flags: m.Flags, Nonce: m.Nonce, Pinned: ch.pinned(m.ID),
		Edited: !m.Edited.IsZero(), Notified: append([]string{}, m.Notified...), EphemeralTo: m.EphemeralTo}
	if m.Embeds != nil {
		s.Embeds = stage.Encode(m.Embeds)
	}
	if m.Components != nil {
		s.Components = stage.Encode(m.Components)
	}
	return s
}

// channelNamed finds a channel or thread by id, name or #name; of several with one name the first. A direct message is
// found by its id or the @name of the person. The caller holds mu.
func (g *Guild) channelNamed(name string) *channel {
	if ch := g.channels[name]; ch != nil {
		return ch
	}
	for _, id := range g.order {
		if ch := g.channels[id]; ch.Name == name || "#"+ch.Name == name {
			return ch
		}
	}
	return g.directNamed(name)
}
