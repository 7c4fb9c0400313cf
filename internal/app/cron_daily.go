package app

import (
	"context"
	"time"
)

// dailyHour is when owners are told who is missing, in TIME_ZONE.
const dailyHour = 9

// daily makes the messages of a day.
type daily interface {
	// LastDay is the last day whose messages are made, as 2006-01-02; "": none.
	LastDay(ctx context.Context) (string, error)
	Prepare(ctx context.Context, day string) error
}

// daysIn is a schedule: dailyHour of every day in a zone.
type daysIn time.Location

func newDays(zone *time.Location) *daysIn { return (*daysIn)(zone) }

// Next is the next one after t.
func (z *daysIn) Next(t time.Time) time.Time {
	t = t.In((*time.Location)(z))
	at := time.Date(t.Year(), t.Month(), t.Day(), dailyHour, 0, 0, 0, t.Location())
	if !at.After(t) {
		at = time.Date(t.Year(), t.Month(), t.Day()+1, dailyHour, 0, 0, 0, t.Location())
	}
	return at
}

// last is the latest one that is not after t.
func (z *daysIn) last(t time.Time) time.Time {
	t = t.In((*time.Location)(z))
	at := time.Date(t.Year(), t.Month(), t.Day(), dailyHour, 0, 0, 0, t.Location())
	if at.After(t) {
		at = time.Date(t.Year(), t.Month(), t.Day()-1, dailyHour, 0, 0, 0, t.Location())
	}
	return at
}

// day names the day of a tick.
func (z *daysIn) day(at time.Time) string { return at.In((*time.Location)(z)).Format(time.DateOnly) }

// tellDaily makes the messages of the day of a tick.
func (r *resync) tellDaily(at time.Time) {
	if err := r.daily.Prepare(r.work, r.days.day(at)); err != nil && r.work.Err() == nil {
		r.log.WarnContext(r.work, "messages of the day", "error", err)
	}
}

// catchUpDaily makes up for the last day's messages, when a downtime or a failure
// kept them from being made. Older days are over.
func (r *resync) catchUpDaily() {
	at := r.days.last(r.clock())
	last, err := r.daily.LastDay(r.work)
	if r.answered("read the last day", err) && last < r.days.day(at) {
		r.tick(jobDaily, at)
	}
}
