package discord

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/connector"
)

// channelState is the part of a channel or thread that is used.
type channelState struct {
	ID         string          `json:"id"`
	GuildID    string          `json:"guild_id"`
	Name       string          `json:"name"`
	Parent     string          `json:"parent_id"`
	Overwrites []overwriteSeen `json:"permission_overwrites"`
	Thread     *struct {
		Archived bool `json:"archived"`
	} `json:"thread_metadata"`
}

// overwriteSeen is an overwrite as an event tells it; the bits are decimal digits.
type overwriteSeen struct {
	ID    string                            `json:"id"`
	Type  discordgo.PermissionOverwriteType `json:"type"`
	Allow string                            `json:"allow"`
	Deny  string                            `json:"deny"`
}

// lets reports whether the overwrite lets its member see the channel.
func (o overwriteSeen) lets() bool {
	bits, err := strconv.ParseInt(o.Allow, 10, 64)
	return err == nil && o.Type == discordgo.PermissionOverwriteTypeMember && bits&discordgo.PermissionViewChannel != 0
}

// gatewayEvent is the part of all other events that is used.
type gatewayEvent struct {
	ID          string         `json:"id"`
	GuildID     string         `json:"guild_id"`
	SessionID   string         `json:"session_id"`
	Unavailable bool           `json:"unavailable"`
	User        user           `json:"user"`
	Channels    []channelState `json:"channels"`
	Threads     []channelState `json:"threads"`
	Added       []struct {
		UserID string `json:"user_id"`
	} `json:"added_members"`
	Removed []string `json:"removed_member_ids"`
}

// watcher turns what the gateway tells of one guild into events of the port.
// It remembers the channels, because an update tells how a channel is and not
// what changed. It is used by one goroutine.
type watcher struct {
	guild string
	clock func() time.Time
	// me is the bot; sessions counts its sessions.
	me       string
	sessions int
	channels map[string]channelState
	// minute and told count what was told in the present minute, word for word.
	minute string
	told   map[string]int
}

func newWatcher(guild string, clock func() time.Time) *watcher {
	return &watcher{guild: guild, clock: clock, channels: map[string]channelState{}}
}

// chatEvents translates one event; none for what is of no use.
func (w *watcher) chatEvents(kind string, raw json.RawMessage) []connector.ChatEvent {
	switch kind {
	case "CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE", "THREAD_CREATE", "THREAD_UPDATE", "THREAD_DELETE":
		var ch channelState
		if json.Unmarshal(raw, &ch) != nil || ch.ID == "" || ch.GuildID != w.guild {
			return nil
		}
		return w.identified(kind, raw, w.channel(kind, ch))
	}
	var e gatewayEvent
	if json.Unmarshal(raw, &e) != nil {
		return nil
	}
	return w.identified(kind, raw, w.other(kind, e))
}

func (w *watcher) other(kind string, e gatewayEvent) []connector.ChatEvent {
	if kind == "READY" {
		w.me = e.User.ID
		// What happened before the first session is found by sweeping: every
		// replica has one, and every start would read every channel.
		if w.sessions++; w.sessions > 1 {
			return missed()
		}
		return nil
	}
	if kind == "GUILD_CREATE" || kind == "GUILD_DELETE" {
		e.GuildID = e.ID
	}
	if e.GuildID != w.guild {
		return nil
	}
	switch kind {
	case "GUILD_CREATE":
		w.channels = map[string]channelState{}
		w.remember(e.Channels, e.Threads)
	case "THREAD_LIST_SYNC":
		w.remember(e.Threads)
	case "GUILD_DELETE":
		// Away, or we were taken out: either way nothing more is heard, and
		// reading the channels tells which.
		return missed()
	case "GUILD_MEMBER_ADD":
		return []connector.ChatEvent{{Type: connector.ChatPersonArrived, Member: connector.MemberID(e.User.ID)}}
	case "GUILD_MEMBER_REMOVE":
		return []connector.ChatEvent{{Type: connector.ChatPersonLeft, Member: connector.MemberID(e.User.ID)}}
	case "THREAD_MEMBERS_UPDATE":
		return threadMembers(e)
	}
	return nil
}

