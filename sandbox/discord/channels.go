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

// channel is a channel, category, forum or thread.
type channel struct {
	ID, Name, Topic string
	Kind            int
	Parent          string // category of a channel, channel of a thread
	Position        int
	NSFW            bool
	Slow            int // seconds between two messages of a person
	ArchiveAfter    int // minutes; a channel's default for its threads (0: none)
	Created         time.Time
	LastMessage     string
	LastPin         time.Time
	overwrites      []Overwrite
	renames         []time.Time // changes of name or topic within the hidden limit's window
	*threadData                 // nil: no thread
	messages        []*message
	pins            []pin
}

// threadData is what only a thread has.
type threadData struct {
	Owner        string
	Archived     bool
	Locked       bool
	Invitable    bool
	ArchiveStamp time.Time
	Active       time.Time // last activity, from which idleness counts
	Sent         int       // messages ever
	members      []threadMember
}

type threadMember struct {
	user   string
	joined time.Time
}

func (ch *channel) thread() bool { return ch.threadData != nil }

func (ch *channel) joined(user string) bool {
	return ch.thread() && slices.ContainsFunc(ch.members, func(m threadMember) bool { return m.user == user })
}

// dropMember takes somebody out of a thread and says whether they were in it.
func (ch *channel) dropMember(user string) bool {
	if !ch.joined(user) {
		return false
	}
	ch.members = slices.DeleteFunc(ch.members, func(m threadMember) bool { return m.user == user })
	return true
}

// addChannel gives a channel its id and puts it into the guild. The caller holds mu.
func (g *Guild) addChannel(ch *channel) *channel {
	if ch.ID == "" {
		ch.ID = g.nextID()
	}
	ch.Created = g.now()
	g.channels[ch.ID] = ch
	g.order = append(g.order, ch.ID)
	g.emit(ch.event("CREATE"), g.channelObject(ch))
	g.touch()
	return ch
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
	return answer{"id": ch.ID, "type": ch.Kind, "guild_id": g.cfg.GuildID, "name": ch.Name}
}
