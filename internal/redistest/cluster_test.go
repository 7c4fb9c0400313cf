package redistest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"roomkeeper/internal/redistest"
)

func TestRedisClusterFailover(t *testing.T) {
	t.Parallel()
	c := redistest.StartCluster(t, redistest.Options{AppendFsync: "everysec", RequirePass: "p w"})
	client := c.Client()
	for i := range 3 {
		fill(t, client, i)
		c.RestartDead() // nobody in the first round: it waits for the replicas
		old := c.Master(i)
		c.KillMaster(i)
		if c.Master(i) == old {
			t.Fatalf("%s still has third %d", old.Addr(), i)
		}
	}
	fill(t, client, 3)
	c.RestartDead()
	for round := range 4 {
		for k := range 60 {
			want(t, client, fmt.Sprintf("%d-%d", round, k), "kept")
		}
	}
	if c.URL() != "redis+cluster://:p%20w@"+strings.Join(c.Addrs(), ",") {
		t.Errorf("URL %s", c.URL())
	}
}

// fill writes keys all over the slots.
func fill(t *testing.T, client *redis.ClusterClient, round int) {
	t.Helper()
	for k := range 60 {
		key := fmt.Sprintf("%d-%d", round, k)
		eventually(t, "write "+key, func() error { return client.Set(t.Context(), key, "kept", 0).Err() })
	}
}

// Every third can fail over before anybody comes back.
func TestRedisClusterLosesEveryMaster(t *testing.T) {
	t.Parallel()
	c := redistest.StartCluster(t, redistest.Options{TLS: true})
	client := c.Client()
	fill(t, client, 0)
	c.RestartDead()
	for i := range 3 {
		c.KillMaster(i)
	}
	fill(t, client, 1)
	c.RestartDead()
	for k := range 60 {
		want(t, client, fmt.Sprintf("0-%d", k), "kept")
	}
}
