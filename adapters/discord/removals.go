package discord

import (
	"errors"
	"time"

	"roomkeeper/adapters/internal/interrupted"
	"roomkeeper/connector"
)

// maxRemovals bounds of how many channels it is kept what was read before a Remove.
const maxRemovals = 1024

// removals keep what was read before a Remove that has to wait, so that the next try
// only sends it: all routes share one rate, and if each try read its channel anew,
// the readings of many channels would leave nothing for the removals. The zero value
// is ready.
type removals struct {
	interrupted.Kept[connector.ChannelID, *removal]
}

// removal is one run of Remove: the channel, and who was in before.
type removal struct {
	reading
	began time.Time
}

// next is the run to go on with, or a new one.
func (r *removals) next(channel connector.ChannelID, now time.Time) *removal {
	if run, kept := r.Take(channel, now); kept && now.Sub(run.began) <= keepReading {
		return run
	}
	return &removal{began: now}
}

// waits keeps a run that err tells to wait. What else went wrong only a new reading
// tells.
func (r *removals) waits(channel connector.ChannelID, run *removal, err error, now time.Time) {
	if _, waits := errors.AsType[*connector.WaitError](err); waits {
		r.Keep(channel, run, run.began, now, maxRemovals)
	}
}

// told is the reading before a Remove that waits. It is told once: who does not go on
// with the Remove reads anew.
func (r *removals) told(channel connector.ChannelID, now time.Time) (told reading, known bool) {
	r.Look(channel, func(run *removal) {
		if at := run.seen.At; at.IsZero() || now.Sub(at) > keepReading {
			return
		}
		told, known = run.reading, true
		run.seen = connector.Observed{}
	})
	return told, known
}
