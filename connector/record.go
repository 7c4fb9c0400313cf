package connector

import (
	"strconv"
	"time"
)

// RecordState is where a Record stands in the CRM.
type RecordState string

// The states of a Record. An unset state counts as open.
const (
	RecordOpen    RecordState = "open"
	RecordWon     RecordState = "won"
	RecordLost    RecordState = "lost"
	RecordClosed  RecordState = "closed"
	RecordPooled  RecordState = "pooled"
	RecordDeleted RecordState = "deleted"
)

// Record is one CRM object as its driver read it. Only Key and Name are always set.
type Record struct {
	Key         RecordKey   `json:"key"`
	Name        string      `json:"name"`
	URL         string      `json:"url,omitempty"`
	Owner       Principal   `json:"owner,omitzero"`
	State       RecordState `json:"state,omitempty"`
	MergedInto  *RecordKey  `json:"merged_into,omitempty"`
	Fields      []Field     `json:"fields,omitempty"`
	ModifiedAt  time.Time   `json:"modified_at,omitzero"`
	TeamVersion Version     `json:"team_version,omitempty"`
}

// Field is one field of a Record, as the CRM shows it.
type Field struct {
	Key   string `json:"key"`
	Label string `json:"label"`
	Value string `json:"value"`
}

// Change is one field's value before and after an edit in the CRM.
type Change struct {
	Key    string `json:"key"`
	Label  string `json:"label"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// Team is the Related Team of a Record: whole, or not returned at all.
type Team struct {
	Version Version `json:"version,omitempty"`
	Entries []Entry `json:"entries"`
}

// Entry is one line of a Related Team.
type Entry struct {
	Principal Principal `json:"principal"`
	Role      string    `json:"role,omitempty"`
	Access    string    `json:"access,omitempty"`
}

// PrincipalType says what kind of thing an entry names.
type PrincipalType string

// The principals of a Related Team. External is a partner and never invited.
const (
	PrincipalUser       PrincipalType = "user"
	PrincipalDepartment PrincipalType = "department"
	PrincipalRole       PrincipalType = "role"
	PrincipalUserGroup  PrincipalType = "user_group"
	PrincipalQueue      PrincipalType = "queue"
	PrincipalTerritory  PrincipalType = "territory"
	PrincipalExternal   PrincipalType = "external"
)

// Known reports whether the type is one of the constants above.
func (t PrincipalType) Known() bool {
	switch t {
	case PrincipalUser, PrincipalDepartment, PrincipalRole, PrincipalUserGroup,
		PrincipalQueue, PrincipalTerritory, PrincipalExternal:
		return true
	}
	return false
}

// Principal is whom an entry names; as an owner only Type and ID are used.
type Principal struct {
	Type       PrincipalType `json:"type"`
	ID         string        `json:"id"`
	Name       string        `json:"name,omitempty"`
	IncludeSub bool          `json:"include_sub,omitempty"`
}

// Version orders readings of one thing: a growing integer or an RFC 3339
// time, as the CRM sends it; empty when it sends none.
type Version string

// Older reports whether v is certainly older than w. Versions that are
// missing, or of different forms, are never older: then the order of
// acceptance decides.
func (v Version) Older(w Version) bool { return v.compare(w) < 0 }

// Newer reports whether v is certainly newer than w, or cannot be compared.
func (v Version) Newer(w Version) bool {
	if v == "" || w == "" || !v.comparable(w) {
		return true
	}
	return v.compare(w) > 0
}

func (v Version) comparable(w Version) bool {
	if _, _, ok := v.integers(w); ok {
		return true
	}
	_, _, ok := v.times(w)
	return ok
}

func (v Version) compare(w Version) int {
	if a, b, ok := v.integers(w); ok {
		switch {
		case a < b:
			return -1
		case a > b:
			return 1
		}
		return 0
	}
	if a, b, ok := v.times(w); ok {
		return a.Compare(b)
	}
	return 0
}

func (v Version) integers(w Version) (a, b int64, ok bool) {
	a, errA := strconv.ParseInt(string(v), 10, 64)
	b, errB := strconv.ParseInt(string(w), 10, 64)
	return a, b, errA == nil && errB == nil
}

func (v Version) times(w Version) (a, b time.Time, ok bool) {
	a, errA := time.Parse(time.RFC3339Nano, string(v))
	b, errB := time.Parse(time.RFC3339Nano, string(w))
	return a, b, errA == nil && errB == nil
}
