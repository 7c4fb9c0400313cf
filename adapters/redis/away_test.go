package redis_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"roomkeeper/adapters/redis"
	"roomkeeper/connector"
	"roomkeeper/internal/redistest"
)

// A write whose answer is lost is not sent again behind the caller's back: a
// claim that was given would look like somebody else's.
func TestRedisAnswerLost(t *testing.T) {
	server := redistest.Start(t, redistest.Options{AppendFsync: "everysec"})
	link := redistest.StartLink(t, server.Addr(), 0)
	o := at(server, "")
	o.Addrs = []string{link.Addr()}
	r := startReplica(t, o)
	link.Latency(100 * time.Millisecond)
	lost := 0
	for i := 0; i < 20 && lost < 3; i++ {
		must(t, r.Keeper.Ping(t.Context())) // a connection is there
		done := make(chan struct{})
		go func() {
			defer close(done)
			cut := time.NewTimer(150 * time.Millisecond) // it has arrived, its answer has not
			<-cut.C
			link.Reset()
			link.Restore()
		}()
		given, err := r.Claims.Claim(t.Context(), fmt.Sprint(i), time.Hour)
		<-done
		switch {
		case err != nil:
			must(t, onlyAway(err))
			lost++
		case !given:
			t.Errorf("claim %d is said to be somebody else's", i)
			lost++
		}
	}
	if lost == 0 {
		t.Error("no answer was lost")
	}
}

// A login that is refused does not pass by itself: it is told from a server
// that is away, on every topology, and without the password.
func TestRedisRefusedLogin(t *testing.T) {
	durable := redistest.Options{AppendFsync: "everysec", RequirePass: "right", SentinelPass: "right too"}
	server, sentinel, cluster := redistest.Start(t, durable), redistest.StartSentinel(t, durable), redistest.StartCluster(t, durable)
	single := redis.Options{Topology: redis.Single, Addrs: []string{server.Addr()}}
	watched := redis.Options{
		Topology: redis.Sentinel, Addrs: sentinel.Addrs(), Master: sentinel.Master(), SentinelPassword: "right too",
	}
	spread := redis.Options{Topology: redis.Cluster, Addrs: cluster.Addrs()}
	for name, o := range map[string]redis.Options{"single": single, "Sentinel": watched, "Cluster": spread} {
		for _, password := range []string{"", "a-wrong-one"} {
			o.Password = password
			refusesLogin(t, fmt.Sprintf("%s, password %q", name, password), o)
		}
		o.Password = "right"
		startReplica(t, o)
	}
	watched.Password, watched.SentinelPassword = "right", "a-wrong-one"
	refusesLogin(t, "the Sentinels' password", watched)
}

func refusesLogin(t *testing.T, name string, o redis.Options) {
	t.Helper()
	o.Prefix, o.Deployment = freshPrefix(), "crm"
	e, err := redis.Open(o)
	must(t, err)
	err = e.Check(t.Context())
	if !errors.Is(err, redis.ErrRefused) || errors.Is(err, connector.ErrStoreAway) || strings.Contains(err.Error(), "a-wrong-one") {
		t.Errorf("%s: %v", name, err)
	}
	must(t, e.Close())
}
