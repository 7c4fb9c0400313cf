package config

import (
	"errors"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule is a moment that comes again and again; Next gives the next one after a time.
type Schedule struct {
	cron.Schedule
	// Spec is the text it came from.
	Spec string
}

// String returns the text it came from.
func (s Schedule) String() string { return s.Spec }

// scheduleIn parses five cron fields, read in zone, or "@every 2s" of whole seconds, at least one; a fraction is cut off.
func scheduleIn(zone *time.Location) func(string) (Schedule, error) {
	return func(text string) (Schedule, error) {
		if period, ok := strings.CutPrefix(text, "@every "); ok {
			return everySchedule(text, strings.TrimSpace(period))
		}
		wrong := errors.New("not a schedule; write five cron fields such as */15 * * * *, or @every 15m")
		// cron would also take a zone in front, and a malformed one makes it panic.
		if strings.HasPrefix(text, "@") || strings.Contains(text, "=") {
			return Schedule{}, wrong
		}
		parsed, err := cron.ParseStandard(text)
		if err != nil {
			return Schedule{}, wrong
		}
		if fields, ok := parsed.(*cron.SpecSchedule); ok {
			fields.Location = zone
		}
		if parsed.Next(time.Unix(0, 0)).IsZero() {
			return Schedule{}, errors.New("a day that never comes; write another day or month")
		}
		return Schedule{Schedule: parsed, Spec: text}, nil
	}
}

func everySchedule(text, period string) (Schedule, error) {
	d, err := time.ParseDuration(period)
	if err != nil || d < time.Second {
		return Schedule{}, errors.New("not a schedule; write @every and one second or more, such as @every 15m")
	}
	return Schedule{Schedule: every(d.Truncate(time.Second)), Spec: text}, nil
}

// every falls on the multiples of a duration since the zero time. cron.Every counts from the start of the process:
// each replica would have moments of its own, so that no two could agree on who takes one, and a process that is
// started again and again would have none.
type every time.Duration

// Next returns the first multiple after t.
func (e every) Next(t time.Time) time.Time {
	return t.Truncate(time.Duration(e)).Add(time.Duration(e))
}
