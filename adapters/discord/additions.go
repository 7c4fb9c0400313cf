package discord

import (
	"slices"
	"time"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/adapters/internal/membership"
	"roomkeeper/connector"
)

// keepReading is how long a reading before an interrupted Add can be gone on
// with. All routes share one rate: if each try read the channel again, reading
// would take what letting people in needs.
const keepReading = time.Minute

// additions keeps interrupted Adds, and what was read before them. The zero value
// is ready.
type additions struct{ membership.Adds[reading] }

// addition is one run of Add.
type addition = membership.Add[reading]

// reading is the channel that people are let into, and who was in before.
type reading struct {
	channel *discordgo.Channel
	seen    connector.Observed
}

// seen is the reading before an Add that was interrupted, and whom that has let
// in since. It is told once: who does not go on with the Add reads anew.
func (a *additions) seen(channel connector.ChannelID, now time.Time) (seen connector.Observed, known bool) {
	a.Look(channel, func(run *addition) {
		before := run.State.seen
		if before.At.IsZero() || now.Sub(before.At) > keepReading {
			return
		}
		run.State.seen = connector.Observed{}
		seen, known = connector.Observed{At: before.At, Members: slices.Clone(before.Members)}, true
		for _, id := range run.Entered() {
			if !slices.Contains(seen.Members, id) {
				seen.Members = append(seen.Members, id)
			}
		}
	})
	return seen, known
}

// reached is the channel, when the run has begun a moment ago.
func reached(run *addition, now time.Time) *discordgo.Channel {
	if now.Sub(run.Began) > keepReading {
		return nil
	}
	return run.State.channel
}