func threadMembers(e gatewayEvent) []connector.ChatEvent {
	var out []connector.ChatEvent
	for _, m := range e.Added {
		out = append(out, about(e.ID, connector.ChatMemberJoined, m.UserID))
	}
	for _, id := range e.Removed {
		out = append(out, about(e.ID, connector.ChatMemberLeft, id))
	}
	return out
}

// channel compares a channel with what is remembered of it.
func (w *watcher) channel(kind string, now channelState) []connector.ChatEvent {
	before, known := w.channels[now.ID]
	switch kind {
	case "CHANNEL_DELETE", "THREAD_DELETE":
		delete(w.channels, now.ID)
		return []connector.ChatEvent{about(now.ID, connector.ChatChannelDeleted, "")}
	case "CHANNEL_CREATE", "THREAD_CREATE":
		w.channels[now.ID] = now
		return nil
	}
	w.channels[now.ID] = now
	if !known {
		return []connector.ChatEvent{about(now.ID, connector.ChatChannelChanged, "")}
	}
	out := w.memberEvents(before, now)
	if now.Name != before.Name {
		renamed := about(now.ID, connector.ChatChannelRenamed, "")
		renamed.Name = now.Name
		out = append(out, renamed)
	}
	if was, is := before.archived(), now.archived(); was != is {
		kind := connector.ChatChannelRestored
		if is {
			kind = connector.ChatChannelArchived
		}
		out = append(out, about(now.ID, kind, ""))
	}
	if before.Parent != now.Parent {
		out = append(out, about(now.ID, connector.ChatChannelChanged, ""))
	}
	return out
}

func (c channelState) archived() bool { return c.Thread != nil && c.Thread.Archived }

// memberEvents tells whose overwrite began or ended to let them see the
// channel. Any other change of the overwrites, and of the bot's own, is told
// as one that needs looking at: without an overwrite the bot may see the
// channel all the same.
func (w *watcher) memberEvents(before, now channelState) []connector.ChatEvent {
	was, is := byID(before.Overwrites), byID(now.Overwrites)
	var out []connector.ChatEvent
	other := false
	note := func(id string, old, young overwriteSeen) {
		switch {
		case old == young:
		case old.lets() == young.lets() || id == w.me:
			other = true
		case young.lets():
			out = append(out, about(now.ID, connector.ChatMemberJoined, id))
		default:
			out = append(out, about(now.ID, connector.ChatMemberLeft, id))
		}
	}
	for _, o := range now.Overwrites {
		note(o.ID, was[o.ID], o)
	}
	for _, o := range before.Overwrites {
		if _, still := is[o.ID]; !still {
			note(o.ID, o, overwriteSeen{})
		}
	}
	if other {
		out = append(out, about(now.ID, connector.ChatChannelChanged, ""))
	}
	return out
}

func byID(list []overwriteSeen) map[string]overwriteSeen {
	out := make(map[string]overwriteSeen, len(list))
	for _, o := range list {
		out[o.ID] = o
	}
	return out
}

func (w *watcher) remember(lists ...[]channelState) {
	for _, list := range lists {
		for _, ch := range list {
			w.channels[ch.ID] = ch
		}
	}
}

func about(channel string, kind connector.ChatEventType, member string) connector.ChatEvent {
	return connector.ChatEvent{Type: kind, Channel: connector.ChannelID(channel), Member: connector.MemberID(member)}
}

func missed() []connector.ChatEvent {
	return []connector.ChatEvent{{Type: connector.ChatEventsWereMissed}}
}

// identified completes events. The gateway gives them no identity that two
// replicas would share: theirs is what they say, the minute, and how often they said
// it in that minute. So the same may happen again, and each replica tells of it; one
// that began to listen within the minute counts too little, and tells what was told.
func (w *watcher) identified(kind string, raw json.RawMessage, events []connector.ChatEvent) []connector.ChatEvent {
	now := w.clock().UTC()
	minute := now.Truncate(time.Minute).Format(time.RFC3339)
	if w.minute != minute {
		w.minute, w.told = minute, map[string]int{}
	}
	said := digest([]byte(kind + "\x00" + string(raw)))
	w.told[said]++
	for i := range events {
		e := &events[i]
		e.Platform, e.At = Platform, now
		e.ID = digest([]byte(kind + "\x00" + string(e.Type) + "\x00" + string(e.Member) + "\x00" + minute + "\x00" + strconv.Itoa(w.told[said]) + "\x00" + string(raw)))
	}
	return events
}
