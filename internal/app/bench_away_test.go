package app_test

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"roomkeeper/adapters/redis"
	"roomkeeper/connector"
	"roomkeeper/internal/redistest"
	"roomkeeper/internal/world"
)

// awayRecords are asked about in turn: enough for each shard of a cluster.
const awayRecords = 100

// BenchmarkAway measures for how long webhooks are refused when the Redis that
// stores them is killed: until it was started again, or until its replica has
// its place. Sentinels take a server for dead after 500 ms here, nodes of the
// cluster after 1 s.
func BenchmarkAway(b *testing.B) {
	o := redistest.Options{AppendFsync: "always"}
	b.Run("restart", func(b *testing.B) {
		server := redistest.Start(b, o)
		s := servers{server.URL(), redis.Options{Topology: redis.Single, Addrs: []string{server.Addr()}}}
		away(b, s, func() { server.Kill(); server.Restart() }, func() {})
	})
	b.Run("sentinel", func(b *testing.B) {
		c := redistest.StartSentinel(b, o)
		s := servers{c.URL(), redis.Options{Topology: redis.Sentinel, Addrs: c.Addrs(), Master: c.Master()}}
		away(b, s, c.KillPrimary, c.RestartDead)
	})
	b.Run("cluster", func(b *testing.B) {
		c := redistest.StartCluster(b, o)
		third := 0
		away(b, servers{c.URL(), redis.Options{Topology: redis.Cluster, Addrs: c.Addrs()}}, func() {
			c.KillMaster(third % 3)
			third++
		}, c.RestartDead)
	})
}

// away kills while webhooks arrive, and reports the time from the first that
// was refused to the last.
func away(b *testing.B, s servers, kill, mend func()) {
	r := startRig(b, 100, awayRecords)
	a := r.startReplicas(b, s, 1, connector.GroupFrozen)[0]
	var took []time.Duration
	for b.Loop() {
		watch := watchWebhooks(a.Addr())
		watch.accepted(b)
		kill()
		watch.accepted(b)
		took = append(took, watch.stop())
		mend()
	}
	b.ReportMetric(millis(part(took, 0.5)), "refused-median-ms")
	b.ReportMetric(millis(part(took, 1)), "refused-most-ms")
}

// webhookWatch sends webhooks about all records, one after another, by several
// senders: one that waits for an answer hides nothing from the others.
type webhookWatch struct {
	ending chan struct{}
	all    sync.WaitGroup

	mu          sync.Mutex
	first, last time.Time // refusals
	good        map[int]bool
}

func watchWebhooks(addr string) *webhookWatch {
	w := &webhookWatch{ending: make(chan struct{}), good: map[int]bool{}}
	for sender := range 8 {
		w.all.Go(func() { w.send(addr, sender) })
	}
	return w
}

func (w *webhookWatch) send(addr string, sender int) {
	sends := &http.Client{Timeout: 10 * time.Second}
	defer sends.CloseIdleConnections()
	run := strconv.FormatInt(time.Now().UnixNano(), 36)
	for i := sender; ; i++ {
		select {
		case <-w.ending:
			return
		default:
		}
		record, began := i%awayRecords, time.Now()
		err := deliverOne(sends, "http://"+addr, fmt.Sprintf("away-%s-%d-%d", run, sender, i), record+1)
		w.mu.Lock()
		if w.good[record] = err == nil; err != nil {
			if w.first.IsZero() {
				w.first = began
			}
			w.last = time.Now()
		}
		w.mu.Unlock()
		if err != nil {
			linger(20 * time.Millisecond)
		}
	}
}

// accepted waits until the latest webhook about every record was accepted.
func (w *webhookWatch) accepted(b *testing.B) {
	b.Helper()
	w.mu.Lock()
	clear(w.good)
	w.mu.Unlock()
	world.Eventually(b, world.Patience, "webhooks accepted", func() error {
		w.mu.Lock()
		defer w.mu.Unlock()
		n := 0
		for _, good := range w.good {
			if good {
				n++
			}
		}
		if n < awayRecords {
			return fmt.Errorf("those about %d of %d records", n, awayRecords)
		}
		return nil
	})
}

// stop returns how long webhooks were refused.
func (w *webhookWatch) stop() time.Duration {
	close(w.ending)
	w.all.Wait()
	return w.last.Sub(w.first)
}
