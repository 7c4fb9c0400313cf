package redis_test

import (
	"errors"
	"net/http"
	"testing"

	"roomkeeper/internal/redistest"
	"roomkeeper/internal/world"
	"roomkeeper/sandbox/crm"
)

// A Redis whose memory is used up takes no event, and loses none: the sender
// is told to come back, and what it repeats is taken once there is room again.
func TestRedisFull(t *testing.T) {
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	admin := server.Client()
	f := world.StartFleet(t, world.Slack(), 5, 1, 1, server.URL())
	f.Open(t, world.Account(1))
	f.WaitState(t, world.Account(1), "active")
	limit := func(bytes string) {
		if err := admin.ConfigSet(t.Context(), "maxmemory", bytes).Err(); err != nil {
			t.Fatal(err)
		}
	}
	event := crm.Event{Type: "team.changed", Data: crm.EventData{Kind: "account", RecordID: "1", Changed: []string{"team"}}}
	limit("1mb")
	world.Eventually(t, world.Patience, "no room", func() error {
		var status *world.StatusError
		err := f.Send(t.Context(), "full", event)
		if !errors.As(err, &status) || status.Status != http.StatusServiceUnavailable {
			return errors.Join(errors.New("it is not refused"), err)
		}
		return nil
	})
	limit("0")
	if err := f.Deliver(t.Context(), "full", event); err != nil {
		t.Fatal(err)
	}
	world.Eventually(t, world.Patience, "an idle queue", func() error { return world.Idle(t.Context(), admin) })
	f.Alive(t)
}
