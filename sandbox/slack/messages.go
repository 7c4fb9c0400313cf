package slack

import (
	"maps"
	"slices"
	"strings"
)

// message is one entry of a channel: written by somebody, or a notice of Slack's own (then Subtype is set).
type message struct {
	TS, User, Text string
	Subtype        string
	ThreadTS       string
	Broadcast      bool // a reply that is also shown in the channel
	Blocks         []map[string]any
	Attachments    any
	Metadata       *metadata
	EditedBy       string
	EditedTS       string
	EphemeralTo    string // who alone sees it; not part of the history
	more           map[string]string
	byBot          bool
}

// notice writes one of Slack's own messages, such as channel_join, into the history. The caller holds mu.
func (w *Workspace) notice(ch *channel, subtype, user, text string, more map[string]string) {
	ch.messages = append(ch.messages, &message{TS: w.nextTS(), User: user, Subtype: subtype,
		Text: "<@" + user + "> " + text, more: more})
}

// say puts a message into a channel and gives it its timestamp. The caller holds mu.
func (w *Workspace) say(ch *channel, m message) *message {
	m.TS = w.nextTS()
	m.byBot = w.users[m.User] != nil && w.users[m.User].Bot
	nameBlocks(m.Blocks)
	ch.messages = append(ch.messages, &m)
	w.Touch()
	return &m
}

// nameBlocks gives a block_id to every block without one, as Slack does.
func nameBlocks(blocks []map[string]any) {
	for _, block := range blocks {
		if id, _ := block["block_id"].(string); id == "" {
			block["block_id"] = unguessable()[:5]
		}
	}
}

func (ch *channel) message(ts string) *message {
	i, found := slices.BinarySearchFunc(ch.messages, ts, func(m *message, ts string) int { return strings.Compare(m.TS, ts) })
	if !found {
		return nil
	}
	return ch.messages[i]
}

func (ch *channel) removeMessage(ts string) {
	ch.messages = slices.DeleteFunc(ch.messages, func(m *message) bool { return m.TS == ts })
	ch.pins = slices.DeleteFunc(ch.pins, func(p pin) bool { return p.ts == ts })
}

// messageObject is a message as the Web API shows it.
func (w *Workspace) messageObject(ch *channel, m *message, withMetadata bool) answer {
	object := answer{"type": "message", "user": m.User, "text": m.Text, "ts": m.TS}
	for key, value := range m.more {
		object[key] = value
	}
	if m.Subtype != "" {
		object["subtype"] = m.Subtype
		return object
	}
	object["team"] = w.cfg.TeamID
	if m.byBot {
		object["bot_id"], object["app_id"] = botID, appID
		object["bot_profile"] = answer{"id": botID, "app_id": appID, "name": w.cfg.BotName, "deleted": false, "team_id": w.cfg.TeamID, "updated": 0}
	}
	if m.Blocks != nil {
		object["blocks"] = m.Blocks
	}
	if m.Attachments != nil {
		object["attachments"] = m.Attachments
	}
	if m.ThreadTS != "" {
		object["thread_ts"] = m.ThreadTS
	}
	if m.EditedTS != "" {
		object["edited"] = answer{"user": m.EditedBy, "ts": m.EditedTS}
	}
	if m.Metadata != nil && withMetadata {
		object["metadata"] = m.Metadata
	}
	if m.EphemeralTo != "" {
		object["is_ephemeral"] = true
	}
	if slices.ContainsFunc(ch.pins, func(p pin) bool { return p.ts == m.TS }) {
		object["pinned_to"] = []string{ch.ID}
	}
	return object
}

// postable finds where a message is to go: a channel, or the direct message with a person.
func (c *call) postable() (*channel, *refusal) {
	target := c.args["channel"]
	if u := c.users[target]; u != nil {
		if no := undeliverable(u); no != nil {
			return nil, no
		}
		ch, _ := c.directWith([]string{c.actor.ID, target})
		return ch, nil
	}
	if name, ok := strings.CutPrefix(target, "#"); ok {
		c.args = maps.Clone(c.args)
		c.args["channel"] = c.names[name]
	}
	return c.memberChannel("channel")
}

