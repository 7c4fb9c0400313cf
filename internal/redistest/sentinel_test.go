package redistest_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"roomkeeper/internal/redistest"
)

func TestRedisSentinelFailover(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]redistest.Options{
		"plain":             {},
		"TLS and passwords": {TLS: true, RequirePass: "p w", SentinelPass: "s w", AppendFsync: "everysec"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			failOver(t, redistest.StartSentinel(t, o))
		})
	}
}

func failOver(t *testing.T, s *redistest.Sentinel) {
	t.Helper()
	client := s.Client()
	for round := range 3 {
		key := strconv.Itoa(round)
		eventually(t, "write", func() error { return client.Set(t.Context(), key, "kept", 0).Err() })
		s.RestartDead() // nobody in the first round: it waits for the replica
		old := s.Primary()
		s.KillPrimary()
		if s.Primary() == old {
			t.Fatalf("%s is still the primary", old.Addr())
		}
		eventually(t, "read after a failover", func() error { return client.Get(t.Context(), key).Err() })
		must(t, s.Primary().Client().Set(t.Context(), "after"+key, "kept", 0).Err())
	}
	s.RestartDead()
	for round := range 3 {
		want(t, client, strconv.Itoa(round), "kept")
		want(t, client, fmt.Sprint("after", round), "kept")
	}
	if !strings.Contains(s.URL(), "+sentinel://") || !strings.Contains(s.URL(), strings.Join(s.Addrs(), ",")+"/"+s.Master()) {
		t.Errorf("URL %s", s.URL())
	}
}
