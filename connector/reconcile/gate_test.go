package reconcile

import (
	"context"
	"errors"
	"testing"
	"time"

	"roomkeeper/connector"
)

func TestGates(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	background := context.Background()
	urgent := connector.WithUrgent(background)
	waits := func(after time.Duration) error { return &connector.WaitError{After: after, What: "create"} }
	var g gates
	other := errors.New("other")
	if err := g.note(background, "a", now, other); !errors.Is(err, other) || g.pass(background, "a", now) != nil {
		t.Errorf("an error that is no wait: %v", err)
	}
	_ = g.note(background, "a", now, waits(10*time.Second))
	_ = g.note(background, "a", now, waits(time.Second)) // a shorter one does not open it
	for name, c := range map[string]struct {
		ctx      context.Context
		platform connector.PlatformID
		after    time.Duration
		want     time.Duration
	}{
		"the same":         {background, "a", 4 * time.Second, 6 * time.Second},
		"over":             {background, "a", 10 * time.Second, 0},
		"another platform": {background, "b", 0, 0},
		"a person waits":   {urgent, "a", 0, 0},
	} {
		err := g.pass(c.ctx, c.platform, now.Add(c.after))
		var wait *connector.WaitError
		if errors.As(err, &wait) != (c.want > 0) || wait != nil && wait.After != c.want {
			t.Errorf("%s: %v, want a wait of %s", name, err, c.want)
		}
	}
}

// Many do not come back all at once.
func TestGatesSpreadTheLine(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var g gates
	_ = g.note(t.Context(), "a", now, &connector.WaitError{After: 10 * time.Second, What: "create"})
	back := map[time.Duration]int{}
	for range 3*atOnce + 1 {
		var wait *connector.WaitError
		if !errors.As(g.pass(t.Context(), "a", now), &wait) {
			t.Fatal("let through")
		}
		back[wait.After]++
	}
	for i, want := range []int{atOnce, atOnce, atOnce, 1} {
		if after := time.Duration(i+1) * 10 * time.Second; back[after] != want {
			t.Errorf("%d come back after %s, want %d", back[after], after, want)
		}
	}
}

// After a long absence nobody waits for many times as long.
func TestGatesAfterALongWait(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var g gates
	_ = g.note(t.Context(), "a", now, &connector.WaitError{After: time.Hour, What: "create"})
	var last *connector.WaitError
	for range 10 * atOnce {
		if !errors.As(g.pass(t.Context(), "a", now), &last) {
			t.Fatal("let through")
		}
	}
	if want := time.Hour + 9*longestTurn; last.After != want {
		t.Errorf("the last one comes back after %s, want %s", last.After, want)
	}
}
