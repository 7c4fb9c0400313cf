package connector

import "time"

// ChatEventType is what a chat platform says has happened in a channel.
type ChatEventType string

// The events that make a Group worth reading again.
const (
	ChatMemberJoined    ChatEventType = "member_joined"
	ChatMemberLeft      ChatEventType = "member_left"
	ChatChannelRenamed  ChatEventType = "channel_renamed"
	ChatChannelArchived ChatEventType = "channel_archived"
	ChatChannelRestored ChatEventType = "channel_restored"
	ChatChannelDeleted  ChatEventType = "channel_deleted"
	// ChatChannelChanged: something about the channel did, nobody says what.
	ChatChannelChanged ChatEventType = "channel_changed"
	ChatBotRemoved     ChatEventType = "bot_removed"
	// ChatChannelMoved: the channel is the same and has another id, NewChannel.
	ChatChannelMoved ChatEventType = "channel_moved"
	// ChatPersonArrived and ChatPersonLeft are about the workspace as a whole.
	ChatPersonArrived ChatEventType = "person_arrived"
	ChatPersonLeft    ChatEventType = "person_left"
	// ChatPersonChanged: something about somebody did, and their account is fit.
	// Mostly it is nothing: it counts only for who was found unfit before.
	ChatPersonChanged    ChatEventType = "person_changed"
	ChatTokenRevoked     ChatEventType = "token_revoked"
	ChatEventsWereMissed ChatEventType = "events_missed"
)

// ChatEvent is one such event: a hint, like every event. Channel is empty
// for the last five.
type ChatEvent struct {
	// ID is the event's identity: the same again changes nothing.
	ID       string
	Type     ChatEventType
	Platform PlatformID
	Channel  ChannelID
	// NewChannel is set with channel_moved alone.
	NewChannel ChannelID
	Member     MemberID
	// Name is the channel's new one with channel_renamed, "" when not told.
	Name string
	At   time.Time
}
