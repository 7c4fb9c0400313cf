package connector

import "time"

// GroupState is where a Group stands.
type GroupState string

// The states of the public contract.
const (
	GroupCreating    GroupState = "creating"
	GroupActive      GroupState = "active"
	GroupHeld        GroupState = "held"
	GroupFrozen      GroupState = "frozen"
	GroupClosing     GroupState = "closing"
	GroupArchived    GroupState = "archived"
	GroupUnreachable GroupState = "unreachable"
	GroupLost        GroupState = "lost"
	GroupFailed      GroupState = "failed"
	GroupUnmanaged   GroupState = "unmanaged"
	GroupMoved       GroupState = "moved"
	GroupTombstone   GroupState = "tombstone"
)

// Posting reports whether cards are posted to a Group in this state.
func (s GroupState) Posting() bool { return s == GroupActive || s == GroupHeld || s == GroupCreating }

// Origin says whose channel a Group uses.
type Origin string

// Origins of a channel.
const (
	CreatedByUs Origin = "us"
	Adopted     Origin = "adopted"
)

// Group is the stored tie between one Record and one Channel on one platform.
// It is saved by compare-and-swap on Revision.
type Group struct {
	ID         GroupID    `json:"id"`
	Platform   PlatformID `json:"platform"`
	Record     RecordKey  `json:"record"`
	RecordName string     `json:"record_name,omitempty"`
	RecordURL  string     `json:"record_url,omitempty"`
	State      GroupState `json:"state"`
	// Failure says why a failed Group was refused, in words for a person.
	Failure   string    `json:"failure,omitempty"`
	Origin    Origin    `json:"created_by"`
	CreatedAt time.Time `json:"created_at"`
	// MadeAt is when a call of ours made the channel; zero when it was found or adopted.
	MadeAt time.Time `json:"made_at,omitzero"`

	// Intent is the channel that is being made; nil once Channel is set.
	Intent  *Intent `json:"intent,omitempty"`
	Channel Channel `json:"channel,omitzero"`
	// NameMeant is a name that the channel may have been given, stored before
	// the call; empty while Channel's is the one it has.
	NameMeant string `json:"name_meant,omitempty"`
	// NameBack is the name that is put back after one given by hand, "" for none.
	NameBack string `json:"name_back,omitempty"`
	// NameAsked is the name that was asked for where the platform gave the channel
	// another one; "" where it did not.
	NameAsked string `json:"name_asked,omitempty"`
	// NameDoubted is set when a chat event said that the channel was renamed and
	// its name was not read since; NamePutBack are the times, in the last hour,
	// when a name given by hand was put back.
	NameDoubted bool        `json:"name_doubted,omitempty"`
	NamePutBack []time.Time `json:"name_put_back,omitempty"`
	// NameContested: the name that the channel has was given by hand and is not put
	// back any more, until the Record gets another one.
	NameContested bool `json:"name_contested,omitempty"`
	// RenameAsked is set when somebody asked that the channel be named by the
	// kind's template as it is now.
	RenameAsked bool `json:"rename_asked,omitempty"`
	// Purposed reports that the channel's purpose carries the Record's key.
	Purposed bool `json:"purposed,omitempty"`
	// Topic is the topic that Roomkeeper last wrote; TopicMeant is one that it
	// may have written, stored before the call and empty once that is known.
	Topic      string `json:"topic,omitempty"`
	TopicMeant string `json:"topic_meant,omitempty"`

	// ChatReadAt is when the channel was last read whole, TouchedAt when a
	// chat event last said that it may have changed.
	ChatReadAt time.Time `json:"chat_read_at,omitzero"`
	TouchedAt  time.Time `json:"touched_at,omitzero"`
	// ChatTriedAt is when the channel was last to be read for its age and could not be.
	ChatTriedAt time.Time `json:"chat_tried_at,omitzero"`

	// RejoinedAt is when our bot last let itself in again after it was taken out.
	RejoinedAt time.Time `json:"rejoined_at,omitzero"`

	// BotRemoved is set when a chat event said that our bot was taken out, or when the
	// channel was archived, which does so on some platforms, until
	// the channel is read again: without the bot a private channel looks as if it
	// were gone.
	BotRemoved bool `json:"bot_removed,omitempty"`

	Memberships []Membership `json:"memberships,omitempty"`
	// OwnTeam is set until the next whole reading in which everybody could be looked
	// up: whoever is in then and on the team becomes Owned.
	OwnTeam bool `json:"own_team,omitempty"`
	// OwnerReadded is the owner who left and was added again, once per ownership.
	OwnerReadded UserID `json:"owner_readded,omitempty"`
	// Owners are the users with the owner's duties here: the owner, or else the
	// team members of role owner; nobody when none of these has an account.
	Owners []UserID `json:"owners,omitempty"`
	// Outside are users whom the team names and the CRM calls inactive or external,
	// sorted; they have no membership by which they could be found again.
	Outside []UserID `json:"outside,omitempty"`
	// Unresolved counts the team entries that are not resolved to people.
	Unresolved int `json:"unresolved,omitempty"`
	// Principals are those that the last reading expanded, sorted and each once.
	Principals []PrincipalKey `json:"principals,omitempty"`
	// SelfEnrol: people join by command, as of the last reading; Listed is then how
	// many may.
	SelfEnrol bool `json:"self_enrol,omitempty"`
	Listed    int  `json:"listed,omitempty"`

	Held *Hold `json:"held,omitempty"`
	// Confirmed are the people whose removal somebody confirmed; no brake
	// counts them.
	Confirmed []MemberID `json:"confirmed,omitempty"`
	// Awaits is the Sweep whose judgement removals of this Group wait for: one that
	// queued a run which has not come to its end, or has held them so far. Empty:
	// none.
	Awaits string `json:"awaits,omitempty"`
	// Passed are the people whose removal a Sweep's judgement let go; no other
	// Sweep's keeps them.
	Passed []MemberID `json:"passed,omitempty"`

	Details DetailsCard `json:"details,omitzero"`

	// Tellings wait to be told, oldest first.
	Tellings []Telling `json:"tellings,omitempty"`

	Revision uint64 `json:"revision"`
}

