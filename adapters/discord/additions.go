package discord

import (
	"slices"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"roomkeeper/connector"
)

// keepReading is how long a reading before an interrupted Add can be gone on
// with. All routes share one rate: if each try read the channel again, reading
// would take what letting people in needs.
const keepReading = time.Minute

// additions keeps what an interrupted Add has achieved, so that more people than
// the rate's burst get in by repeating it, and what was read before it. The zero
// value is ready.
type additions struct {
	mu   sync.Mutex
	kept map[connector.ChannelID]*addition
}

// addition is one run of Add. settled are those for whom Discord has answered.
type addition struct {
	settled map[connector.MemberID]bool
	refused []connector.MemberError
	began   time.Time
	// channel is the one that people are let into, seen who was in before.
	channel *discordgo.Channel
	seen    connector.Observed
}

func (a *additions) take(channel connector.ChannelID, now time.Time) *addition {
	a.mu.Lock()
	defer a.mu.Unlock()
	for id, run := range a.kept {
		if now.Sub(run.began) > keepHalfRead {
			delete(a.kept, id)
		}
	}
	run := a.kept[channel]
	delete(a.kept, channel)
	if run == nil {
		run = &addition{settled: map[connector.MemberID]bool{}, began: now}
	}
	return run
}

// seen is the reading before an Add that was interrupted, and whom that has let
// in since. It is told once: who does not go on with the Add reads anew.
func (a *additions) seen(channel connector.ChannelID, now time.Time) (connector.Observed, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	run := a.kept[channel]
	if run == nil || run.seen.At.IsZero() || now.Sub(run.seen.At) > keepReading {
		return connector.Observed{}, false
	}
	seen := connector.Observed{At: run.seen.At, Members: slices.Clone(run.seen.Members)}
	run.seen = connector.Observed{}
	for id := range run.settled {
		refused := slices.ContainsFunc(run.refused, func(f connector.MemberError) bool { return f.Member == id })
		if !refused && !slices.Contains(seen.Members, id) {
			seen.Members = append(seen.Members, id)
		}
	}
	return seen, true
}

// reached is the channel, when the run has begun a moment ago.
func (r *addition) reached(now time.Time) *discordgo.Channel {
	if now.Sub(r.began) > keepReading {
		return nil
	}
	return r.channel
}

func (a *additions) keep(channel connector.ChannelID, run *addition) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.kept == nil {
		a.kept = map[connector.ChannelID]*addition{}
	}
	a.kept[channel] = run
}

// drop forgets a run: somebody whom it let in may be taken out again.
func (a *additions) drop(channel connector.ChannelID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.kept, channel)
}

// settle notes that somebody is in, or why not.
func (r *addition) settle(id connector.MemberID, reason connector.PendingReason) {
	r.settled[id] = true
	if reason != "" {
		r.refused = append(r.refused, connector.MemberError{Member: id, Reason: reason})
	}
}

// result tells who of the members was refused.
func (r *addition) result(members []connector.MemberID) error {
	var refused []connector.MemberError
	for _, f := range r.refused {
		if slices.Contains(members, f.Member) {
			refused = append(refused, f)
		}
	}
	if len(refused) == 0 {
		return nil
	}
	return &connector.MembersError{Failed: refused}
}
