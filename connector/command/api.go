package command

import (
	"context"
	"log/slog"
	"time"

	"roomkeeper/connector"
	"roomkeeper/connector/reconcile"
)

// Request is one slash command as somebody typed it.
type Request struct {
	// ID is the request's identity (a trigger id, an interaction id): the same
	// again is answered like the first and does nothing. Empty: not remembered.
	ID       string
	Platform connector.PlatformID
	Channel  connector.ChannelID
	Actor    connector.MemberID
	// ActorName is kept as who changed a Subscription; empty: Actor is kept.
	ActorName string
	// Text is what follows the command's own word.
	Text string
}

// Press is one press of a button.
type Press struct {
	// ID is the press's identity, like Request.ID.
	ID       string
	Platform connector.PlatformID
	Channel  connector.ChannelID
	Message  connector.MessageID
	Actor    connector.MemberID
	Action   connector.ActionID
	// Value is what the button carried; for the hold buttons see HoldValue.
	Value string
}

// Answer is what is shown to the person who asked, and to nobody else. Text
// holds CRM text: an adapter shows it as it is and lets nothing in it
// mention, link or format. It has at most 2,900 characters.
type Answer struct {
	Text string
	// Card is shown below the Text; nil: none.
	Card *connector.Card
	// Link is the address of the channel that the Text names, "" for none. It
	// is the platform's own and not CRM text: an adapter lets it be followed where it
	// stands in the Text, or shows it beside.
	Link string `json:",omitempty"`
	// Replace: the message whose button was pressed is replaced by the Answer.
	Replace bool
}

// Options are what a Handler works with. Status, Clock and Logger may be
// nil; all other functions and ports are required.
type Options struct {
	// Command is the command's own word, "/crm"; it stands in every example.
	Command string
	// CRM is the first part of every RecordKey.
	CRM      string
	Policies connector.Policies
	Engine   connector.Engine
	// Platforms are asked who is an admin; a platform that is not in it has none.
	Platforms  map[connector.PlatformID]connector.ChatPlatform
	Opener     Opener
	Planner    Planner
	Subscriber Subscriber
	Resolver   Resolver
	Linker     Linker
	Enroller   Enroller
	Adopter    Adopter
	// Finder finds in the CRM who asks, by their address; nil: only links tell.
	Finder connector.UserFinder
	// SignIns are how people link themselves, by platform; without one an admin
	// does, or an address that the platform can look up.
	SignIns map[connector.PlatformID]SignIn
	// LinkHosts are the hosts ("crm.example", with a port if the links have
	// one) whose links name Records.
	LinkHosts []string
	// Everyone lets every member of a channel change its Subscription.
	Everyone bool
	// Status tells an admin how the deployment is; nil: there is no such answer.
	Status func(ctx context.Context) string
	Clock  func() time.Time
	Logger *slog.Logger
}

// Opener opens the Group of a Record, or starts making it.
type Opener interface {
	// Open returns once what it asked for is stored. identity is the request's
	// ID. ErrNotFound: there is no such Record. ErrConflict: it is deleted, or
	// (*connector.RecoverError) channels are not made for now.
	// *WaitError, ErrTemporary: the CRM cannot be reached.
	Open(ctx context.Context, key connector.RecordKey, platform connector.PlatformID, identity string) (group connector.Group, created bool, err error)
}

// Planner makes and releases Plans.
type Planner interface {
	// Preview reads everything again and returns the Plan without applying it.
	Preview(ctx context.Context, id connector.GroupID) (connector.Plan, error)
	// Resync queues the Group; its channel is read, too.
	Resync(ctx context.Context, id connector.GroupID) error
	// Confirm releases the held plan, Dismiss drops it. ErrConflict: plan is
	// not the one that is held now.
	Confirm(ctx context.Context, id connector.GroupID, plan connector.PlanID) error
	Dismiss(ctx context.Context, id connector.GroupID, plan connector.PlanID) error
	// ConfirmSweep and DismissSweep do so to every plan on a platform that a Sweep's
	// verdict holds, and return to how many.
	ConfirmSweep(ctx context.Context, sweep string, on connector.PlatformID) (int, error)
	DismissSweep(ctx context.Context, sweep string, on connector.PlatformID) (int, error)
}

// Subscriber changes Subscriptions.
type Subscriber interface {
	// Change turns exactly these Topics on and off. fields replaces the filter
	// of record_updated when that is turned on; empty: any field.
	Change(ctx context.Context, id connector.GroupID, on, off []connector.Topic, fields []string, by string) (connector.Subscription, error)
	// Effective lists the Topics that are on, by decision or by default.
	Effective(ctx context.Context, g connector.Group) ([]connector.Topic, error)
}

// Resolver reads a Record and who should be in its channel, fresh from the
// CRM. Where people join by themselves, only those who are in, ask or own are in
// the answer: ask is who asks, or is asked about. ErrNotFound: there is no such Record. *reconcile.PartialError: the
// answer holds and some people have no account in it yet. Any other error: it
// cannot be read.
type Resolver interface {
	Desired(ctx context.Context, platform connector.PlatformID, key connector.RecordKey, ask reconcile.Asker) (connector.Record, reconcile.Desired, error)
}

// Enroller notes that people asked to be in a channel, or out of it.
type Enroller interface {
	// Join lets people in who may be in; each has a Member.
	Join(ctx context.Context, id connector.GroupID, people []reconcile.Wanted) error
	// Leave lets somebody go. ErrNotFound: they are neither in nor expected.
	Leave(ctx context.Context, id connector.GroupID, member connector.MemberID) error
}

// Adopter gives Records channels that exist already.
type Adopter interface {
	// Preview reads what adopting would do, Adopt does it. ErrNotFound: there is no
	// such Record. *connector.AdoptError, *connector.RecoverError: it cannot be.
	Preview(ctx context.Context, req connector.AdoptRequest) (connector.Adoption, error)
	// Adopt may be repeated; the same again changes nothing.
	Adopt(ctx context.Context, req connector.AdoptRequest) (connector.Group, error)
}

// Linker stores by hand which Member a User is, and takes it back. by says who
// did it, see connector.Link.
type Linker interface {
	// Set replaces any Link of the User's on the platform. ErrNotFound: the CRM does
	// not know the User. *identity.AccountError, *connector.MeaningError: there can
	// be no such Link.
	Set(ctx context.Context, user connector.UserID, platform connector.PlatformID, member connector.MemberID, by string) error
	// Delete lets the CRM or the look-up decide again; nothing stored is no error.
	Delete(ctx context.Context, user connector.UserID, platform connector.PlatformID, by string) error
}

// SignIn starts that a Member proves who they are. The URL is for them alone and
// of no use after expires.
type SignIn func(ctx context.Context, member connector.MemberID) (url string, expires time.Time, err error)
