package connector

import (
	"maps"
	"strings"
	"time"
)

// User is a person as the CRM knows them.
type User struct {
	ID       UserID                  `json:"id"`
	Name     string                  `json:"name,omitempty"`
	Email    string                  `json:"email,omitempty"`
	Active   bool                    `json:"active"`
	External bool                    `json:"external,omitempty"`
	Links    map[PlatformID]MemberID `json:"links,omitempty"`
}

// Person is what is remembered of a User: the CRM's last word and how it
// becomes a Member on each platform.
type Person struct {
	User  User                `json:"user"`
	Links map[PlatformID]Link `json:"links,omitempty"`
	// Filed is what the file of known accounts said when it was last read: what
	// it says still is no news.
	Filed map[PlatformID]MemberID `json:"filed,omitempty"`
	// SeenOtherwise: somebody was linked by something else than User says. The next full
	// Sweep takes them for changed, also when they are as before by then.
	SeenOtherwise bool      `json:"seen_otherwise,omitempty"`
	ReadAt        time.Time `json:"read_at"`
}

// Clone returns a copy that shares no map with p.
func (p Person) Clone() Person {
	p.User.Links, p.Links, p.Filed = maps.Clone(p.User.Links), maps.Clone(p.Links), maps.Clone(p.Filed)
	return p
}

// Over returns p as what was found out of somebody of whom before is stored.
// Links of platforms that p does not name stay: somebody else found them out.
// What was stored by hand is not found out: it stays as it was before.
func (p Person) Over(before Person) Person {
	links := map[PlatformID]Link{}
	maps.Copy(links, before.Links)
	for platform, link := range p.Links {
		if link.Source != LinkStored && before.Links[platform].Source != LinkStored {
			links[platform] = link
		}
	}
	if p.Links = links; len(links) == 0 {
		p.Links = nil
	}
	p.Filed = before.Filed
	return p
}

// Address returns an e-mail address as addresses are compared.
func Address(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// LinkSource says who made a Link; the order is the order of precedence.
type LinkSource string

// Sources of a Link: set by hand (API, command, file), told by the CRM, or
// found by e-mail.
const (
	LinkStored LinkSource = "stored"
	LinkCRM    LinkSource = "crm"
	LinkEmail  LinkSource = "email"
)

// ByFile is Link.By of what the file of known accounts says.
const ByFile = "file"

// BySignIn is Link.By of what somebody proved by signing in.
const BySignIn = "sign-in"

// Link is how a User becomes a Member on one platform. A Link without a
// Member is a look-up that found none; Reason then says why.
type Link struct {
	Member MemberID      `json:"member,omitempty"`
	Source LinkSource    `json:"source"`
	Email  string        `json:"email,omitempty"`
	Reason PendingReason `json:"reason,omitempty"`
	// Told is the account that the CRM named, for a Link of LinkCRM: that stands only
	// as long as the CRM names this one. Where it is gone, the Member is another one,
	// found by e-mail or from before, or none.
	Told MemberID `json:"told,omitempty"`
	// By says who stored it: "api:<token>", "member:<id>", BySignIn, ByFile.
	By string    `json:"by,omitempty"`
	At time.Time `json:"at"`
	// AskedAt is when the platform was last asked only whether it has the Member still, and
	// did not say that they are gone; zero: never. At is the time of the answer by which
	// somebody is added.
	AskedAt time.Time `json:"asked_at,omitzero"`
	// Gone: the platform said that the Member left the workspace. They are asked
	// for before they count again, and the Link stays.
	Gone bool `json:"gone,omitempty"`
	// GoneAt is when the platform last said so; it stays when they are back. Zero: never.
	GoneAt time.Time `json:"gone_at,omitzero"`
	// Checked: the platform was asked for the Member of a Link that was stored without
	// asking, see ByFile.
	Checked bool `json:"checked,omitempty"`
}

// PendingReason says why somebody who should be in a channel is not.
type PendingReason string

// The reasons of the public contract.
const (
	ReasonNoAccount         PendingReason = "no_account"
	ReasonAmbiguousAccount  PendingReason = "ambiguous_account"
	ReasonGuest             PendingReason = "guest"
	ReasonOtherWorkspace    PendingReason = "other_workspace"
	ReasonInvitationRefused PendingReason = "invitation_refused"
	ReasonUnknownUser       PendingReason = "unknown_user"
	ReasonRemovalNotAllowed PendingReason = "removal_not_allowed"
	ReasonRateWait          PendingReason = "rate_wait"
)

// Account is a directory's answer for one e-mail address: an active, full,
// human Member of the deployment's own workspace, or the Reason why not.
type Account struct {
	Member MemberID
	Reason PendingReason
}
