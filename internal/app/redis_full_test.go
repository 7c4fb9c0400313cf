package app_test

import (
	"errors"
	"net/http"
	"testing"

	"roomkeeper/internal/redistest"
	"roomkeeper/sandbox/crm"
)

// A Redis whose memory is used up takes no event, and loses none: the sender
// is told to come back, and what it repeats is taken once there is room again.
func TestRedisFull(t *testing.T) {
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	admin := server.Client()
	f := startFleet(t, 5, 1, 1, server.URL())
	f.open(t, account(1))
	f.waitState(t, account(1), "active")
	limit := func(bytes string) {
		if err := admin.ConfigSet(t.Context(), "maxmemory", bytes).Err(); err != nil {
			t.Fatal(err)
		}
	}
	event := crm.Event{Type: "team.changed", Data: crm.EventData{Kind: "account", RecordID: "1", Changed: []string{"team"}}}
	limit("1mb")
	eventually(t, patience, "no room", func() error {
		var status *statusError
		err := f.send(t.Context(), "full", event)
		if !errors.As(err, &status) || status.status != http.StatusServiceUnavailable {
			return errors.Join(errors.New("it is not refused"), err)
		}
		return nil
	})
	limit("0")
	if err := f.deliver(t.Context(), "full", event); err != nil {
		t.Fatal(err)
	}
	eventually(t, patience, "an idle queue", func() error { return idle(t.Context(), admin) })
	f.alive(t)
}
