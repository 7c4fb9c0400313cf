package crm_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"roomkeeper/connector"
	"roomkeeper/crm"
)

func TestQuotaLetsOnlySoManyIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		quota := crm.NewQuota(3, nil)
		var now, most atomic.Int32
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				leave, err := quota.Enter(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				defer leave()
				if n := now.Add(1); n > most.Load() {
					most.Store(n)
				}
				<-time.After(time.Second) // virtual: all others reach the door
				now.Add(-1)
			})
		}
		all.Wait()
		if most.Load() != 3 {
			t.Errorf("%d were in at once, want 3", most.Load())
		}
	})
}

func TestQuotaGivesUpWithItsContext(t *testing.T) {
	quota := crm.NewQuota(0, nil)
	leave, err := quota.Enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer leave()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := quota.Enter(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestQuotaPause(t *testing.T) {
	now := time.Unix(1_767_225_600, 0)
	quota := crm.NewQuota(1, func() time.Time { return now })
	quota.Pause(time.Minute)
	quota.Pause(time.Second) // the longer one stays
	var wait *connector.WaitError
	if _, err := quota.Enter(t.Context()); !errors.As(err, &wait) || wait.After != time.Minute {
		t.Fatalf("got %v, want a wait of a minute", err)
	}
	now = now.Add(time.Minute)
	leave, err := quota.Enter(t.Context())
	if err != nil {
		t.Fatalf("after the pause: %v", err)
	}
	leave()
}

func TestQuotaPausesThoseWhoQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		quota := crm.NewQuota(1, nil)
		leave, err := quota.Enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got := make(chan error, 1)
		go func() { _, err := quota.Enter(t.Context()); got <- err }()
		synctest.Wait()
		quota.Pause(time.Minute)
		leave()
		var wait *connector.WaitError
		if err := <-got; !errors.As(err, &wait) {
			t.Errorf("got %v, want a wait", err)
		}
	})
}
