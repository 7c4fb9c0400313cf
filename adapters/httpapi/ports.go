package httpapi

import (
	"context"

	"roomkeeper/connector"
	"roomkeeper/connector/identity"
)

// Acceptor stores what a CRM reported. When Accept returns nil, all events
// are durable; accepting the same again changes nothing.
type Acceptor interface {
	Accept(ctx context.Context, events []connector.Event) error
}

// Opener opens the Group of a Record, or starts making it.
type Opener interface {
	// Open returns once what it asked for is stored. identity is the request's
	// identity, "" when it has none. ErrNotFound: there is no such Record.
	// *connector.RecoverError: channels are not made for now. ErrConflict: it is
	// deleted. *WaitError, ErrTemporary, ErrUnauthorized:
	// the CRM cannot be asked.
	Open(ctx context.Context, key connector.RecordKey, platform connector.PlatformID, identity string) (group connector.Group, created bool, err error)
	// Check reports with the same errors why Open would ask for no channel of a Record
	// that has none; it changes nothing.
	Check(ctx context.Context, key connector.RecordKey, platform connector.PlatformID) error
}

// Planner makes and releases Plans.
type Planner interface {
	// Preview reads everything again and returns the Plan without applying it.
	Preview(ctx context.Context, id connector.GroupID) (connector.Plan, error)
	// Resync queues the Group before the rest.
	Resync(ctx context.Context, id connector.GroupID) error
	// Rename queues the Group as Resync does, and has its channel named by the
	// kind's template as it is now.
	Rename(ctx context.Context, id connector.GroupID) error
	// Confirm releases the held plan, Dismiss drops it. ErrConflict: plan is
	// not the one that is held now.
	Confirm(ctx context.Context, id connector.GroupID, plan connector.PlanID) error
	Dismiss(ctx context.Context, id connector.GroupID, plan connector.PlanID) error
	// ConfirmSweep confirms every plan on a platform that a Sweep's verdict holds,
	// DismissSweep drops it; no platform means all. They return how many there were.
	// HeldBySweep counts those of all platforms.
	ConfirmSweep(ctx context.Context, sweep string, on connector.PlatformID) (confirmed int, err error)
	DismissSweep(ctx context.Context, sweep string, on connector.PlatformID) (dismissed int, err error)
	HeldBySweep(ctx context.Context, sweep string) (int, error)
}

// Sweeper starts Sweeps; how far one got is in the engine's Sweeps.
type Sweeper interface {
	Start(ctx context.Context, full bool) (connector.Sweep, error)
	// Verdict says what would become of so many removals over all Groups, of how many
	// Owned members; 0: they are too few for that to matter.
	Verdict(ctx context.Context, removals int) (verdict connector.Verdict, owned int, err error)
}

// Recoverer rebuilds Groups from the purposes of the channels that our bot made.
type Recoverer interface {
	// Recover lists what it did, or with dryRun what it would do. It may be
	// repeated, also after an error.
	Recover(ctx context.Context, dryRun bool) ([]connector.Recovered, error)
}

// Adopter gives Records channels that exist already.
type Adopter interface {
	// Preview reads what adopting would do, Adopt does it; the same again changes
	// nothing. ErrNotFound: there is no such Record. *connector.AdoptError,
	// *connector.RecoverError: it cannot be.
	Preview(ctx context.Context, req connector.AdoptRequest) (connector.Adoption, error)
	Adopt(ctx context.Context, req connector.AdoptRequest) (connector.Group, error)
	// RecordOf finds what a Group's id was derived from, stored or not. ErrNotFound.
	RecordOf(ctx context.Context, id connector.GroupID) (connector.RecordKey, connector.PlatformID, error)
	// Suggest lists likely pairs. ErrUnsupported: the CRM does not list its Records.
	Suggest(ctx context.Context) ([]connector.AdoptSuggestion, error)
}

// Subscriber changes Subscriptions.
type Subscriber interface {
	// Set turns exactly these Topics on and all others off.
	Set(ctx context.Context, id connector.GroupID, topics []connector.Topic, by string) (connector.Subscription, error)
	// Effective lists the Topics that are on, by decision or by default.
	Effective(ctx context.Context, g connector.Group) ([]connector.Topic, error)
}

// Linker stores by hand which Members a User is. ErrNotFound: nobody knows the
// User. *identity.AccountError, *connector.MeaningError: there can be no such
// Link, and nothing was changed.
type Linker interface {
	// Get returns what was stored by hand.
	Get(ctx context.Context, user connector.UserID) (identity.Links, error)
	// Replace stores exactly these and takes all others back.
	Replace(ctx context.Context, user connector.UserID, links identity.Links, by string) error
	// Clear takes all back.
	Clear(ctx context.Context, user connector.UserID, by string) error
}
