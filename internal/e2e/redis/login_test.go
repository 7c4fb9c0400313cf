package redis_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"roomkeeper/internal/redistest"
	"roomkeeper/internal/world"
	"roomkeeper/sandbox/crm"
)

// Two replicas with no other login than the one in docs/scaling.md make a
// channel, follow a team and post a card, and are refused nothing.
func TestRedisLogin(t *testing.T) {
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	admin := server.Client()
	redistest.GrantLogin(t, admin, redistest.DocumentedLogin(t, filepath.Join("..", "..", "..", "docs", "scaling.md"), "~roomkeeper:*"))
	url := strings.Replace(server.URL(), "://", "://roomkeeper:CHANGE-ME@", 1)
	f := world.StartFleet(t, world.Slack(), 5, 1, 2, url, "ROOMKEEPER_SWEEP_SCHEDULE=@every 1s")
	f.Open(t, world.Account(1))
	f.WaitState(t, world.Account(1), "active")
	team := []crm.Entry{world.Employee(world.PersonID(0)), world.Employee(world.PersonID(3)), world.Employee(world.PersonID(4))}
	f.CRM.Act(t, "team-set", world.About(world.Account(1)).With("record", world.Order{"team": team}))
	world.Eventually(t, world.Patience, "the team in the channel", func() error {
		if in := world.MembersOf(*f.Group(t, world.Account(1))); in != len(team) {
			return fmt.Errorf("%d are in", in)
		}
		return nil
	})
	err := f.Deliver(t.Context(), "card", crm.Event{Type: "notification", Data: crm.EventData{
		Kind: "account", RecordID: "1", Notification: &crm.Notification{Topic: "news", Title: "News"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	world.Eventually(t, world.Patience, "an idle queue", func() error { return world.Idle(t.Context(), admin) })
	f.Alive(t)
	for _, refused := range redistest.Refused(t, admin) {
		t.Errorf("refused: %s", refused)
	}
}
