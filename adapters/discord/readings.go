package discord

import (
	"slices"
	"time"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/adapters/internal/interrupted"
	"roomkeeper/connector"
)

// keepReading is how long what was read of a channel is good for the changes that are
// made by it. All routes share one rate: if each change, and each try of one, read its
// channel again, reading would take what letting people in and out needs.
const keepReading = time.Minute

// maxReadings bounds of how many channels it is kept what was read.
const maxReadings = 1024

// reading is a channel as it was read, and who was in.
type reading struct {
	channel *discordgo.Channel
	seen    connector.Observed
}

// readings keep what was read of channels, for the changes that follow: who is in, or the
// title. The zero value is ready.
type readings struct {
	interrupted.Kept[connector.ChannelID, reading]
}

// keep replaces what was read of a channel.
func (r *readings) keep(channel connector.ChannelID, read reading, now time.Time) {
	r.Drop(channel)
	r.Keep(channel, read, read.seen.At, now, maxReadings)
}

// last is what was read of a channel within keepReading; the zero reading for nothing.
func (r *readings) last(channel connector.ChannelID, now time.Time) (last reading) {
	r.Look(channel, func(read reading) {
		if now.Sub(read.seen.At) <= keepReading {
			last = read
		}
	})
	return last
}

// holds reports whether a text channel showed somebody to be in; of a thread that is
// not told by what is kept, and not needed.
func (r reading) holds(member connector.MemberID) bool {
	return r.channel.IsThread() || inside(r.channel, member)
}

// without is the reading after somebody was taken out.
func (r reading) without(member connector.MemberID) reading {
	r.seen.Members = slices.DeleteFunc(slices.Clone(r.seen.Members), func(m connector.MemberID) bool { return m == member })
	if r.channel == nil {
		return r
	}
	ch := *r.channel
	ch.PermissionOverwrites = slices.DeleteFunc(slices.Clone(ch.PermissionOverwrites), func(o *discordgo.PermissionOverwrite) bool {
		return o != nil && o.ID == string(member)
	})
	r.channel = &ch
	return r
}
