package slack

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// channel is a public or private channel, or a direct message (then Name is empty).
type channel struct {
	ID, Name      string
	Private       bool
	Archived      bool
	General       bool
	Direct        bool
	Shared        bool // with another organisation (Slack Connect)
	Creator       string
	Created       int64 // Unix seconds
	Updated       int64 // Unix milliseconds
	Topic         noted
	Purpose       noted
	PreviousNames []string
	members       []string // in order of joining
	formerBots    []string // bots that archiving took out; they still see the channel
	messages      []*message
	pins          []pin
	bookmarks     []*bookmark
}

// noted is a topic or purpose with who wrote it.
type noted struct {
	Value   string `json:"value"`
	Creator string `json:"creator"`
	LastSet int64  `json:"last_set"` // Unix seconds
}

func (ch *channel) has(user string) bool { return slices.Contains(ch.members, user) }

// visibleTo says whether a person may know of the channel. A private channel is hidden from those outside;
// conversations.unarchive answers not_in_channel to the bot that was in it, so that one still sees it.
func (ch *channel) visibleTo(user string) bool {
	return !ch.Private && !ch.Direct || ch.has(user) || slices.Contains(ch.formerBots, user)
}

// eventType is the channel's family in the names of events: channel_rename and group_rename are two.
func (ch *channel) eventType() string {
	if ch.Private {
		return "group"
	}
	return "channel"
}

// newChannel makes a channel with its creator in it. The caller has checked the name and holds mu.
func (w *Workspace) newChannel(name string, private bool, creator string) *channel {
	ch := &channel{ID: w.nextID("C"), Name: name, Private: private, Creator: creator,
		Created: w.now().Unix(), Updated: w.now().UnixMilli()}
	w.channels[ch.ID] = ch
	w.order = append(w.order, ch.ID)
	w.names[name] = ch.ID
	if w.users[creator] != nil {
		w.addMember(ch, creator, "")
	}
	if !private {
		w.raise("channel_created", answer{"channel": answer{"id": ch.ID, "is_channel": true, "name": name,
			"name_normalized": name, "created": ch.Created, "creator": creator, "context_team_id": w.cfg.TeamID}})
	}
	w.Touch()
	return ch
}

// channelObject is a channel as somebody sees it (docs.slack.dev/reference/objects/conversation-object).
func (w *Workspace) channelObject(ch *channel, viewer string) answer {
	if ch.Direct {
		return w.directObject(ch, viewer)
	}
	previous := ch.PreviousNames
	if previous == nil {
		previous = []string{}
	}
	return answer{
		"id": ch.ID, "name": ch.Name, "name_normalized": ch.Name, "previous_names": previous,
		"is_channel": !ch.Private, "is_group": ch.Private, "is_im": false, "is_mpim": false, "is_private": ch.Private,
		"created": ch.Created, "updated": ch.Updated, "creator": ch.Creator, "is_archived": ch.Archived,
		"is_general": ch.General, "is_member": ch.has(viewer), "unlinked": 0, "is_open": true, "priority": 0,
		"is_shared": ch.Shared, "is_frozen": false, "is_org_shared": false, "is_ext_shared": ch.Shared, "is_pending_ext_shared": false,
		"pending_shared": []string{}, "pending_connected_team_ids": []string{}, "shared_team_ids": []string{w.cfg.TeamID},
		"context_team_id": w.cfg.TeamID, "parent_conversation": nil, "topic": ch.Topic, "purpose": ch.Purpose,
	}
}

// channel finds the channel of an argument as the caller sees it.
func (c *call) channel(argument string) (*channel, *refusal) {
	ch := c.channels[c.args[argument]]
	if ch == nil || !ch.visibleTo(c.actor.ID) {
		return nil, refuse("channel_not_found")
	}
	return ch, nil
}

// memberChannel is channel for calls that only members may make in a channel that is not archived.
func (c *call) memberChannel(argument string) (*channel, *refusal) {
	ch, no := c.channel(argument)
	if no != nil {
		return nil, no
	}
	if ch.Archived {
		return nil, refuse("is_archived")
	}
	if !ch.has(c.actor.ID) {
		return nil, refuse("not_in_channel")
	}
	return ch, nil
}

func (c *call) conversationsCreate() (answer, *refusal) {
	name := c.settings.reshaped(c.args["name"])
	if code := c.settings.refusal(name); code != "" {
		return nil, refuse(code)
	}
	if _, taken := c.names[name]; taken {
		return nil, refuse("name_taken")
	}
	ch := c.newChannel(name, c.args.flag("is_private"), c.actor.ID)
	return answer{"channel": c.channelObject(ch, c.actor.ID)}, nil
}

// conversationsRename is for the creator and admins only, and may change the name to fit: the answer's name is
// the truth (docs of the method).
func (c *call) conversationsRename() (answer, *refusal) {
	ch, no := c.memberChannel("channel")
	if no != nil {
		return nil, no
	}
	if ch.Direct {
		return nil, refuse("method_not_supported_for_channel_type")
	}
	if ch.Creator != c.actor.ID && !c.actor.Admin && !c.actor.Owner {
		return nil, refuse("not_authorized")
	}
	name := c.settings.reshaped(fitName(c.args["name"]))
	if code := c.settings.refusal(name); code != "" {
		return nil, refuse(code)
	}
	if holder, taken := c.names[name]; taken && holder != ch.ID {
		return nil, refuse("name_taken")
	}
	c.rename(ch, name, c.actor.ID)
	return answer{"channel": c.channelObject(ch, c.actor.ID)}, nil
}

