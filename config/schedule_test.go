package config

import (
	"testing"
	"time"
)

// Replicas that were started at different times agree on every moment of @every.
func TestEveryFallsOnTheSameMoments(t *testing.T) {
	at := func(text string) time.Time {
		t.Helper()
		moment, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	tests := []struct{ spec, from, want string }{
		{"@every 15m", "2026-01-02T10:00:00.000000001Z", "2026-01-02T10:15:00Z"},
		{"@every 15m", "2026-01-02T10:07:31Z", "2026-01-02T10:15:00Z"},
		{"@every 15m", "2026-01-02T10:14:59.999999999Z", "2026-01-02T10:15:00Z"},
		{"@every 15m", "2026-01-02T10:15:00Z", "2026-01-02T10:30:00Z"}, // always after
		{"@every 2s", "2026-01-02T10:00:01.5Z", "2026-01-02T10:00:02Z"},
		{"@every 1500ms", "2026-01-02T10:00:01.5Z", "2026-01-02T10:00:02Z"}, // whole seconds
		{"@every 24h", "2026-01-02T10:00:00Z", "2026-01-03T00:00:00Z"},
		{"@every 24h", "2026-01-03T07:00:00+09:00", "2026-01-03T00:00:00Z"}, // whatever the zone
		{"@every 168h", "2026-01-02T10:00:00Z", "2026-01-05T00:00:00Z"},     // the zero time was a Monday
		{"@every 7h", "2026-01-02T09:00:00Z", "2026-01-02T16:00:00Z"},
		{"@every 7h", "2026-01-02T15:59:59Z", "2026-01-02T16:00:00Z"},
	}
	for _, test := range tests {
		schedule, err := scheduleIn(time.FixedZone("east", 9*60*60))(test.spec)
		if err != nil {
			t.Fatal(err)
		}
		if got := schedule.Next(at(test.from)); !got.Equal(at(test.want)) {
			t.Errorf("%s after %s gives %v, want %s", schedule, test.from, got, test.want)
		}
	}
}

// A monotonic reading differs between processes.
func TestEveryTakesTheWallClock(t *testing.T) {
	schedule, err := scheduleIn(time.UTC)("@every 1m")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	if got, want := schedule.Next(now), schedule.Next(now.Round(0)); got != want {
		t.Errorf("with a monotonic reading %v, without %v", got, want)
	}
}
