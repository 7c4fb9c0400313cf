package redis_test

import (
	"errors"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/internal/redistest"
)

// A replica that has just been given everything may take over at once, so from
// then on nothing is promised without it.
func TestPromisesWaitForNewReplica(t *testing.T) {
	o := redistest.Options{AppendFsync: "everysec"}
	primary := redistest.Start(t, o)
	client, ctx := primary.Client(), t.Context()
	// As usual, though shorter: the tests' servers begin at once.
	must(t, client.ConfigSet(ctx, "repl-diskless-sync-delay", "3").Err())
	r := startReplica(t, at(primary, freshPrefix()))
	link := redistest.StartProxy(t, primary.Addr())
	synced := make(chan struct{})
	go func() {
		defer close(synced)
		redistest.StartReplica(t, primary, link.Addr(), o)
	}()
	for {
		_, err := r.Names.Reserve(ctx, "slack", time.Now().String(), "g")
		must(t, err)
		select {
		case <-synced:
		case <-time.After(10 * time.Millisecond):
			continue
		}
		break
	}
	link.HalfOpen()
	if _, err := r.Names.Reserve(ctx, "slack", "acme", "g"); !errors.Is(err, connector.ErrStoreAway) {
		t.Errorf("promised what no replica has: %v", err)
	}
}
