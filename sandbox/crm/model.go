package crm

import "time"

// Ref names a record.
type Ref struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// Principal is what a team entry or an owner names: Type is `user`,
// `department`, `role`, `user_group`, `queue`, `territory` or `external`.
type Principal struct {
	Type       string `json:"type"`
	ID         string `json:"id"`
	Name       string `json:"name,omitempty"`
	IncludeSub bool   `json:"include_sub,omitempty"`
}

// Entry is one line of a Related Team.
type Entry struct {
	Principal Principal `json:"principal"`
	Role      string    `json:"role"`
	Access    string    `json:"access,omitempty"`
}

// Field is one value of a record that has a label.
type Field struct {
	Key   string `json:"key"`
	Label string `json:"label"`
	Value string `json:"value"`
}

// Record is one CRM object in the shape of the pull API. URL, ModifiedAt and
// TeamVersion are set by the World. Team is filled in lists only.
type Record struct {
	Kind        string     `json:"kind"`
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	URL         string     `json:"url,omitempty"`
	Owner       *Principal `json:"owner"`
	State       string     `json:"state"`
	MergedInto  *Ref       `json:"merged_into"`
	Fields      []Field    `json:"fields"`
	ModifiedAt  time.Time  `json:"modified_at"`
	TeamVersion int64      `json:"team_version"`
	Team        []Entry    `json:"team,omitzero"`
}

// User is a person as the CRM knows them. Links maps a platform (`slack`,
// `discord`) to the member's id there.
type User struct {
	ID       string            `json:"id"`
	Name     string            `json:"name"`
	Email    string            `json:"email"`
	Active   bool              `json:"active"`
	External bool              `json:"external"`
	Links    map[string]string `json:"links,omitempty"`
}

// Unit is a principal that stands for several people: a department, role, user
// group, queue or territory. Parent is the id of the unit above it.
type Unit struct {
	Type   string   `json:"type"`
	ID     string   `json:"id"`
	Name   string   `json:"name"`
	Parent string   `json:"parent,omitempty"`
	Users  []string `json:"users"`
}

// Activity is a sales record.
type Activity struct {
	ID      string     `json:"id"`
	Kind    string     `json:"kind"`
	Subject string     `json:"subject"`
	Text    string     `json:"text"`
	Author  *Principal `json:"author"`
	At      time.Time  `json:"at"`
	URL     string     `json:"url,omitempty"`
	Targets []Target   `json:"targets"`
}

// Target is a record that an Activity is about.
type Target struct {
	Kind     string `json:"kind"`
	RecordID string `json:"record_id"`
}

// Change is one field before and after.
type Change struct {
	Key    string `json:"key"`
	Label  string `json:"label,omitempty"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// The states that a record can have.
const (
	StateOpen    = "open"
	StateWon     = "won"
	StateLost    = "lost"
	StateClosed  = "closed"
	StatePooled  = "pooled"
	StateDeleted = "deleted"
)

func knownState(s string) bool {
	switch s {
	case StateOpen, StateWon, StateLost, StateClosed, StatePooled:
		return true
	}
	return false
}
