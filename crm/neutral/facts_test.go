package neutral_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"roomkeeper/connector"
	"roomkeeper/crm/neutral"
)

// memory is a FactStore that holds what a test puts there.
type memory struct {
	records map[connector.RecordKey]connector.Facts
	users   map[connector.UserID]connector.User
	err     error
}

func (m *memory) Facts(_ context.Context, key connector.RecordKey) (connector.Facts, error) {
	return m.records[key], m.err
}

func (m *memory) FactUsers(_ context.Context, ids []connector.UserID) (map[connector.UserID]connector.User, error) {
	found := map[connector.UserID]connector.User{}
	for _, id := range ids {
		if user, ok := m.users[id]; ok {
			found[id] = user
		}
	}
	return found, m.err
}

func factCRM(t *testing.T, store connector.FactStore) connector.CRM {
	t.Helper()
	return driver(t, neutral.Options{Name: "crm", Secrets: [][]byte{secret()}, Kinds: kinds(), Facts: store})
}

func TestFactsAreReadWhenTheCRMCannotBeAsked(t *testing.T) {
	record := connector.Record{Key: account("4"), Name: "Northwind"}
	team := connector.Team{Version: "3", Entries: []connector.Entry{{Principal: connector.Principal{Type: "user", ID: "1"}}}}
	ports := factCRM(t, &memory{
		records: map[connector.RecordKey]connector.Facts{
			account("4"): {Record: &record, Team: &team},
			account("5"): {Record: &record},
			account("6"): {Team: &team},
		},
		users: map[connector.UserID]connector.User{"1": {ID: "1", Active: true}},
	})
	if ports.Changes != nil {
		t.Error("a CRM that cannot be asked lists changes")
	}
	if got, err := ports.Records.Record(t.Context(), account("4")); err != nil || got.Name != "Northwind" {
		t.Errorf("record: %+v, %v", got, err)
	}
	for _, id := range []string{"4", "6"} {
		if got, err := ports.Teams.Team(t.Context(), account(id)); err != nil || len(got.Entries) != 1 {
			t.Errorf("team of %s: %+v, %v", id, got, err)
		}
	}
	if _, err := ports.Teams.Team(t.Context(), account("5")); !errors.Is(err, connector.ErrTemporary) {
		t.Errorf("a team that was never told: %v, want ErrTemporary", err)
	}
	if got, err := ports.Users.UsersByID(t.Context(), []connector.UserID{"1", "2"}); err != nil || len(got) != 1 {
		t.Errorf("users: %+v, %v", got, err)
	}
}

func TestARecordNeverSent(t *testing.T) {
	for name, store := range map[string]*memory{"empty": {}, "not found": {err: connector.ErrNotFound}} {
		ports := factCRM(t, store)
		_, recordErr := ports.Records.Record(t.Context(), account("4"))
		_, teamErr := ports.Teams.Team(t.Context(), account("4"))
		for _, err := range []error{recordErr, teamErr} {
			if !errors.Is(err, connector.ErrNotFound) || !strings.Contains(err.Error(), "the CRM has not told us about this record") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestFactsPassTheStoresErrorOn(t *testing.T) {
	ports := factCRM(t, &memory{err: connector.ErrStoreAway})
	_, recordErr := ports.Records.Record(t.Context(), account("4"))
	_, teamErr := ports.Teams.Team(t.Context(), account("4"))
	_, usersErr := ports.Users.UsersByID(t.Context(), []connector.UserID{"1"})
	for _, err := range []error{recordErr, teamErr, usersErr} {
		if !errors.Is(err, connector.ErrStoreAway) {
			t.Errorf("got %v, want ErrStoreAway", err)
		}
	}
}
