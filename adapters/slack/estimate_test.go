package slack

import (
	"testing"
	"time"
)

func TestEstimate(t *testing.T) {
	for _, c := range []struct {
		calls  map[string]int
		factor float64
		want   time.Duration
	}{
		{nil, 1, 0},
		{map[string]int{"conversations.kick": 50}, 1, time.Minute},
		{map[string]int{"conversations.kick": 50, "conversations.create": 40, "unheard.of": 1}, 1, 2 * time.Minute},
		{map[string]int{"conversations.create": 40}, 4, 30 * time.Second},
	} {
		if got := Estimate(c.calls, c.factor); got != c.want {
			t.Errorf("%v times %v: %v, want %v", c.calls, c.factor, got, c.want)
		}
	}
}
