package discord

import (
	"slices"
	"time"
)

// Types of channels (docs, resources/channel: channel types).
const (
	textChannel   = 0
	voiceChannel  = 2
	category      = 4
	publicThread  = 11
	privateThread = 12
	forumChannel  = 15
)

// Most channels (third-party tables for the 50; the 500 is error 30013's). Categories count, threads do not.
const (
	maxChannels = 500
	maxChildren = 50
)

// channel is a channel, category, forum or thread.
type channel struct {
	ID, Name, Topic string
	Kind            int
	Parent          string // category of a channel, channel of a thread
	Position        int
	With            string // user id: with whom a direct message is
	NSFW            bool
	Slow            int // seconds between two messages of a person
	ArchiveAfter    int // minutes; a channel's default for its threads (0: none)
	LastMessage     string
	LastPin         time.Time
	overwrites      []Overwrite
	renames         []time.Time // changes of name or topic within the hidden limit's window
	*threadData                 // nil: no thread
	messages        []*message
	pins            []pin // by time of pinning
}

func (ch *channel) thread() bool { return ch.threadData != nil }

// addChannel gives a channel its id and puts it into the guild. The caller holds mu.
func (g *Guild) addChannel(ch *channel) *channel {
	if ch.ID == "" {
		ch.ID = g.nextID()
	}
	g.channels[ch.ID] = ch
	g.order = append(g.order, ch.ID)
	g.emit(ch.event("CREATE"), g.channelObject(ch))
	g.Touch()
	return ch
}

// removeChannel takes a channel out for good, with its threads; the children of a category stay without one. The
// caller holds mu.
func (g *Guild) removeChannel(ch *channel) {
	delete(g.channels, ch.ID)
	g.order = slices.DeleteFunc(g.order, func(id string) bool { return id == ch.ID })
	for _, id := range slices.Clone(g.order) {
		child := g.channels[id]
		switch {
		case child.Parent != ch.ID:
		case child.thread():
			g.removeChannel(child)
		default:
			child.Parent = ""
			g.emit("CHANNEL_UPDATE", g.channelObject(child))
		}
	}
	if ch.thread() {
		g.emit("THREAD_DELETE", answer{"id": ch.ID, "guild_id": g.cfg.GuildID, "parent_id": ch.Parent, "type": ch.Kind})
	} else {
		g.emit("CHANNEL_DELETE", g.channelObject(ch))
	}
	g.Touch()
}

// event is the name of a dispatch about a channel or thread.
func (ch *channel) event(what string) string {
	if ch.thread() {
		return "THREAD_" + what
	}
	return "CHANNEL_" + what
}

// channelObject is a channel or thread as the API shows it.
func (g *Guild) channelObject(ch *channel) answer {
	if ch.direct() {
		return g.directObject(ch)
	}
	object := answer{"id": ch.ID, "type": ch.Kind, "guild_id": g.cfg.GuildID, "name": ch.Name, "parent_id": orNull(ch.Parent), "flags": 0}
	if ch.Kind != category {
		object["last_message_id"], object["rate_limit_per_user"] = orNull(ch.LastMessage), ch.Slow
		object["last_pin_timestamp"] = stampOrNull(ch.LastPin)
	}
	if ch.thread() {
		g.showThread(ch, object)
		return object
	}
	object["position"], object["permission_overwrites"] = ch.Position, ch.overwriteObjects()
	if ch.Kind == category {
		return object
	}
	object["topic"], object["nsfw"] = orNull(ch.Topic), ch.NSFW
	if ch.ArchiveAfter > 0 {
		object["default_auto_archive_duration"] = ch.ArchiveAfter
	}
	if ch.Kind == forumChannel {
		object["available_tags"], object["default_reaction_emoji"], object["default_sort_order"] = []answer{}, nil, nil
		object["default_forum_layout"] = 0
	}
	return object
}

func stampOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return stamp(t)
}

// channel finds the one of the path, which the bot must see.
func (c *call) channel() (*channel, *refusal) {
	ch := c.channels[c.vars["channel"]]
	switch {
	case ch == nil:
		return nil, refuse(10003)
	case !c.permissionsIn(ch, c.actor.ID).Has(ViewChannel):
		return nil, refuse(50001)
	default:
		return ch, nil
	}
}

// may refuses what the bot has not all the bits for.
func (c *call) may(ch *channel, bits Permissions) *refusal {
	if !c.permissionsIn(ch, c.actor.ID).Has(bits) {
		return refuse(50013)
	}
	return nil
}

// guildChannel finds the channel of the path, which must be no thread; the bot must see it and have the bits.
func (c *call) guildChannel(bits Permissions) (*channel, *refusal) {
	ch, no := c.channel()
	switch {
	case no != nil:
		return nil, no
	case ch.thread():
		return nil, refuse(50024)
	default:
		return ch, c.may(ch, bits)
	}
}

func (c *call) getChannel() (any, *refusal) {
	ch, no := c.channel()
	if no != nil {
		return nil, no
	}
	object := c.channelObject(ch)
	c.addOwnMembership(ch, object)
	return object, nil
}

// guildChannels lists all channels without the threads. Until 16 November 2026 also those that the bot cannot view
// (discord-api-docs issues 867 and 5825); from then on they are left out (docs, resources/channel: obfuscated
// channels), which Settings.HideUnseen does already. A category counts as viewable with any of its children.
func (c *call) guildChannels() (any, *refusal) {
	if no := c.inGuild(); no != nil {
		return nil, no
	}
	viewable := map[string]bool{}
	for _, id := range c.order {
		if ch := c.channels[id]; !ch.thread() && c.permissionsIn(ch, c.actor.ID).Has(ViewChannel) {
			viewable[ch.ID], viewable[ch.Parent] = true, true
		}
	}
	list := []answer{}
	for _, id := range c.order {
		if ch := c.channels[id]; !ch.thread() && (viewable[id] || !c.settings.HideUnseen) {
			list = append(list, c.channelObject(ch))
		}
	}
	return list, nil
}

func (c *call) deleteChannel() (any, *refusal) {
	ch, no := c.channel()
	if no != nil {
		return nil, no
	}
	bits, action := ManageChannels, channelDelete
	if ch.thread() {
		bits, action = ManageThreads, threadDelete
	}
	if no := c.may(ch, bits); no != nil {
		return nil, no
	}
	object := c.channelObject(ch)
	c.removeChannel(ch)
	c.record(c.actor.ID, action, ch.ID, c.reason, []change{{"name", ch.Name, nil}, {"type", ch.Kind, nil}}, nil)
	return object, nil
}

func channelRoutes() []route {
	return []route{
		{method: "GET", path: "/guilds/{guild}/channels", run: (*call).guildChannels},
		{method: "POST", path: "/guilds/{guild}/channels", run: (*call).createChannel, status: 201, bucket: "create channel"},
		{method: "GET", path: "/channels/{channel}", run: (*call).getChannel},
		{method: "PATCH", path: "/channels/{channel}", run: (*call).editChannel, bucket: "channel"},
		{method: "DELETE", path: "/channels/{channel}", run: (*call).deleteChannel, bucket: "channel"},
		{method: "PUT", path: "/channels/{channel}/permissions/{id}", run: (*call).putPermission, bucket: "permissions"},
		{method: "DELETE", path: "/channels/{channel}/permissions/{id}", run: (*call).deletePermission, bucket: "permissions"},
	}
}
