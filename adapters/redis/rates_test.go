package redis_test

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"

	"roomkeeper/adapters/redis"
	"roomkeeper/connector"
)

// Three replicas that ask as often as they may, for a virtual hour by the
// server's clock, make no more calls than one may.
func TestRedisRateOfThreeReplicas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limiters := replicasOnMini(t, 3)
		rate := connector.Rate{Count: 50, Period: time.Minute, Burst: 3}
		ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
		defer cancel()
		var calls atomic.Int64
		var replicas sync.WaitGroup
		for _, l := range limiters {
			replicas.Go(func() {
				for ctx.Err() == nil {
					wait, err := l.Allow(context.Background(), "slack/chat.postMessage", rate, connector.PriorityCard)
					if err != nil {
						t.Error(err)
						return
					}
					if wait == 0 {
						calls.Add(1)
						continue
					}
					select {
					case <-time.After(wait):
					case <-ctx.Done():
					}
				}
			})
		}
		replicas.Wait()
		if n := calls.Load(); n > 3003 || n < 2950 {
			t.Errorf("%d calls in an hour, want at most 3000 and a burst of 3", n)
		}
	})
}

// What the platform told one replica holds for all.
func TestRedisPauseOfThreeReplicas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limiters := replicasOnMini(t, 3)
		rate := connector.Rate{Count: 50, Period: time.Minute, Burst: 3}
		if err := limiters[0].Pause(t.Context(), "slack/conversations.invite", 30*time.Second); err != nil {
			t.Fatal(err)
		}
		for i, l := range limiters {
			wait, err := l.Allow(t.Context(), "slack/conversations.invite", rate, connector.PriorityAddition)
			if err != nil || wait < 29*time.Second || wait > 30*time.Second {
				t.Errorf("replica %d: wait %v, %v, want 30 s", i, wait, err)
			}
		}
		<-time.After(31 * time.Second)
		if wait, err := limiters[2].Allow(t.Context(), "slack/conversations.invite", rate, connector.PriorityAddition); err != nil || wait != 0 {
			t.Errorf("after the pause: wait %v, %v", wait, err)
		}
	})
}

// replicasOnMini are the limiters of engines that share one server, by whose
// clock they go.
func replicasOnMini(t *testing.T, n int) (limiters []connector.Limiter) {
	t.Helper()
	server := miniredis.NewMiniRedis()
	t.Cleanup(server.Close)
	for range n {
		e, err := redis.Open(redis.Options{
			Addrs: []string{"127.0.0.1:1"}, Prefix: "p", Deployment: "d", AllowVolatile: true,
			Dialer: func(context.Context, string, string) (net.Conn, error) { return buffered(server.Dial()) },
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := e.Close(); err != nil {
				t.Error(err)
			}
		})
		if err := e.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		limiters = append(limiters, e.Ports().Limiter)
	}
	return limiters
}
