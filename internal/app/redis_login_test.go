package app_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"roomkeeper/internal/redistest"
	"roomkeeper/sandbox/crm"
)

// Two replicas with no other login than the one in docs/scaling.md make a
// channel, follow a team and post a card, and are refused nothing.
func TestRedisLogin(t *testing.T) {
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	admin := server.Client()
	redistest.GrantLogin(t, admin, redistest.DocumentedLogin(t, filepath.Join("..", "..", "docs", "scaling.md"), "~roomkeeper:*"))
	url := strings.Replace(server.URL(), "://", "://roomkeeper:CHANGE-ME@", 1)
	f := startFleet(t, 5, 1, 2, url, "ROOMKEEPER_SWEEP_SCHEDULE=@every 1s")
	f.open(t, account(1))
	f.waitState(t, account(1), "active")
	team := []crm.Entry{employee(person(0)), employee(person(3)), employee(person(4))}
	f.crm.act(t, "team-set", about(account(1)).with("record", order{"team": team}))
	eventually(t, patience, "the team in the channel", func() error {
		if in := membersOf(*f.group(t, account(1))); in != len(team) {
			return fmt.Errorf("%d are in", in)
		}
		return nil
	})
	err := f.deliver(t.Context(), "card", crm.Event{Type: "notification", Data: crm.EventData{
		Kind: "account", RecordID: "1", Notification: &crm.Notification{Topic: "news", Title: "News"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, patience, "an idle queue", func() error { return idle(t.Context(), admin) })
	f.alive(t)
	for _, refused := range redistest.Refused(t, admin) {
		t.Errorf("refused: %s", refused)
	}
}