func (c *call) chatPostMessage() (answer, *refusal) {
	ch, no := c.postable()
	if no != nil {
		return nil, no
	}
	content, no := c.content(maxText)
	if no != nil {
		return nil, no
	}
	if content.empty() {
		return nil, refuse("no_text")
	}
	meta, no := c.metadata()
	if no != nil {
		return nil, no
	}
	m := c.say(ch, message{User: c.actor.ID, Text: content.text, Blocks: content.blocks, Attachments: content.attachments,
		Metadata: meta, ThreadTS: c.args["thread_ts"], Broadcast: c.args.flag("reply_broadcast")})
	body := answer{"channel": ch.ID, "ts": m.TS, "message": c.messageObject(ch, m, true)}
	if content.cut {
		body["warning"] = "message_truncated"
		body["response_metadata"] = answer{"warnings": []string{"message_truncated"}}
	}
	return body, nil
}

// chatUpdate replaces what the call brings and leaves the rest of the message as it is.
func (c *call) chatUpdate() (answer, *refusal) {
	ch, no := c.channel("channel")
	if no != nil {
		return nil, no
	}
	m := ch.message(c.args["ts"])
	switch {
	case m == nil || m.EphemeralTo != "":
		return nil, refuse("message_not_found")
	case ch.Archived:
		return nil, refuse("is_inactive")
	case m.User != c.actor.ID || m.Subtype != "":
		return nil, refuse("cant_update_message")
	}
	content, no := c.content(maxUpdateText)
	if no != nil {
		return nil, no
	}
	if content.empty() {
		return nil, refuse("no_text")
	}
	meta, no := c.metadata()
	if no != nil {
		return nil, no
	}
	c.edit(m, content, meta, c.args.has("metadata"))
	m.EditedBy, m.EditedTS = c.actor.ID, c.nextTS()
	return answer{"channel": ch.ID, "ts": m.TS, "text": m.Text, "message": c.messageObject(ch, m, true)}, nil
}

func (w *Workspace) edit(m *message, content content, meta *metadata, withMeta bool) {
	m.Text = content.text
	if content.blocks != nil {
		nameBlocks(content.blocks)
		m.Blocks = content.blocks
	}
	if content.attachments != nil {
		m.Attachments = content.attachments
	}
	if withMeta {
		m.Metadata = meta
	}
	w.Touch()
}

func (c *call) chatDelete() (answer, *refusal) {
	ch, no := c.channel("channel")
	if no != nil {
		return nil, no
	}
	m := ch.message(c.args["ts"])
	if m == nil || m.EphemeralTo != "" {
		return nil, refuse("message_not_found")
	}
	if m.User != c.actor.ID || m.Subtype != "" {
		return nil, refuse("cant_delete_message")
	}
	ch.removeMessage(m.TS)
	c.Touch()
	return answer{"channel": ch.ID, "ts": m.TS}, nil
}

func (c *call) chatPostEphemeral() (answer, *refusal) {
	ch, no := c.memberChannel("channel")
	if no != nil {
		return nil, no
	}
	if !ch.has(c.args["user"]) {
		return nil, refuse("user_not_in_channel")
	}
	content, no := c.content(maxText)
	if no != nil {
		return nil, no
	}
	if content.empty() {
		return nil, refuse("no_text")
	}
	m := c.say(ch, message{User: c.actor.ID, Text: content.text, Blocks: content.blocks, Attachments: content.attachments, EphemeralTo: c.args["user"]})
	return answer{"message_ts": m.TS}, nil
}

func (c *call) chatGetPermalink() (answer, *refusal) {
	ch, no := c.channel("channel")
	if no != nil {
		return nil, no
	}
	m := ch.message(c.args["message_ts"])
	if m == nil || m.EphemeralTo != "" {
		return nil, refuse("message_not_found")
	}
	return answer{"channel": ch.ID, "permalink": c.permalink(ch, m.TS)}, nil
}

func (w *Workspace) permalink(ch *channel, ts string) string {
	return w.teamURL() + "archives/" + ch.ID + "/p" + strings.ReplaceAll(ts, ".", "")
}
