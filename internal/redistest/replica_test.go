package redistest_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"roomkeeper/internal/redistest"
)

func TestRedisReplicaTakesOver(t *testing.T) {
	t.Parallel()
	o := redistest.Options{RequirePass: "secret", TLS: true, AppendFsync: "everysec"}
	primary := redistest.Start(t, o)
	must(t, primary.Client().Set(t.Context(), "before", "1", 0).Err())
	replica := redistest.StartReplica(t, primary, "", o)
	must(t, primary.Client().Set(t.Context(), "after", "2", 0).Err())
	replica.AwaitSync(primary)
	primary.Kill()
	replica.Promote()
	replica.Stop()
	replica.Restart() // a promotion survives it
	client := replica.Client()
	want(t, client, "before", "1")
	want(t, client, "after", "2")
	must(t, client.Set(t.Context(), "now", "3", 0).Err())
}

// A host that dies takes with it what was acknowledged and not yet replicated.
func TestRedisLinkCut(t *testing.T) {
	t.Parallel()
	for name, waits := range map[string]bool{"without WAIT": false, "with WAIT": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			primary := redistest.Start(t, redistest.Options{})
			link := redistest.StartLink(t, primary.Addr(), 10*time.Millisecond)
			replica := redistest.StartReplica(t, primary, link.Addr(), redistest.Options{})
			if !waits {
				link.Latency(10 * time.Second) // everything is in flight when the link breaks
			}
			acknowledged := write(t, primary.Client(), waits)
			link.Cut()
			primary.Kill()
			replica.Promote()
			kept, err := replica.Client().DBSize(t.Context()).Result()
			must(t, err)
			if lost := acknowledged - int(kept); (lost == 0) != waits {
				t.Errorf("%d of %d lost", lost, acknowledged)
			}
		})
	}
}

// write sets keys for a while and returns how many were
// acknowledged, by the replica too if it waits.
func write(t *testing.T, client *redis.Client, waits bool) (acknowledged int) {
	t.Helper()
	conn := client.Conn() // WAIT is for the writes of its own connection
	defer func() { _ = conn.Close() }()
	for begin := time.Now(); time.Since(begin) < 200*time.Millisecond; acknowledged++ {
		must(t, conn.Set(t.Context(), strconv.Itoa(acknowledged), "", 0).Err())
		if !waits {
			continue
		}
		n, err := conn.Wait(t.Context(), 1, 10*time.Second).Result()
		must(t, err)
		if n != 1 {
			t.Fatalf("%d replicas have it", n)
		}
	}
	return acknowledged
}

func TestRedisLinkRestored(t *testing.T) {
	t.Parallel()
	primary := redistest.Start(t, redistest.Options{})
	link := redistest.StartLink(t, primary.Addr(), 5*time.Millisecond)
	replica := redistest.StartReplica(t, primary, link.Addr(), redistest.Options{})
	link.Cut()
	must(t, primary.Client().Set(t.Context(), "k", "v", 0).Err())
	want(t, replica.Client(), "k", "")
	link.Restore()
	replica.AwaitSync(primary)
	want(t, replica.Client(), "k", "v")
}
