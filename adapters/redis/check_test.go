package redis_test

import (
	"errors"
	"testing"

	"roomkeeper/adapters/redis"
	"roomkeeper/connector"
	"roomkeeper/internal/redistest"
)

func TestRedisRefuses(t *testing.T) {
	fit := redistest.Options{AppendFsync: "everysec"}
	for name, c := range map[string]struct {
		server  redistest.Options
		prepare func(t *testing.T, s *redistest.Server)
		want    error
	}{
		"no append-only file": {server: redistest.Options{}, want: redis.ErrUnfit},
		"eviction":            {server: redistest.Options{AppendFsync: "everysec", MaxmemoryPolicy: "allkeys-lru"}, want: redis.ErrUnfit},
		"another's data": {server: fit, want: redis.ErrForeign, prepare: func(t *testing.T, s *redistest.Server) {
			must(t, s.Client().HSet(t.Context(), "p:{all}:meta", "schema", "1", "shards", "1", "deployment", "other").Err())
		}},
		"data of nobody": {server: fit, want: redis.ErrForeign, prepare: func(t *testing.T, s *redistest.Server) {
			must(t, s.Client().HSet(t.Context(), "p:{all}:meta", "a", "b").Err())
		}},
		"a newer schema": {server: fit, want: connector.ErrNewerFormat, prepare: func(t *testing.T, s *redistest.Server) {
			must(t, s.Client().HSet(t.Context(), "p:{all}:meta", "schema", "2", "shards", "1", "deployment", "crm").Err())
		}},
	} {
		t.Run(name, func(t *testing.T) {
			server := redistest.Start(t, c.server)
			if c.prepare != nil {
				c.prepare(t, server)
			}
			o := at(server, "p")
			o.Deployment = "crm"
			e, err := redis.Open(o)
			must(t, err)
			if err := e.Check(t.Context()); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			must(t, e.Close())
		})
	}
}