// rename gives a channel a new, free name. The caller holds mu.
func (w *Workspace) rename(ch *channel, name, by string) {
	old := ch.Name
	if old == name {
		return
	}
	delete(w.names, old)
	w.names[name] = ch.ID
	ch.Name, ch.PreviousNames, ch.Updated = name, append([]string{old}, ch.PreviousNames...), w.now().UnixMilli()
	w.notice(ch, "channel_name", by, "has renamed the channel from \""+old+"\" to \""+name+"\"", map[string]string{"old_name": old, "name": name})
	w.raiseIn(ch, ch.eventType()+"_rename", answer{"channel": answer{"id": ch.ID, "name": name, "name_normalized": name,
		"created": ch.Created, "is_channel": !ch.Private, "is_mpim": false, "previous_names": ch.PreviousNames}})
	w.Touch()
}

// maxNoted is the longest topic or purpose, in characters (conversations.setTopic).
const maxNoted = 250

func (c *call) conversationsSetTopic() (answer, *refusal) {
	return c.setNoted("topic", func(ch *channel) *noted { return &ch.Topic })
}

func (c *call) conversationsSetPurpose() (answer, *refusal) {
	return c.setNoted("purpose", func(ch *channel) *noted { return &ch.Purpose })
}

func (c *call) setNoted(argument string, of func(*channel) *noted) (answer, *refusal) {
	ch, no := c.memberChannel("channel")
	if no != nil {
		return nil, no
	}
	value := c.args[argument]
	if utf8.RuneCountInString(value) > maxNoted {
		return nil, refuse("too_long")
	}
	c.note(ch, argument, of(ch), value, c.actor.ID)
	return answer{argument: value, "channel": c.channelObject(ch, c.actor.ID)}, nil
}

func (w *Workspace) note(ch *channel, what string, at *noted, value, by string) {
	*at = noted{Value: value, Creator: by, LastSet: w.now().Unix()}
	ch.Updated = w.now().UnixMilli()
	text := "set the channel " + what + ": " + value
	if value == "" {
		text = "cleared the channel " + what
	}
	w.notice(ch, "channel_"+what, by, text, map[string]string{what: value})
	w.Touch()
}

func (c *call) conversationsArchive() (answer, *refusal) {
	ch, no := c.channel("channel")
	switch {
	case no != nil:
		return nil, no
	case ch.Direct:
		return nil, refuse("method_not_supported_for_channel_type")
	case ch.Archived:
		return nil, refuse("already_archived")
	case ch.General:
		return nil, refuse("cant_archive_general")
	case !ch.has(c.actor.ID):
		return nil, refuse("not_in_channel")
	}
	c.archive(ch, c.actor.ID)
	return answer{}, nil
}

// archive closes a channel and takes bots out of it (slack-go issue 1066). The caller holds mu.
func (w *Workspace) archive(ch *channel, by string) {
	w.notice(ch, "channel_archive", by, "archived the channel", nil)
	w.raiseIn(ch, ch.eventType()+"_archive", answer{"channel": ch.ID, "user": by})
	ch.Archived, ch.Updated = true, w.now().UnixMilli()
	ch.members = slices.DeleteFunc(ch.members, func(id string) bool {
		bot := w.users[id] != nil && w.users[id].Bot
		if bot {
			ch.formerBots = append(ch.formerBots, id)
		}
		return bot
	})
	w.Touch()
}

// conversationsUnarchive works with the token of a person who is a member. A bot is answered not_in_channel:
// archiving took it out and nobody can join an archived channel (slack-go issue 1066).
func (c *call) conversationsUnarchive() (answer, *refusal) {
	ch, no := c.channel("channel")
	switch {
	case no != nil:
		return nil, no
	case !ch.Archived:
		return nil, refuse("not_archived")
	case c.actor.Bot || ch.Private && !ch.has(c.actor.ID):
		return nil, refuse("not_in_channel")
	}
	c.unarchive(ch, c.actor.ID)
	return answer{}, nil
}

// unarchive opens a channel again; the bots that were in it stay outside. The caller holds mu.
func (w *Workspace) unarchive(ch *channel, by string) {
	ch.Archived, ch.Updated = false, w.now().UnixMilli()
	if w.users[by] != nil && !ch.has(by) {
		ch.members = append(ch.members, by)
	}
	w.notice(ch, "channel_unarchive", by, "un-archived the channel", nil)
	w.raiseIn(ch, ch.eventType()+"_unarchive", answer{"channel": ch.ID, "user": by})
	ch.formerBots = nil
	w.Touch()
}

// deleteChannel removes a channel for good; its name becomes free. The caller holds mu.
func (w *Workspace) deleteChannel(ch *channel) {
	delete(w.channels, ch.ID)
	delete(w.names, ch.Name)
	w.order = slices.DeleteFunc(w.order, func(id string) bool { return id == ch.ID })
	w.raiseIn(ch, ch.eventType()+"_deleted", answer{"channel": ch.ID})
	w.Touch()
}

// channelNamed finds a channel by id, name or #name; nil when there is none. The caller holds mu.
func (w *Workspace) channelNamed(name string) *channel {
	if ch := w.channels[name]; ch != nil {
		return ch
	}
	return w.channels[w.names[strings.TrimPrefix(name, "#")]]
}
