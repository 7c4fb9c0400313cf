package discord

import (
	"slices"
	"time"
)

// Types of messages (docs, resources/message: message types).
const (
	plainMessage    = 0
	recipientAdd    = 1
	recipientRemove = 2
	channelPinned   = 6
	commandMessage  = 20 // the answer to a command
)

// Times of the message routes.
const (
	nonceTime = 5 * time.Minute // docs: "the past few minutes"; this figure is the sandbox's choice
	oldAge    = time.Hour       // from which on edits are counted (error 30046)
)

// message is one entry of a channel: written by somebody, or a notice of Discord's own.
type message struct {
	ID, Author string
	Kind       int
	content
	Nonce       string
	Edited      time.Time
	Mentions    []string // user ids that the text mentions with allowance, or the notice is about
	Notified    []string // see notified; stays as it was when the message is edited
	EphemeralTo string   // who alone sees it; not part of the history
	About       answer   // message_reference of a notice
	more        answer   // further fields of the object, such as interaction_metadata
	edits       []time.Time
}

// say puts a message into a channel and gives it its id, unless it has one. The author becomes a member of a thread.
// The caller holds mu and has woken the thread.
func (g *Guild) say(ch *channel, m message) *message {
	if m.ID == "" {
		m.ID = g.nextID()
	}
	m.Notified = g.notified(ch, m.Author, m.content)
	m.Mentions = slices.DeleteFunc(mentionsIn(m.Text).users, func(id string) bool {
		return g.users[id] == nil || !m.Allowed.allows("users", id)
	})
	g.append(ch, &m)
	if ch.thread() && m.EphemeralTo == "" {
		ch.Active = g.now()
		_ = g.admit(ch, m.Author, m.Author) // a full thread takes the message all the same
	}
	return &m
}

// notice writes one of Discord's own messages about a member. The caller holds mu.
func (g *Guild) notice(ch *channel, kind int, by, about string) {
	g.append(ch, &message{ID: g.nextID(), Author: by, Kind: kind, Mentions: []string{about}})
}

func (g *Guild) append(ch *channel, m *message) {
	ch.messages = append(ch.messages, m)
	if m.EphemeralTo != "" {
		g.Touch()
		return
	}
	ch.LastMessage = m.ID
	if ch.direct() { // the app has no intent for those
		g.Touch()
		return
	}
	if ch.thread() {
		ch.Sent++
	}
	object := g.messageObject(ch, m)
	object["guild_id"] = g.cfg.GuildID
	if m.Nonce != "" {
		object["nonce"] = m.Nonce
	}
	g.emit("MESSAGE_CREATE", object)
	g.Touch()
}

// message finds one of the history, or nil.
func (ch *channel) message(id string) *message {
	i := slices.IndexFunc(ch.messages, func(m *message) bool { return m.ID == id && m.EphemeralTo == "" })
	if i < 0 {
		return nil
	}
	return ch.messages[i]
}

// removeMessage deletes a message and its pin. The caller holds mu.
func (g *Guild) removeMessage(ch *channel, m *message) {
	ch.messages = slices.DeleteFunc(ch.messages, func(other *message) bool { return other == m })
	ch.pins = slices.DeleteFunc(ch.pins, func(p pin) bool { return p.message == m.ID })
	if !ch.direct() {
		g.emit("MESSAGE_DELETE", answer{"id": m.ID, "channel_id": ch.ID, "guild_id": g.cfg.GuildID})
	}
	g.Touch()
}

// messageObject is a message as the API shows it.
func (g *Guild) messageObject(ch *channel, m *message) answer {
	object := answer{"id": m.ID, "channel_id": ch.ID, "type": m.Kind, "content": m.Text, "timestamp": stamp(snowflakeTime(m.ID)),
		"edited_timestamp": stampOrNull(m.Edited), "tts": false, "mention_everyone": slices.Contains(m.Notified, "@everyone"),
		"mention_roles": []string{}, "attachments": []answer{}, "embeds": orNone(m.Embeds), "components": numbered(m.Components),
		"pinned": ch.pinned(m.ID), "flags": m.Flags}
	if u := g.users[m.Author]; u != nil {
		object["author"] = g.userObject(u)
	}
	mentions := []answer{}
	for _, id := range m.Mentions {
		if u := g.users[id]; u != nil {
			mentions = append(mentions, g.userObject(u))
		}
	}
	object["mentions"] = mentions
	if m.About != nil {
		object["message_reference"] = m.About
	}
	if thread := g.channels[m.ID]; thread != nil && thread != ch {
		object["thread"] = g.channelObject(thread)
	}
	for key, value := range m.more {
		object[key] = value
	}
	return object
}

func orNone(list []map[string]any) []map[string]any {
	if list == nil {
		return []map[string]any{}
	}
	return list
}

// numbered gives every component the id that Discord gives those without one.
func numbered(list []map[string]any) []map[string]any {
	next := 1
	var walk func(item map[string]any)
	walk = func(item map[string]any) {
		if _, set := item["id"]; !set {
			item["id"] = next
		}
		next++
		for _, name := range []string{"accessory", "component"} {
			if object, ok := item[name].(map[string]any); ok {
				walk(object)
			}
		}
		inner, _ := item["components"].([]any)
		for _, one := range inner {
			if object, ok := one.(map[string]any); ok {
				walk(object)
			}
		}
	}
	for _, item := range list {
		walk(item)
	}
	return orNone(list)
}
