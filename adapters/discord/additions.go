package discord

import (
	"slices"
	"time"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/adapters/internal/membership"
	"roomkeeper/connector"
)

// additions keeps interrupted Adds, and what was read before them. The zero value
// is ready.
type additions struct{ membership.Adds[reading] }

// addition is one run of Add.
type addition = membership.Add[reading]

// told is the reading before an Add that was interrupted, and whom that has let in
// since. A reading is told once: who does not go on with the Add reads anew.
func (a *additions) told(channel connector.ChannelID, now time.Time) (told reading, known bool) {
	a.Look(channel, func(run *addition) {
		before := run.State
		if at := before.seen.At; at.IsZero() || now.Sub(at) > keepReading {
			return
		}
		run.State.seen = connector.Observed{}
		told, known = before, true
		told.seen.Members = slices.Clone(before.seen.Members)
		for _, id := range run.Tell() {
			if !slices.Contains(told.seen.Members, id) {
				told.seen.Members = append(told.seen.Members, id)
			}
		}
	})
	return told, known
}

// before is the channel as it was read a moment ago, when the run began or by an
// Observe, where all who are to be let in were out. nil: it is to be read.
func (a *Adapter) before(run *addition, channel connector.ChannelID, rest []connector.MemberID) *discordgo.Channel {
	ch := reached(run, a.now())
	if ch == nil {
		last := a.lately.last(channel, a.now())
		if ch = last.channel; ch == nil {
			return nil
		}
		if last.seen.At.Before(run.Began) {
			run.Began = last.seen.At
		}
	}
	if slices.ContainsFunc(rest, func(id connector.MemberID) bool { return inside(ch, id) }) {
		return nil
	}
	return ch
}

// inside reports whether a text channel shows somebody to be in; a thread does not tell.
func inside(ch *discordgo.Channel, member connector.MemberID) bool {
	return !ch.IsThread() && sees(overwriteOf(ch, string(member)))
}

// reached is the channel, when the run has begun a moment ago.
func reached(run *addition, now time.Time) *discordgo.Channel {
	if now.Sub(run.Began) > keepReading {
		return nil
	}
	return run.State.channel
}
