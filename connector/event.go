package connector

import "time"

// EventType is what a CRM says has happened.
type EventType string

// The events of the public contract.
const (
	EventRecordCreated    EventType = "record.created"
	EventRecordUpdated    EventType = "record.updated"
	EventRecordDeleted    EventType = "record.deleted"
	EventRecordRestored   EventType = "record.restored"
	EventRecordMerged     EventType = "record.merged"
	EventTeamChanged      EventType = "team.changed"
	EventPrincipalChanged EventType = "principal.changed"
	EventActivityCreated  EventType = "activity.created"
	EventActivityUpdated  EventType = "activity.updated"
	EventActivityDeleted  EventType = "activity.deleted"
	EventNotification     EventType = "notification"
	EventChannelRequested EventType = "channel.requested"
	EventGap              EventType = "gap"
	EventPing             EventType = "ping"
)

// Event is one thing that a CRM reported, in the product's words. Events are
// hints: what they name is read again, and only what they alone can know
// (an activity, a notification, the values before an edit) is taken from them.
type Event struct {
	// ID is the event's identity: the same again changes nothing.
	ID        string
	Type      EventType
	Record    RecordKey
	Principal *Principal
	Actor     Principal
	// At is when it happened as the CRM says, else when the event was signed.
	At time.Time
	// Platform is set when a requested channel is wanted on one platform only.
	Platform PlatformID
	Changed  []string
	Changes  []Change
	// MergedInto may be of a kind that is not in use.
	MergedInto   *RecordKey
	Activity     *Activity
	Notification *Notification
	// Facts is what the event says of the CRM's state; empty when thin, or
	// when the CRM can be asked.
	Facts Facts
}

// Activity is a sales record: a call, a visit, a note.
type Activity struct {
	ID      string      `json:"id"`
	Kind    string      `json:"kind,omitempty"`
	Subject string      `json:"subject,omitempty"`
	Text    string      `json:"text,omitempty"`
	Author  Principal   `json:"author,omitzero"`
	At      time.Time   `json:"at,omitzero"`
	URL     string      `json:"url,omitempty"`
	Targets []RecordKey `json:"targets,omitempty"`
	Deleted bool        `json:"deleted,omitempty"`
}

// Notification is a message of the CRM's own making.
type Notification struct {
	ID     string  `json:"id,omitempty"`
	Topic  string  `json:"topic"`
	Title  string  `json:"title"`
	Text   string  `json:"text,omitempty"`
	Fields []Field `json:"fields,omitempty"`
	URL    string  `json:"url,omitempty"`
}

// Facts are parts of the CRM's state that an event carried. A Record or Team
// is whole and replaces what was known; Users are merged by id.
type Facts struct {
	Record *Record   `json:"record,omitempty"`
	Team   *Team     `json:"team,omitempty"`
	Users  []User    `json:"users,omitempty"`
	At     time.Time `json:"at"`
}

// Empty reports whether nothing was carried.
func (f Facts) Empty() bool { return f.Record == nil && f.Team == nil && len(f.Users) == 0 }
