package redis_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"roomkeeper/connector"
	"roomkeeper/internal/redistest"
)

// What was stored and never confirmed is no more promised by being repeated:
// a failover would lose it after all.
func TestRepeatWaitsForReplica(t *testing.T) {
	server := startServer(t)
	link := redistest.StartProxy(t, server.Addr())
	redistest.StartReplica(t, server, link.Addr(), redistest.Options{AppendFsync: "everysec"})
	ports := startReplica(t, at(server, ""))
	link.HalfOpen()
	key := connector.RecordKey{CRM: "crm", Kind: "account", ID: "1"}
	for name, store := range map[string]func(context.Context) error{
		"event": func(ctx context.Context) error {
			_, err := ports.Inbox.Accept(ctx, connector.Intake{ID: "e1", Group: "g1", Touched: true})
			return err
		},
		"facts": func(ctx context.Context) error {
			_, err := ports.Inbox.Accept(ctx, connector.Intake{
				ID: "e1/facts", FactsOf: key, Facts: connector.Facts{Record: &connector.Record{Key: key}, At: time.Now()},
			})
			return err
		},
		"name": func(ctx context.Context) error {
			_, err := ports.Names.Reserve(ctx, "slack", "acme", "g1")
			return err
		},
		"answer": func(ctx context.Context) error { return ports.Answers.Remember(ctx, "r1", []byte("yes"), time.Now()) },
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 {
				if err := store(t.Context()); !errors.Is(err, connector.ErrStoreAway) {
					t.Errorf("promised what is on one server only: %v", err)
				}
			}
		})
	}
}
