package chaos_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"roomkeeper/internal/redistest"
	"roomkeeper/internal/world"
)

// What a chaos test does at least.
const (
	fleetKills   = 27
	serverKills  = 5
	chaosPeople  = world.StormPeople
	chaosRecords = world.StormRecords
)

// Three replicas, events at random for forty records, replicas killed all the
// time, and the Redis server killed and started again: nothing that was
// acknowledged is lost or done twice.
func TestChaosRedis(t *testing.T) {
	t.Parallel()
	world.OnEach(t, chaosRedis)
}

func chaosRedis(t *testing.T, p world.Platform) {
	server, deaths := redistest.Start(t, redistest.Options{AppendFsync: "always"}), 0
	chaos(t, p, server.URL(), server.Client(), func(kill int) {
		if kill%(fleetKills/serverKills) == 0 {
			server.Kill()
			server.Restart()
			deaths++
		}
	})
	if deaths != serverKills {
		t.Errorf("the server was killed %d times, want %d", deaths, serverKills)
	}
}

// The same on a cluster, of which each master is killed in turn.
func TestChaosCluster(t *testing.T) {
	t.Parallel()
	world.OnEach(t, chaosCluster)
}

func chaosCluster(t *testing.T, p world.Platform) {
	cluster := redistest.StartCluster(t, redistest.Options{AppendFsync: "everysec"})
	third := 0
	chaos(t, p, cluster.URL(), cluster.Client(), func(kill int) {
		if kill%(fleetKills/3) == fleetKills/6 && third < 3 {
			cluster.KillMaster(third)
			cluster.RestartDead()
			third++
		}
	})
	if third != 3 {
		t.Errorf("%d masters were killed, want 3", third)
	}
}

// chaos lets a storm rage over replicas that are killed, and calls server
// between two kills.
func chaos(t *testing.T, p world.Platform, url string, client redis.UniversalClient, server func(kill int)) {
	n := world.Seed(t)
	f := world.StartFleet(t, p, chaosPeople, chaosRecords, world.FleetSize, url, world.Unbraked()...)
	s := world.NewStorm(t, f.World, n)
	f.Chat.Slow(t)
	random := rand.New(rand.NewPCG(n, 3))
	killed, died := make(chan int, fleetKills), error(nil)
	s.Rage(t, func() {
		// Servers and replicas die independently of one another.
		go func() {
			defer close(killed)
			for kill := 1; kill <= fleetKills && died == nil; kill++ {
				alive := time.NewTimer(300*time.Millisecond + time.Duration(random.Int64N(int64(2500*time.Millisecond))))
				<-alive.C
				if died = f.KillOne(random); died == nil {
					killed <- kill
				}
			}
		}()
		for kill := range killed {
			server(kill)
		}
	})
	if died != nil {
		t.Fatal(died)
	}
	f.Chat.ClearFaults(t)
	s.Settle(t, 3*world.Patience)
	f.Alive(t)
	world.Eventually(t, world.Patience, "an idle queue", func() error { return world.Idle(t.Context(), client) })
}

// The record of a replica that was killed is another one's within the lease and
// a second.
func TestChaosRecovery(t *testing.T) { world.OnEach(t, chaosRecovery) }

func chaosRecovery(t *testing.T, p world.Platform) {
	redistest.Steady(t, func() error { return recovers(t, p) })
}

func recovers(t *testing.T, p world.Platform) error {
	t.Helper()
	const lease = 3 * time.Second
	server := redistest.Start(t, redistest.Options{AppendFsync: "always"})
	f := world.StartFleet(t, p, 20, 1, 2, server.URL(), "ROOMKEEPER_LEASE="+lease.String())
	f.CRM.Act(t, "webhooks", world.Order{"mode": "off"})
	f.Replicas[1].Kill(t)
	gate := f.Chat.Hold(t, world.Gate{Verb: world.Create})
	f.Open(t, world.Account(1))
	f.Chat.Held(t, gate, 1)
	f.Replicas[1].Restart(t)
	before := f.CRM.Counts(t)["GET /records/{kind}/{id}"]
	f.Replicas[0].Kill(t)
	killed := time.Now()
	world.Eventually(t, world.Patience, "the record read by the other replica", func() error {
		if n := f.CRM.Counts(t)["GET /records/{kind}/{id}"]; n == before {
			return fmt.Errorf("%d readings", n)
		}
		return nil
	})
	took := time.Since(killed)
	t.Logf("taken over after %v, with a lease of %v", took.Round(time.Millisecond), lease)
	f.Chat.Release(t, 0)
	f.Quiet(t, world.Patience)
	f.Check(t, world.Expected{Ref: world.Account(1)})
	if took > lease+time.Second {
		return fmt.Errorf("taken over after %v, want %v at most", took, lease+time.Second)
	}
	return nil
}
