package redistest_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"roomkeeper/internal/redistest"
)

// answerWithin is what the clients of traffic wait for an answer: a busy machine gives
// it in time, a slow link does not.
const answerWithin = 250 * time.Millisecond

// traffic is some clients that send PINGs without a pause.
type traffic struct {
	answered, failed atomic.Int64
}

func startTraffic(t *testing.T, addr string) *traffic {
	t.Helper()
	client := redis.NewClient(&redis.Options{
		Addr: addr, MaxRetries: -1, DialerRetries: 1, ReadTimeout: answerWithin, DialTimeout: answerWithin,
	})
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	t.Cleanup(func() {
		stop()
		all.Wait()
		_ = client.Close()
	})
	f := &traffic{}
	for range 8 {
		all.Go(func() {
			for ctx.Err() == nil {
				if client.Ping(ctx).Err() == nil {
					f.answered.Add(1)
				} else {
					f.failed.Add(1)
				}
			}
		})
	}
	return f
}

// grows waits until n has grown.
func grows(t *testing.T, what string, n *atomic.Int64) {
	t.Helper()
	enough := n.Load() + 20
	eventually(t, what, func() error {
		if n.Load() < enough {
			return errors.New("they stand still")
		}
		return nil
	})
}

// Faults come and go in the midst of traffic, and of a server that goes away.
func TestRedisProxyUnderTraffic(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Options{})
	p := redistest.StartProxy(t, s.Addr())
	f := startTraffic(t, p.Addr())
	harms := []func(){p.Reset, p.HalfOpen, p.Cut, func() { p.Latency(4 * answerWithin) }}
	for range 3 {
		for _, harm := range harms {
			harm()
			grows(t, "failures", &f.failed)
			p.Clear()
			grows(t, "answers", &f.answered)
		}
		s.Kill()
		grows(t, "failures", &f.failed)
		s.Restart()
		grows(t, "answers", &f.answered)
	}
}
