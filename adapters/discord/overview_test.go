package discord

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"roomkeeper/connector"
)

// TestDriftShare: a reading for its age alone takes half of the rates at the lowest
// priority, and the rates themselves besides.
func TestDriftShare(t *testing.T) {
	s := newStand(t, func(*http.Request) answer {
		return answer{status: http.StatusOK, body: `{"id":"` + testID + `","type":0}`, header: map[string]string{
			"X-RateLimit-Bucket": "abc", "X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "4",
			"X-RateLimit-Reset": "1800000005", "X-RateLimit-Reset-After": "5",
		}}
	})
	ctx := connector.WithDrift(connector.WithUrgent(t.Context()))
	for range 2 { // the first answer tells the route's bucket
		if _, err := s.info(ctx, testID); err != nil {
			t.Fatal(err)
		}
	}
	shared := sharedBucket("abc", testID)
	for bucket, want := range map[string]connector.Rate{
		driftBucket: globalRate(1).Half(), globalBucket: globalRate(1),
		shared + "/drift": {Count: 5, Period: 10 * time.Second, Burst: 2}, shared: {Count: 5, Period: 5 * time.Second, Burst: 5},
	} {
		if s.limiter.rates[bucket] != want || s.limiter.priorities[bucket] != connector.PriorityDrift {
			t.Errorf("%s: %+v at priority %d, want %+v", bucket, s.limiter.rates[bucket], s.limiter.priorities[bucket], want)
		}
	}
	s.limiter.closed[driftBucket] = time.Second
	var wait *connector.WaitError
	if _, err := s.info(ctx, testID); !errors.As(err, &wait) {
		t.Errorf("error %v, want a wait", err)
	}
	if _, err := s.info(t.Context(), testID); err != nil {
		t.Errorf("another reading: %v", err)
	}
}
