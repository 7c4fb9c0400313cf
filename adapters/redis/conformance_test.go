package redis_test

import (
	"testing"

	"roomkeeper/adapters/redis"
	"roomkeeper/connector/connectortest"
	"roomkeeper/internal/redistest"
)

// The very same rules and machine as over the embedded engine, over everything
// that REDIS_URL may name.

func TestConformanceRedis(t *testing.T) { conforms(t, single(t)) }

// Over several shards of one server, as after a move from a cluster.
func TestConformanceRedisShards(t *testing.T) {
	o := single(t)
	o.Shards = 16
	conforms(t, o)
}

func TestConformanceRedisTLS(t *testing.T) {
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec", RequirePass: "a secret", TLS: true})
	connectortest.EngineSuite(t, openOn(redis.Options{
		Topology: redis.Single, Addrs: []string{server.Addr()}, Password: "a secret", TLS: server.TLSConfig(),
	}))
}

func TestConformanceSentinel(t *testing.T) {
	s := redistest.StartSentinel(t, redistest.Options{AppendFsync: "everysec"})
	conforms(t, redis.Options{Topology: redis.Sentinel, Addrs: s.Addrs(), Master: s.Master()})
}

func TestConformanceCluster(t *testing.T) {
	c := redistest.StartCluster(t, redistest.Options{AppendFsync: "everysec"})
	conforms(t, redis.Options{Topology: redis.Cluster, Addrs: c.Addrs()})
}

func single(t *testing.T) redis.Options {
	t.Helper()
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	return redis.Options{Topology: redis.Single, Addrs: []string{server.Addr()}}
}

func conforms(t *testing.T, o redis.Options) {
	t.Run("Rules", func(t *testing.T) { connectortest.EngineSuite(t, openOn(o)) })
	t.Run("Machine", func(t *testing.T) { connectortest.EngineMachine(t, openOn(o)) })
}
