package discord

import (
	"slices"
	"time"
)

// Types of answers (docs, interactions/receiving-and-responding: interaction callback type).
const (
	pongAnswer        = 1
	messageAnswer     = 4
	deferAnswer       = 5
	deferUpdateAnswer = 6
	updateAnswer      = 7
	completeAnswer    = 8
	modalAnswer       = 9
)

// loadingFlag marks the message of a deferred answer, "… is thinking".
const loadingFlag = 1 << 7

// answersTo are the types that may answer an interaction. A modal is none for the submission of a modal, and only
// what has a message can be updated.
func answersTo(it *interaction) []int {
	kinds := map[int][]int{
		commandKind:   {messageAnswer, deferAnswer, modalAnswer},
		componentKind: {messageAnswer, deferAnswer, deferUpdateAnswer, updateAnswer, modalAnswer},
		completeKind:  {completeAnswer},
		modalKind:     {messageAnswer, deferAnswer},
	}[it.kind]
	if it.kind == modalKind && it.source != nil {
		kinds = append(kinds, deferUpdateAnswer, updateAnswer)
	}
	return kinds
}

// callback takes the first answer to an interaction from the body. The caller holds mu.
func (c *call) callback(it *interaction) *refusal {
	if c.channels[it.channel] == nil {
		return refuse(10003)
	}
	f, no := c.form()
	if no != nil {
		return no
	}
	if !f.has("type") {
		f.wrong("type", "BASE_TYPE_REQUIRED", "This field is required")
	}
	kind := f.oneOf("type", 0, answersTo(it)...)
	data := f.inner("data")
	if data == nil {
		data = f.object("data", []byte("{}"))
	}
	if no := f.refusal(); no != nil {
		return no
	}
	switch kind {
	case messageAnswer:
		no = c.answerMessage(it, f, data)
	case deferAnswer:
		it.private = data.whole("flags", 0, 1<<31-1, 0)&ephemeralFlag != 0
		it.original, it.thinking = c.post(it, content{Flags: loadingFlag}, it.private), true
	case deferUpdateAnswer:
		it.original = it.source
		if !it.waits {
			it.settle()
		}
	case updateAnswer:
		no = c.answerUpdate(it, f, data)
	case completeAnswer:
		no = c.answerChoices(it, f, data)
	case modalAnswer:
		no = c.answerModal(it, f, data)
	}
	it.answered = no == nil
	return no
}

func (c *call) answerMessage(it *interaction, f, data *form) *refusal {
	brought := readContent(data)
	if no := f.refusal(); no != nil {
		return no
	}
	if brought.empty() {
		return refuse(50006)
	}
	it.private = brought.Flags&ephemeralFlag != 0
	it.original = c.post(it, brought, it.private)
	it.last = it.original
	it.settle()
	return nil
}

// answerUpdate edits the message that the component is on.
func (c *call) answerUpdate(it *interaction, f, data *form) *refusal {
	edited, no := merged(data, it.source.content)
	if no == nil {
		no = f.refusal()
	}
	if no != nil {
		return no
	}
	it.original = it.source
	c.change(it, it.source, edited)
	return nil
}

func (c *call) answerChoices(it *interaction, f, data *form) *refusal {
	o := &commandOption{kind: it.completes}
	data.choices(o)
	if no := f.refusal(); no != nil {
		return no
	}
	it.choices = o.choices
	it.settle()
	return nil
}

func (c *call) answerModal(it *interaction, f, data *form) *refusal {
	v := readModal(data)
	if no := f.refusal(); no != nil {
		return no
	}
	v.id, v.user, v.channel, v.source = c.nextID(), it.user, it.channel, it.source
	c.views[it.user] = v
	it.settle()
	return nil
}

// post puts an answer into the channel, for everybody or for the user only. Answers wake an archived thread and
// need no permission of the bot. The caller holds mu.
func (c *call) post(it *interaction, shows content, private bool) *message {
	ch := c.channels[it.channel]
	m := message{Author: c.cfg.ApplicationID, Kind: plainMessage, content: shows, more: answer{
		"application_id": c.cfg.ApplicationID, "webhook_id": c.cfg.ApplicationID, "interaction_metadata": c.metadata(it)}}
	if it.kind == commandKind {
		m.Kind = commandMessage
		m.more["interaction"] = answer{"id": it.id, "type": it.kind, "name": it.name, "user": c.userObject(c.users[it.user])}
	}
	m.Flags &^= ephemeralFlag
	if private {
		m.EphemeralTo = it.user
		m.Flags |= ephemeralFlag
	}
	if !private {
		_ = c.wake(ch) // a guild that is full of threads lets it through all the same
	}
	return c.say(ch, m)
}

func (g *Guild) metadata(it *interaction) answer {
	data := answer{"id": it.id, "type": it.kind, "user": g.userObject(g.users[it.user]), "authorizing_integration_owners": answer{"0": g.cfg.GuildID}}
	if it.kind == commandKind {
		data["name"], data["command_type"] = it.name, chatCommand
	}
	if it.kind == componentKind && it.source != nil {
		data["interacted_message_id"] = it.source.ID
	}
	return data
}

// change edits a message by an answer; whether it is private stays as it was. The caller holds mu.
func (c *call) change(it *interaction, m *message, edited content) {
	edited.Flags = edited.Flags&^(loadingFlag|ephemeralFlag) | m.Flags&ephemeralFlag
	thinking := m.Flags&loadingFlag != 0
	c.edit(c.channels[it.channel], m, edited)
	if thinking {
		m.Edited = time.Time{} // its first words are no edit
	}
	if m == it.original {
		it.thinking = false
	}
	it.last = m
	it.settle()
}

// there says whether a message was not deleted. The caller holds mu.
func (g *Guild) there(it *interaction, m *message) bool {
	ch := g.channels[it.channel]
	return m != nil && ch != nil && slices.Contains(ch.messages, m)
}
