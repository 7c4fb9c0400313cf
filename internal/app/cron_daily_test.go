package app

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
)

// madeDays notes the days whose messages are made.
type madeDays struct {
	last string
	days []string
	err  error
}

func (m *madeDays) LastDay(context.Context) (string, error) { return m.last, nil }

func (m *madeDays) Prepare(_ context.Context, day string) error {
	m.days = append(m.days, day)
	if m.err == nil {
		m.last = day
	}
	return m.err
}

func TestDays(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	days := newDays(zone)
	nine := time.Date(2026, 3, 2, 9, 0, 0, 0, zone)
	for _, c := range []struct{ at, next, last time.Time }{
		{nine.Add(-time.Second), nine, nine.AddDate(0, 0, -1)},
		{nine, nine.AddDate(0, 0, 1), nine},
		{nine.Add(15 * time.Hour), nine.AddDate(0, 0, 1), nine},
	} {
		if next, last := days.Next(c.at.UTC()), days.last(c.at.UTC()); !next.Equal(c.next) || !last.Equal(c.last) {
			t.Errorf("at %s: next %s, last %s", c.at, next, last)
		}
	}
	if day := days.day(nine.UTC()); day != "2026-03-02" {
		t.Errorf("day %s", day)
	}
}

// A day that nobody made is made up for, once, and not the days before it.
func TestDailyIsMadeUpFor(t *testing.T) {
	w := newTicking(t)
	w.made.last = "2026-02-25"
	w.catchUpDaily()
	w.catchUpDaily()
	if want := []string{"2026-03-01"}; !slices.Equal(w.made.days, want) {
		t.Fatalf("made %v, want %v", w.made.days, want)
	}
	w.after(12 * time.Hour)
	w.catchUpDaily()
	if len(w.made.days) != 1 {
		t.Errorf("made %v before the hour", w.made.days)
	}
	w.after(12 * time.Hour)
	w.made.err = errors.New("spoilt")
	w.catchUpDaily()
	w.catchUpDaily()
	w.after(tickKept + time.Minute)
	w.made.err = nil
	w.catchUpDaily()
	if want := []string{"2026-03-01", "2026-03-02", "2026-03-02"}; !slices.Equal(w.made.days, want) {
		t.Errorf("made %v, want %v", w.made.days, want)
	}
}
