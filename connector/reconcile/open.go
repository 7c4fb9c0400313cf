package reconcile

import (
	"context"
	"errors"
	"fmt"

	"roomkeeper/connector"
)

// ErrRecordDeleted says that the CRM calls the Record deleted; no channel is
// made for it.
var ErrRecordDeleted = fmt.Errorf("the record is deleted in the CRM: %w", connector.ErrConflict)

// Opener asks for channels on behalf of people and programs.
type Opener struct {
	*Acceptor
	Resolver *Resolver
	Recovery *Recoverer
}

// Open returns the Group of a Record, asking for its channel if there is
// none. identity is remembered; "" is not. platform "" is the default one.
// Errors of the CRM come through: ErrNotFound says that there is no such
// Record. A *connector.RecoverError: channels are not made for now.
func (o *Opener) Open(ctx context.Context, key connector.RecordKey, platform connector.PlatformID, identity string) (connector.Group, bool, error) {
	if platform == "" {
		platform = o.Platforms[0]
	}
	id := connector.GroupIDOf(platform, key)
	g, err := o.Engine.Groups.Group(ctx, id)
	if err == nil && g.Channel.ID != "" && g.State != connector.GroupFailed {
		return g, false, nil
	}
	if err != nil && !errors.Is(err, connector.ErrNotFound) {
		return g, false, fmt.Errorf("load group: %w", err)
	}
	if held := o.Recovery.Held(ctx, platform); held != nil {
		return g, false, held
	}
	if err == nil && g.State != connector.GroupFailed {
		return g, false, nil
	}
	if err := o.exists(ctx, key); err != nil {
		return g, false, err
	}
	if _, err := o.Engine.Inbox.Accept(ctx, openIntake(identity, connector.QueuedBy(causeOpen), platform, key, o.Clock())); err != nil {
		return g, false, fmt.Errorf("accept: %w", err)
	}
	g, err = o.Engine.Groups.Group(ctx, id)
	if err != nil {
		return g, false, fmt.Errorf("load group: %w", err)
	}
	return g, true, nil
}

// Check reports with the errors of Open why it would ask for no channel of a Record; it
// asks for none. Whether the Record has one already is not looked at.
func (o *Opener) Check(ctx context.Context, key connector.RecordKey, platform connector.PlatformID) error {
	if held := o.Recovery.Held(ctx, platform); held != nil {
		return held
	}
	return o.exists(ctx, key)
}

func (o *Opener) exists(ctx context.Context, key connector.RecordKey) error {
	record, err := o.Resolver.CRM.Records.Record(ctx, key)
	if err != nil {
		return fmt.Errorf("read record: %w", err)
	}
	if record.State == connector.RecordDeleted {
		return ErrRecordDeleted
	}
	return nil
}
