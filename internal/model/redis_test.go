package model_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"roomkeeper/adapters/redis"
	"roomkeeper/connector/connectortest"
	"roomkeeper/internal/redistest"
)

// The same over Redis.
func TestMembershipRedis(t *testing.T) {
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	told := 0
	rapid.Check(t, func(rt *rapid.T) {
		told++
		clock := connectortest.NewEngineClock()
		store, err := redis.Open(redis.Options{
			Topology: redis.Single, Addrs: []string{server.Addr()}, Prefix: fmt.Sprintf("model%d", told), Deployment: "crm", Clock: clock.Now,
		})
		if err != nil {
			rt.Fatalf("open: %v", err)
		}
		defer func() { _ = store.Close() }()
		if err := store.Check(t.Context()); err != nil {
			rt.Fatalf("check: %v", err)
		}
		p := slackManners()
		if rapid.Bool().Draw(rt, "discord") {
			p = discordManners()
		}
		play(rt, p, store.Ports(), clock)
	})
}
