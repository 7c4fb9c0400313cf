package app_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"roomkeeper/adapters/redis"
	"roomkeeper/connector"
	"roomkeeper/internal/app"
	"roomkeeper/internal/redistest"
	"roomkeeper/internal/world"
)

// servers is a Redis that replicas share.
type servers struct {
	url     string
	options redis.Options
}

// everywhere runs a benchmark on one server, and on a cluster of three with a
// replica each.
func everywhere(b *testing.B, run func(b *testing.B, s servers)) {
	b.Run("single", func(b *testing.B) { run(b, oneServer(b, "everysec")) })
	b.Run("cluster", func(b *testing.B) {
		c := redistest.StartCluster(b, redistest.Options{AppendFsync: "everysec"})
		run(b, servers{c.URL(), redis.Options{Topology: redis.Cluster, Addrs: c.Addrs()}})
	})
}

func oneServer(b *testing.B, fsync string) servers {
	b.Helper()
	server := redistest.Start(b, redistest.Options{AppendFsync: fsync})
	return servers{server.URL(), redis.Options{Topology: redis.Single, Addrs: []string{server.Addr()}}}
}

// engine opens one replica's engine, as the App does.
func (s servers) engine(b *testing.B) connector.Engine {
	b.Helper()
	o := s.options
	o.Prefix, o.Deployment = "roomkeeper", "CRM crm"
	engine, err := redis.Open(o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := engine.Close(); err != nil {
			b.Error(err)
		}
	})
	if err := engine.Check(context.Background()); err != nil {
		b.Fatal(err)
	}
	return engine.Ports()
}

// startReplicas fills the Redis from the rig's CRM and starts Apps on it.
func (r *rig) startReplicas(b *testing.B, s servers, n int, state connector.GroupState, env ...string) []*app.App {
	b.Helper()
	r.fill(b, s.engine(b), state)
	var replicas []*app.App
	for range n {
		a, _ := r.startApp(b, append([]string{"REDIS_URL=" + s.url, "DATA_DIR=" + b.TempDir()}, env...)...)
		replicas = append(replicas, a)
	}
	return replicas
}

// settle waits until an App's queue is empty.
func settle(b *testing.B, a *app.App) {
	b.Helper()
	world.Eventually(b, world.Patience, "empty queue", func() error {
		d, err := a.Depth(context.Background())
		if err == nil && d.Waiting+d.Running > 0 {
			err = fmt.Errorf("%d wait, %d run", d.Waiting, d.Running)
		}
		return err
	})
}

// BenchmarkWebhooksRedis delivers signed webhooks as BenchmarkWebhooks does,
// to the service on Redis, to the service on its embedded store, and to a
// handler that only checks the signature; and appends as many entries to a
// stream of the same Redis. They take turns, so that all meet the same machine.
func BenchmarkWebhooksRedis(b *testing.B) {
	for _, fsync := range []string{"everysec", "always"} {
		b.Run(fsync, func(b *testing.B) { webhooksRedis(b, oneServer(b, fsync)) })
	}
}

// turns is how often each has its turn in one run of the benchmark, with
// perTurn webhooks.
const (
	turns   = 5
	perTurn = 1000
)

func webhooksRedis(b *testing.B, s servers) {
	r := startRig(b, 100, benchRecords)
	r.seed(b, connector.GroupFrozen)
	embedded, _ := r.startApp(b)
	shared := r.startReplicas(b, s, 1, connector.GroupFrozen)[0]
	bare := serveBare(b)
	client := goredis.NewClient(&goredis.Options{Addr: s.options.Addrs[0], PoolSize: benchConnections, Protocol: 2})
	b.Cleanup(func() { _ = client.Close() })
	var onRedis, onFile, signature, xadd delivered
	for b.Loop() {
		for range turns {
			onRedis.add(deliverAll(b, "http://"+shared.Addr(), perTurn))
			settle(b, shared)
			onFile.add(deliverAll(b, "http://"+embedded.Addr(), perTurn))
			settle(b, embedded)
			signature.add(deliverAll(b, bare, perTurn))
			xadd.add(load(b, perTurn, func(i int) error {
				return client.XAdd(context.Background(), &goredis.XAddArgs{
					Stream: "bare", Values: []string{"event", "team.changed of account " + strconv.Itoa(i)},
				}).Err()
			}))
		}
	}
	onRedis.report(b, "redis")
	onFile.report(b, "embedded")
	signature.report(b, "signature-only")
	xadd.report(b, "xadd")
	b.ReportMetric(onRedis.rate()/signature.rate(), "redis/signature-only")
	b.ReportMetric(onRedis.rate()/xadd.rate(), "redis/xadd")
	b.ReportMetric(onRedis.rate()/onFile.rate(), "redis/embedded")
}
