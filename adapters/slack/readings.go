package slack

import (
	"errors"
	"slices"
	"time"

	"roomkeeper/adapters/internal/interrupted"
	"roomkeeper/connector"
)

// keepReading is how long what was read of a channel is good for a change that has to
// wait: if each try of one read its channel again, many of them would read for ever.
const keepReading = time.Minute

// maxReadings bounds of how many channels it is kept what was read.
const maxReadings = 1024

// reading is who was in a channel. It waits when a change that goes by it does.
type reading struct {
	seen  connector.Observed
	waits bool
}

// readings keep who was read to be in a channel, for the changes that follow. The zero
// value is ready.
type readings struct {
	interrupted.Kept[connector.ChannelID, reading]
}

// keep replaces what was read of a channel.
func (r *readings) keep(channel connector.ChannelID, read reading, now time.Time) {
	r.Drop(channel)
	r.Keep(channel, read, read.seen.At, now, maxReadings)
}

// told is the reading that a change which waits goes by, if that began at since or later
// and within keepReading. It is told once: who does not go on with the change reads anew.
func (r *readings) told(channel connector.ChannelID, since, now time.Time) (told connector.Observed, known bool) {
	read, _ := r.Take(channel, now)
	at := read.seen.At
	if !read.waits || at.Before(since) || now.Sub(at) > keepReading {
		return connector.Observed{}, false
	}
	read.waits = false
	r.keep(channel, read, now)
	told = read.seen
	told.Members, told.Service = slices.Clone(told.Members), slices.Clone(told.Service)
	return told, true
}

// removed takes in how a Remove went. What else went wrong than that it has to wait, only
// a new reading tells.
func (r *readings) removed(channel connector.ChannelID, member connector.MemberID, err error, now time.Time) {
	if err == nil {
		if read, known := r.Take(channel, now); known {
			r.keep(channel, read.without(member), now)
		}
		return
	}
	r.unsent(channel, err, now)
}

// unsent keeps what was read before a change that has to wait: nothing was sent.
func (r *readings) unsent(channel connector.ChannelID, err error, now time.Time) {
	read, known := r.Take(channel, now)
	if known && waits(err) {
		read.waits = true
		r.keep(channel, read, now)
	}
}

func waits(err error) bool {
	_, wait := errors.AsType[*connector.WaitError](err)
	return wait
}

// without is the reading after somebody was taken out.
func (r reading) without(member connector.MemberID) reading {
	out := func(m connector.MemberID) bool { return m == member }
	r.seen.Members = slices.DeleteFunc(slices.Clone(r.seen.Members), out)
	r.seen.Service = slices.DeleteFunc(slices.Clone(r.seen.Service), out)
	return r
}
