package redistest

import (
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// thirds is how many primaries share the slots; each has one replica.
	thirds = 3
	slots  = 16384
)

// Cluster is a Redis Cluster of three masters, each with a third of the slots
// and one replica.
type Cluster struct {
	access
	tb    testing.TB
	nodes []*Server // masters, then their replicas in the same order, as long as nobody was killed
}

// StartCluster starts one, and waits until every node says that it is whole
// and the replicas are in sync.
func StartCluster(tb testing.TB, o Options) *Cluster {
	tb.Helper()
	c := &Cluster{access: access{o.RequirePass, newAuthority(tb, o)}, tb: tb}
	for range 2 * thirds {
		c.nodes = append(c.nodes, start(tb, conf{Options: o, ca: c.ca, own: []string{
			"cluster-enabled yes",
			"cluster-node-timeout 1000",
			"cluster-allow-replica-migration no", // every third keeps its two nodes
		}}))
	}
	c.join()
	c.awaitWhole(2 * thirds)
	return c
}

// Addrs are the addresses of all six nodes.
func (c *Cluster) Addrs() []string { return addrsOf(c.nodes) }

// URL is what REDIS_URL takes, with password and authority.
func (c *Cluster) URL() string { return c.location("+cluster", c.Addrs(), "") }

// Options are new options for a client of the cluster.
func (c *Cluster) Options() *redis.ClusterOptions {
	return &redis.ClusterOptions{
		Addrs: c.Addrs(), Password: c.password, TLSConfig: c.TLSConfig(),
		// A master that refuses connections does not make go-redis v9.23 look for its successor; by itself it
		// looks once a minute.
		ClusterStateReloadInterval: time.Second,
	}
}

// Client returns a new client of the cluster, which is closed with the test.
func (c *Cluster) Client() *redis.ClusterClient {
	client := redis.NewClusterClient(c.Options())
	c.tb.Cleanup(func() { _ = client.Close() })
	return client
}

// firstSlot is where the i-th third of the slots begins.
func firstSlot(i int) int { return i * slots / thirds }

// join makes one cluster of the nodes.
func (c *Cluster) join() {
	c.tb.Helper()
	ctx := c.tb.Context()
	must := func(node *Server, err error) {
		c.tb.Helper()
		if err != nil {
			c.tb.Fatalf("redistest: join %s: %v", node.addr, err)
		}
	}
	for i, node := range c.nodes {
		// Epochs that differ from the start: no two masters have to agree on one.
		must(node, node.admin.Do(ctx, "cluster", "set-config-epoch", i+1).Err())
		if i < thirds {
			must(node, node.admin.ClusterAddSlotsRange(ctx, firstSlot(i), firstSlot(i+1)-1).Err())
		}
	}
	// Everybody meets everybody: gossip would take seconds.
	for _, node := range c.nodes {
		for _, other := range c.nodes {
			if other != node {
				host, port := split(other.addr)
				must(node, node.admin.ClusterMeet(ctx, host, port).Err())
			}
		}
	}
	for i, node := range c.nodes[thirds:] {
		id, err := c.nodes[i].admin.ClusterMyID(ctx).Result()
		must(c.nodes[i], err)
		eventually(c.tb, fmt.Sprintf("%s a replica of %s", node.addr, c.nodes[i].addr), func() error {
			return node.admin.ClusterReplicate(ctx, id).Err()
		})
	}
}
