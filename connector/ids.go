package connector

import (
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Identifiers are opaque: they are made and parsed by one adapter or driver
// and only compared here.
type (
	// Kind is the class of a Record: one of the Kind constants, or a
	// configured custom kind ([a-z][a-z0-9_]{0,31}).
	Kind string
	// PlatformID names a chat platform, as its adapter calls it.
	PlatformID string
	// GroupID names a Group. It is derived from what it ties together (see
	// GroupIDOf), so the same Record has the same Group on every replica.
	GroupID string
	// UserID is a person's id in the CRM.
	UserID string
	// MemberID is a person's id on a chat platform.
	MemberID string
	// ChannelID is a channel's id on a chat platform.
	ChannelID string
	// MessageID is a message's id within its channel.
	MessageID string
	// CardID identifies one Card of one Group: the same again is an edit.
	CardID string
)

// Kinds of Record that every deployment knows.
const (
	KindAccount     Kind = "account"
	KindAccountPool Kind = "account_pool"
	KindDepartment  Kind = "department"
	KindLeadPool    Kind = "lead_pool"
	KindOpportunity Kind = "opportunity"
)

// RecordKey names one Record of one CRM.
type RecordKey struct {
	CRM  string `json:"crm"`
	Kind Kind   `json:"kind"`
	ID   string `json:"id"`
}

// String is "<crm>/<kind>/<id>", the text that a channel's purpose carries.
func (k RecordKey) String() string { return k.CRM + "/" + string(k.Kind) + "/" + k.ID }

// IsZero reports whether the key names nothing.
func (k RecordKey) IsZero() bool { return k == RecordKey{} }

// MaxID is the longest identifier that is taken from outside, in characters.
const MaxID = 255

// BadID says why a text from outside cannot identify anything; "" when it can.
// Refused are: empty or blank, longer than MaxID, control characters and U+FFFD
// (what is left of broken text), "." and ".." (they would change a URL's path).
func BadID(id string) string {
	switch {
	case strings.TrimSpace(id) == "":
		return "empty"
	case utf8.RuneCountInString(id) > MaxID:
		return "longer than " + strconv.Itoa(MaxID) + " characters"
	case id == "." || id == "..":
		return "not an id"
	case !utf8.ValidString(id) || strings.ContainsRune(id, utf8.RuneError):
		return "not valid text"
	case strings.ContainsFunc(id, unicode.IsControl):
		return "holds a control character"
	}
	return ""
}

// GroupIDOf derives the id of the Group that ties a Record to a platform.
// Equal arguments give equal ids for ever; the id reveals nothing of the Record.
func GroupIDOf(platform PlatformID, record RecordKey) GroupID {
	sum := sha256.Sum256([]byte(strings.Join([]string{string(platform), record.CRM, string(record.Kind), record.ID}, "\x00")))
	return GroupID("g" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:15])))
}
