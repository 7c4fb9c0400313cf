package connector

import (
	"strings"
	"time"
)

// Policy is how one Kind is kept.
type Policy struct {
	Kind Kind
	// Aliases are the CRM's own names for the kind; compared without case.
	Aliases []string
	// NameTemplate makes a channel's name; "{name}", "{kind}" and "{id}" stand
	// for the Record's.
	NameTemplate string
	Private      bool
	// MembersOf is whose users belong to a Record: those of the principal of this
	// type with the Record's own id. Empty: the Related Team and the owner.
	MembersOf PrincipalType
	// SelfEnrol: people join by command, and nobody is invited who did not.
	SelfEnrol bool
	// EnrolLimit: a Record to which more people belong is joined by command,
	// whatever SelfEnrol says; 0 is no limit.
	EnrolLimit int
	Leavers    LeaverPolicy
	// Extras is about people in the channel whom nobody wants there and whom
	// Roomkeeper did not add.
	Extras ExtrasPolicy
	Remove RemovePolicy
	// Grace is how long somebody stays after being taken off the team.
	Grace time.Duration
	// DetailFields are the field keys that may be shown, in order.
	DetailFields []string
	StageField   string
	// Topics are on by default.
	Topics []Topic
	// A Plan that removes more than RemovalPeople and more than RemovalShare
	// of the Owned members in the channel is held.
	RemovalShare  float64
	RemovalPeople int
}

// LeaverPolicy says what becomes of people who left by themselves.
type LeaverPolicy string

// Leaver policies.
const (
	LeaversRespect LeaverPolicy = "respect"
	LeaversReadd   LeaverPolicy = "readd"
)

// ExtrasPolicy says what becomes of people whom nobody wants in the channel.
type ExtrasPolicy string

// Extras policies. Kick: removed, each person at most once a day; who is in
// again the same day is reported instead. Remove: never goes before it.
const (
	ExtrasKeep ExtrasPolicy = "keep"
	ExtrasKick ExtrasPolicy = "kick"
)

// RemovePolicy says who is removed when no path is left.
type RemovePolicy string

// Remove policies: only whom Roomkeeper added, everybody, or nobody.
const (
	RemoveOwned  RemovePolicy = "owned"
	RemoveStrict RemovePolicy = "strict"
	RemoveNever  RemovePolicy = "never"
)

// Policies are the kinds in use, in the order of configuration.
type Policies []Policy

// Kind returns the policy of the kind that is called name: its own name or
// one of its aliases, case aside. ok is false when no such kind is in use.
func (ps Policies) Kind(name string) (p Policy, ok bool) {
	for _, p := range ps {
		if strings.EqualFold(string(p.Kind), name) {
			return p, true
		}
		for _, alias := range p.Aliases {
			if strings.EqualFold(alias, name) {
				return p, true
			}
		}
	}
	return Policy{}, false
}

// Names lists the kinds in use, for messages to people.
func (ps Policies) Names() []string {
	names := make([]string, len(ps))
	for i, p := range ps {
		names[i] = string(p.Kind)
	}
	return names
}