// Intent is the marker of a creation whose outcome may be unknown: it is
// stored before the call, with the exact name.
type Intent struct {
	Name string    `json:"name"`
	At   time.Time `json:"at"`
	// Sent is set, with At, before a call that must be looked up rather than
	// repeated; cleared once the call certainly had no effect.
	Sent bool `json:"sent,omitempty"`
	// Attempt numbers the suffixes that were tried: 0 is the plain name.
	Attempt int `json:"attempt"`
	// Plain: the Record's name was refused in ASCII too; its kind and id are the name.
	Plain bool `json:"plain,omitempty"`
}

// Channel is a channel as its platform named it.
type Channel struct {
	ID   ChannelID `json:"id"`
	Name string    `json:"name"`
	URL  string    `json:"url,omitempty"`
}

// DetailsCard is the pinned card that shows the Record.
type DetailsCard struct {
	Message MessageID `json:"message,omitempty"`
	Digest  string    `json:"digest,omitempty"`
	Pinned  bool      `json:"pinned,omitempty"`
	// Generation grows when somebody deleted the card, so that a new one is posted.
	Generation int `json:"generation,omitempty"`
}

// MemberStatus is how somebody stands to a channel.
type MemberStatus string

// The statuses of the public contract.
const (
	StatusMember    MemberStatus = "member"
	StatusHandAdded MemberStatus = "hand_added"
	StatusJoined    MemberStatus = "joined"
	StatusService   MemberStatus = "service"
	StatusPending   MemberStatus = "pending"
	StatusToRemove  MemberStatus = "to_remove"
	StatusLeft      MemberStatus = "left"
	StatusRemoved   MemberStatus = "removed"
)

