package redis_test

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"testing"

	"roomkeeper/adapters/redis"
	"roomkeeper/connector"
	"roomkeeper/connector/connectortest"
)

var prefixes atomic.Int64

// openOn makes an engine under a prefix of its own; what is taken over after a
// kill is what the server holds, once the leases of the killed one are over.
func openOn(o redis.Options) func(t *testing.T) connectortest.Reopenable {
	return func(t *testing.T) connectortest.Reopenable {
		t.Helper()
		clock := connectortest.NewEngineClock()
		o := o
		o.Prefix, o.Clock, o.Deployment = fmt.Sprintf("t%d-%d", os.Getpid(), prefixes.Add(1)), clock.Now, "crm"
		var current *redis.Engine
		start := func() (connector.Engine, error) {
			e, err := redis.Open(o)
			if err != nil {
				return connector.Engine{}, err
			}
			current = e
			t.Cleanup(func() {
				if err := e.Close(); err != nil {
					t.Errorf("close: %v", err)
				}
			})
			return e.Ports(), e.Check(context.Background())
		}
		engine, err := start()
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		return connectortest.Reopenable{
			Engine:  engine,
			Clock:   clock,
			Sharded: o.Shards > 1 || o.Topology == redis.Cluster,
			Reopen: func(abrupt bool) (connector.Engine, error) {
				end := current.Close
				if abrupt {
					end = current.Abandon
				}
				if err := end(); err != nil {
					return connector.Engine{}, err
				}
				engine, err := start()
				if err == nil && abrupt {
					err = current.ExpireLeases(context.Background())
				}
				return engine, err
			},
		}
	}
}
