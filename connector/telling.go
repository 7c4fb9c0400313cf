package connector

import "time"

// Telling is something about a Group that somebody is to be told once, outside its
// channel. It is stored with the Group, in the same step as what it is about, and
// leaves it once it was told.
type Telling struct {
	What TellingWhat `json:"what"`
	// About tells two of the same What apart: the id of a Plan, a Member, a name.
	About string   `json:"about,omitempty"`
	To    Audience `json:"to"`
	// Member is who is told where To is AudienceMember, and whom it is about
	// otherwise; empty when it is about nobody.
	Member MemberID `json:"member,omitempty"`
	// Shared is what it has in common with the same What of other Groups, such as
	// the id of a Sweep: the admins are told of all of them by one message.
	Shared string `json:"shared,omitempty"`
	// Gathered: only the admins are still to be told, by one message for all of the
	// same What.
	Gathered bool      `json:"gathered,omitempty"`
	At       time.Time `json:"at"`
}

// TellingWhat is what somebody is told.
type TellingWhat string

// What is told of a Group.
const (
	// TellHeld: removals are held; About is the plan's id.
	TellHeld TellingWhat = "held"
	// TellRemovalNotAllowed: the platform does not let us remove Member.
	TellRemovalNotAllowed TellingWhat = "removal_not_allowed"
	// TellExtra: Member, whom nobody wants there, was removed and is in again.
	TellExtra TellingWhat = "extra"
	// TellNamePutBack: the name that Member gave the channel, About, was put back.
	TellNamePutBack TellingWhat = "name_put_back"
	// TellNameContested: the name About stays, it was put back too often.
	TellNameContested TellingWhat = "name_contested"
	// TellUnreachable, TellArchived, TellLost: what became of the channel.
	TellUnreachable TellingWhat = "unreachable"
	TellArchived    TellingWhat = "archived"
	TellLost        TellingWhat = "lost"
)

// Audience is who is told.
type Audience string

// Audiences: the owner of the Record, or who has the owner's duties; the admins of
// the deployment, in their channel; both; one Member.
const (
	AudienceOwner         Audience = "owner"
	AudienceAdmins        Audience = "admins"
	AudienceOwnerAndAdmin Audience = "owner_and_admins"
	AudienceMember        Audience = "member"
	// AudienceChannel is whoever reads the Group's own channel.
	AudienceChannel Audience = "channel"
)

// Tell adds a Telling, unless one of the same What and About waits already, of which
// nobody was told yet.
func (g *Group) Tell(t Telling) {
	for i, waiting := range g.Tellings {
		if waiting.What == t.What && waiting.About == t.About && waiting.Gathered == t.Gathered {
			if t.Gathered {
				g.Tellings[i].At = t.At // a message on its way tells of the one before only
			}
			return
		}
	}
	g.Tellings = append(g.Tellings, t)
}
