package neutral

import (
	"context"
	"errors"
	"fmt"

	"roomkeeper/connector"
)

// factReader reads what events said of a CRM that cannot be asked.
type factReader struct {
	name  string
	store connector.FactStore
}

// Record implements connector.Records.
func (f *factReader) Record(ctx context.Context, key connector.RecordKey) (connector.Record, error) {
	facts, err := f.facts(ctx, key)
	if err != nil {
		return connector.Record{}, fmt.Errorf("crm %s: %w", callRecord, err)
	}
	if facts.Record == nil {
		return connector.Record{}, fmt.Errorf("crm %s: %w", callRecord, connector.ErrUntold)
	}
	return *facts.Record, nil
}

// Team implements connector.Teams. A record that was told without its team has
// an unknown team, not none: that is temporary, an event may bring it.
func (f *factReader) Team(ctx context.Context, key connector.RecordKey) (connector.Team, error) {
	facts, err := f.facts(ctx, key)
	switch {
	case err != nil:
		return connector.Team{}, fmt.Errorf("crm %s: %w", callTeam, err)
	case facts.Team != nil:
		return *facts.Team, nil
	case facts.Record != nil:
		return connector.Team{}, fmt.Errorf("crm %s: %w: the CRM has not told us about this record's team",
			callTeam, connector.ErrTemporary)
	}
	return connector.Team{}, fmt.Errorf("crm %s: %w", callTeam, connector.ErrUntold)
}

// UsersByID implements connector.Users.
func (f *factReader) UsersByID(ctx context.Context, ids []connector.UserID) (map[connector.UserID]connector.User, error) {
	users, err := f.store.FactUsers(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("crm %s: %w", callUsers, err)
	}
	return users, nil
}

// facts are empty for a record that no event carried.
func (f *factReader) facts(ctx context.Context, key connector.RecordKey) (connector.Facts, error) {
	if key.CRM != f.name {
		return connector.Facts{}, fmt.Errorf("%w: not a record of this CRM: %s", connector.ErrInvalid, key)
	}
	facts, err := f.store.Facts(ctx, key)
	if err != nil && !errors.Is(err, connector.ErrNotFound) {
		return connector.Facts{}, err
	}
	return facts, nil
}
