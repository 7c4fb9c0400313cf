package discord

import (
	"slices"
	"time"
)

// writable finds the channel of the path for a new message: a text channel, or a thread that can be woken.
func (c *call) writable() (*channel, *refusal) {
	ch, no := c.channel()
	if no != nil {
		return nil, no
	}
	bits := SendMessages
	switch {
	case ch.direct():
		return ch, c.undeliverable(ch)
	case ch.thread():
		bits = SendMessagesInThreads
	case ch.Kind != textChannel && ch.Kind != voiceChannel:
		return nil, refuse(50008)
	}
	if no := c.may(ch, bits); no != nil {
		return nil, no
	}
	if ch.thread() && ch.Locked && !c.permissionsIn(ch, c.actor.ID).Has(ManageThreads) {
		return nil, refuse(160005)
	}
	if ch.thread() && ch.Locked && ch.Archived {
		return nil, refuse(50083) // only an unlocked thread is woken by a message
	}
	return ch, nil
}

// createMessage posts. With enforce_nonce the same nonce of the same author in the same channel returns the first
// message; the documentation speaks of the author only.
func (c *call) createMessage() (any, *refusal) {
	ch, no := c.writable()
	if no != nil {
		return nil, no
	}
	f, no := c.form()
	if no != nil {
		return nil, no
	}
	content, nonce := readContent(f), f.nonce()
	if no := f.refusal(); no != nil {
		return nil, no
	}
	if content.empty() {
		return nil, refuse(50006)
	}
	if len(content.Embeds) > 0 {
		if no := c.may(ch, EmbedLinks); no != nil {
			return nil, no
		}
	}
	m := ch.withNonce(c.actor.ID, nonce, c.Guild)
	if m == nil || !f.flag("enforce_nonce", false) {
		if no := c.wake(ch); no != nil {
			return nil, no
		}
		m = c.say(ch, message{Author: c.actor.ID, content: content, Nonce: nonce})
	}
	object := c.messageObject(ch, m)
	if nonce != "" {
		object["nonce"] = nonce
	}
	return object, nil
}

// withNonce is somebody's message of the last minutes with a nonce, or nil.
func (ch *channel) withNonce(author, nonce string, g *Guild) *message {
	if nonce == "" {
		return nil
	}
	for _, m := range slices.Backward(ch.messages) {
		if g.now().Sub(snowflakeTime(m.ID)) >= nonceTime {
			return nil
		}
		if m.Author == author && m.Nonce == nonce {
			return m
		}
	}
	return nil
}

// target finds the message of the path.
func (c *call) target() (*channel, *message, *refusal) {
	ch, no := c.channel()
	if no != nil {
		return nil, nil, no
	}
	m := ch.message(c.vars["message"])
	if m == nil {
		return nil, nil, refuse(10008)
	}
	return ch, m, nil
}

// listMessages shows the newest first. Without READ_MESSAGE_HISTORY there are none (docs, resources/message).
func (c *call) listMessages() (any, *refusal) {
	ch, no := c.channel()
	if no != nil {
		return nil, no
	}
	limit, no := c.queryWhole("limit", 1, 100, 50)
	if no != nil {
		return nil, no
	}
	bounds := map[string]uint64{}
	for _, name := range []string{"before", "after", "around"} {
		if bounds[name], no = c.queryID(name); no != nil {
			return nil, no
		}
	}
	list := []answer{}
	if c.may(ch, ReadMessageHistory) != nil {
		return list, nil
	}
	for _, m := range page(ch.messages, bounds, limit) {
		list = append(list, c.messageObject(ch, m))
	}
	return list, nil
}

// page cuts a page out of a history that is oldest first, and turns it round.
func page(history []*message, bounds map[string]uint64, limit int) []*message {
	var seen []*message
	for _, m := range history {
		if m.EphemeralTo == "" {
			seen = append(seen, m)
		}
	}
	at := func(id uint64) int {
		return len(seen) - len(slices.DeleteFunc(slices.Clone(seen), func(m *message) bool { n, _ := snowflake(m.ID); return n < id }))
	}
	from, to := max(0, len(seen)-limit), len(seen)
	switch {
	case bounds["around"] > 0:
		middle := at(bounds["around"])
		from = max(0, middle-limit/2)
		to = min(len(seen), from+limit)
	case bounds["after"] > 0:
		from = at(bounds["after"] + 1)
		to = min(len(seen), from+limit)
	case bounds["before"] > 0:
		to = at(bounds["before"])
		from = max(0, to-limit)
	}
	found := slices.Clone(seen[from:to])
	slices.Reverse(found)
	return found
}

