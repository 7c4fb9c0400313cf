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
// since. It is told once: who does not go on with the Add reads anew.
func (a *additions) told(channel connector.ChannelID, now time.Time) (told reading, known bool) {
	a.Look(channel, func(run *addition) {
		before := run.State
		if at := before.seen.At; at.IsZero() || now.Sub(at) > keepReading {
			return
		}
		run.State.seen = connector.Observed{}
		told, known = before, true
		told.seen.Members = slices.Clone(before.seen.Members)
		for _, id := range run.Entered() {
			if !slices.Contains(told.seen.Members, id) {
				told.seen.Members = append(told.seen.Members, id)
			}
		}
	})
	return told, known
}

// before is the channel as it was read a moment ago: when the run began or, where all
// who are to be let in were out, by an Observe. nil: it is to be read.
func (a *Adapter) before(run *addition, channel connector.ChannelID, rest []connector.MemberID) *discordgo.Channel {
	if ch := reached(run, a.now()); ch != nil {
		return ch
	}
	last := a.lately.last(channel, a.now())
	if last.channel == nil || slices.ContainsFunc(rest, func(id connector.MemberID) bool { return slices.Contains(last.seen.Members, id) }) {
		return nil
	}
	if last.seen.At.Before(run.Began) {
		run.Began = last.seen.At
	}
	return last.channel
}

// reached is the channel, when the run has begun a moment ago.
func reached(run *addition, now time.Time) *discordgo.Channel {
	if now.Sub(run.Began) > keepReading {
		return nil
	}
	return run.State.channel
}