// Membership is one person's tie to one channel and where it comes from.
// User is empty for a Member whom the CRM does not know; Member is empty for
// a User without an account.
type Membership struct {
	User   UserID       `json:"user,omitempty"`
	Member MemberID     `json:"member,omitempty"`
	Name   string       `json:"name,omitempty"`
	Status MemberStatus `json:"status"`
	// Owned is set before the invitation is sent: Roomkeeper added them, or
	// meant to. Only Owned members are removed by default.
	Owned bool `json:"owned,omitempty"`
	// Seen is set when a whole reading showed an Owned person in the channel.
	Seen bool `json:"seen,omitempty"`
	// Enrolled: they asked to be in, where people join by command. Leaving: they
	// asked to be out, and are not yet.
	Enrolled bool          `json:"enrolled,omitempty"`
	Leaving  bool          `json:"leaving,omitempty"`
	Reason   PendingReason `json:"reason,omitempty"`
	Since    time.Time     `json:"since"`
	// By is what event brought about the status, in a few words for a person:
	// "team.changed evt_1", "sweep", "chat member_left". Empty when that is not known.
	By string `json:"by,omitempty"`
	// KickedAt is when somebody was last meant to be removed as an extra.
	KickedAt time.Time `json:"kicked_at,omitzero"`
	// PersonAt is when the platform last said that a stranger's account is a person's,
	// which is asked before a stranger is removed.
	PersonAt time.Time `json:"person_at,omitzero"`
	// Kept: somebody decided that they stay although nobody wants them there.
	Kept bool `json:"kept,omitempty"`
	// WasWanted: a path led to them while they were in, and none does any more. Of those
	// whom Roomkeeper did not add only they have a grace period.
	WasWanted bool `json:"was_wanted,omitempty"`
	// Swept: a Sweep found that they are to go, or nothing did but the time that had
	// come. A Sweep judges the removal, however much later a grace period ends.
	Swept bool `json:"swept,omitempty"`
	// TakenOut: a call of ours removed them, where the status is removed; without it
	// they went otherwise, or what was stored earlier does not tell.
	TakenOut bool `json:"taken_out,omitempty"`
	// TriedAt is the last time an invitation or removal was sent.
	TriedAt time.Time `json:"tried_at,omitzero"`
	Why     []Path    `json:"why,omitempty"`
}

// Via is a way that leads from a Record to a person.
type Via string

// The ways of the public contract.
const (
	ViaOwner      Via = "owner"
	ViaTeam       Via = "team"
	ViaDepartment Via = "department"
	ViaRole       Via = "role"
	ViaUserGroup  Via = "user_group"
	ViaQueue      Via = "queue"
	ViaTerritory  Via = "territory"
	ViaPool       Via = "pool"
)

// Path is one reason why somebody should be in a channel.
type Path struct {
	Via  Via    `json:"via"`
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// HoldReason says why removals wait.
type HoldReason string

// The holds of the public contract.
const (
	HoldTeamUnreadable HoldReason = "team_unreadable"
	HoldTeamEmpty      HoldReason = "team_empty"
	HoldLargeRemoval   HoldReason = "large_removal"
	HoldMassVanish     HoldReason = "mass_vanish"
	HoldGlobalRemoval  HoldReason = "global_removal"
)

// Hold keeps a Plan from removing anybody until it is confirmed, dismissed,
// or a later reading needs none.
type Hold struct {
	Reason HoldReason `json:"reason"`
	Since  time.Time  `json:"since"`
	// Plan is what waits; its id is what Confirm and Dismiss name. It is
	// empty for team_unreadable, where no plan could be made.
	Plan Plan `json:"plan,omitzero"`
	// People are whom the hold concerns.
	People []MemberID `json:"people,omitempty"`
	// Sweep is the Sweep by whose judgement a global_removal waits for somebody's
	// decision; empty as long as it waits for the judgement (Group.Awaits).
	Sweep string `json:"sweep,omitempty"`
	// Counted is the latest count of exactly these People for a judgement; what changes
	// whom the hold concerns makes another hold, which nobody counted.
	Counted Count `json:"counted,omitzero"`
}

// Count names one attempt to count the removals that wait for a Sweep's judgement.
// Of one Sweep the one with the highest Number was begun last.
type Count struct {
	Sweep  string `json:"sweep"`
	Number int    `json:"number"`
}