func (c *call) getMessage() (any, *refusal) {
	ch, m, no := c.target()
	if no != nil {
		return nil, no
	}
	if no := c.may(ch, ReadMessageHistory); no != nil {
		return nil, no
	}
	return c.messageObject(ch, m), nil
}

// editMessage replaces what the body brings and leaves the rest. Edits notify nobody.
func (c *call) editMessage() (any, *refusal) {
	ch, m, no := c.target()
	switch {
	case no != nil:
		return nil, no
	case m.Author != c.actor.ID:
		return nil, refuse(50005)
	case m.Kind != plainMessage && m.Kind != commandMessage:
		return nil, refuse(50021)
	case ch.thread() && ch.Archived:
		return nil, refuse(50083)
	}
	f, no := c.form()
	if no != nil {
		return nil, no
	}
	edited, no := merged(f, m.content)
	if no != nil {
		return nil, no
	}
	if no := c.oldEdit(m); no != nil {
		return nil, no
	}
	c.edit(ch, m, edited)
	return c.messageObject(ch, m), nil
}

// merged is what a message shows after a PATCH.
func merged(f *form, now content) (content, *refusal) {
	brought := readContent(f)
	if no := f.refusal(); no != nil {
		return now, no
	}
	if f.given("content") {
		now.Text = brought.Text
	}
	if f.given("embeds") {
		now.Embeds = brought.Embeds
	}
	if f.given("components") {
		now.Components = brought.Components
	}
	if f.given("flags") {
		now.Flags = brought.Flags
	}
	if f.given("allowed_mentions") {
		now.Allowed = brought.Allowed
	}
	if now.empty() {
		return now, refuse(50006)
	}
	return now, nil
}

// edit changes a message. The caller holds mu.
func (g *Guild) edit(ch *channel, m *message, edited content) {
	m.content, m.Edited = edited, g.now()
	if m.EphemeralTo == "" && !ch.direct() {
		object := g.messageObject(ch, m)
		object["guild_id"] = g.cfg.GuildID
		g.emit("MESSAGE_UPDATE", object)
	}
	g.Touch()
}

// oldEdit counts an edit of a message older than an hour, and refuses it when there were too many within an hour.
func (c *call) oldEdit(m *message) *refusal {
	now := c.now()
	if now.Sub(snowflakeTime(m.ID)) < oldAge {
		return nil
	}
	m.edits = slices.DeleteFunc(m.edits, func(at time.Time) bool { return now.Sub(at) >= oldAge })
	if len(m.edits) >= c.settings.OldEdits {
		no := refuse(30046)
		no.wait = m.edits[0].Add(oldAge).Sub(now)
		return no
	}
	m.edits = append(m.edits, now)
	return nil
}

func (c *call) deleteMessage() (any, *refusal) {
	ch, m, no := c.target()
	if no != nil {
		return nil, no
	}
	if m.Author != c.actor.ID {
		if no := c.may(ch, ManageMessages); no != nil {
			return nil, no
		}
		c.record(c.actor.ID, messageDelete, m.Author, c.reason, nil, answer{"channel_id": ch.ID, "count": "1"})
	}
	c.removeMessage(ch, m)
	return nil, nil
}

func messageRoutes() []route {
	return []route{
		{method: "GET", path: "/channels/{channel}/messages", run: (*call).listMessages},
		{method: "POST", path: "/channels/{channel}/messages", run: (*call).createMessage, bucket: "create message"},
		{method: "GET", path: "/channels/{channel}/messages/{message}", run: (*call).getMessage},
		{method: "PATCH", path: "/channels/{channel}/messages/{message}", run: (*call).editMessage, bucket: "edit message"},
		{method: "DELETE", path: "/channels/{channel}/messages/{message}", run: (*call).deleteMessage, bucket: "delete message"},
	}
}
