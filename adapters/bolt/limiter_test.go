package bolt

import (
	"fmt"
	"testing"
	"time"

	"roomkeeper/connector"
)

func TestLimiterForgetsIdleBuckets(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	l := newLimiter(func() time.Time { return now })
	for i := range 50_000 {
		if _, err := l.Allow(t.Context(), fmt.Sprint("b", i), connector.Rate{Count: 1, Period: time.Second, Burst: 1}, 0); err != nil {
			t.Fatal(err)
		}
		now = now.Add(10 * time.Millisecond)
	}
	if len(l.buckets) > 2*fewBuckets {
		t.Errorf("%d buckets are kept, 100 are in use", len(l.buckets))
	}
}

// A claim outlasts the search for idle buckets, also on a bucket that is full.
func TestLimiterKeepsClaims(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	l := newLimiter(func() time.Time { return now })
	ask := func(bucket string, p connector.Priority) time.Duration {
		t.Helper()
		wait, err := l.Allow(t.Context(), bucket, connector.Rate{Count: 1, Period: time.Millisecond, Burst: 1}, p)
		if err != nil {
			t.Fatal(err)
		}
		return wait
	}
	if err := l.Pause(t.Context(), "claimed", time.Second); err != nil {
		t.Fatal(err)
	}
	ask("claimed", connector.PriorityOther.Urgent())
	now = now.Add(time.Second + connector.ClaimGrace/2)
	for i := range 2 * fewBuckets {
		ask(fmt.Sprint("b", i), connector.PriorityOther)
	}
	if wait := ask("claimed", connector.PriorityOther); wait != time.Millisecond {
		t.Errorf("wait %s while the claim stands", wait)
	}
}
