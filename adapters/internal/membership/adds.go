package membership

import (
	"slices"
	"time"

	"roomkeeper/adapters/internal/interrupted"
	"roomkeeper/connector"
)

// Adds keeps what an interrupted Add has achieved, so that more people than the
// rate's burst get in by repeating it. S is what an adapter keeps besides. The
// zero value is ready.
type Adds[S any] struct {
	kept interrupted.Kept[connector.ChannelID, *Add[S]]
}

// Add is one run of a platform's Add. It belongs to who took it.
type Add[S any] struct {
	State   S
	Began   time.Time
	settled map[connector.MemberID]bool
	refused []connector.MemberError
}

// Take goes on with a channel's interrupted run, or begins one.
func (a *Adds[S]) Take(channel connector.ChannelID, now time.Time) *Add[S] {
	if run, ok := a.kept.Take(channel, now); ok {
		return run
	}
	return &Add[S]{Began: now, settled: map[connector.MemberID]bool{}}
}

// Keep keeps an interrupted run.
func (a *Adds[S]) Keep(channel connector.ChannelID, run *Add[S], now time.Time) {
	a.kept.Keep(channel, run, run.Began, now, 0)
}

// Look calls see with a channel's interrupted run, if there is one.
func (a *Adds[S]) Look(channel connector.ChannelID, see func(*Add[S])) { a.kept.Look(channel, see) }

// Drop forgets a run: somebody whom it let in may be taken out again.
func (a *Adds[S]) Drop(channel connector.ChannelID) { a.kept.Drop(channel) }

// Rest are those of the members, without the bot, for whom the platform has not
// answered yet.
func (r *Add[S]) Rest(members []connector.MemberID, bot connector.MemberID) []connector.MemberID {
	return slices.DeleteFunc(Others(members, bot), func(id connector.MemberID) bool { return r.settled[id] })
}

// Settle notes that the platform has answered for these people: they are in, but
// for those who are refused.
func (r *Add[S]) Settle(members []connector.MemberID, refused ...connector.MemberError) {
	for _, id := range members {
		r.settled[id] = true
	}
	r.refused = append(r.refused, refused...)
}

// Tell returns whom the run has let in so far, in no order, and leaves them to who is
// told: whoever asks for one of them then knows that they are out again.
func (r *Add[S]) Tell() []connector.MemberID {
	var in []connector.MemberID
	for id := range r.settled {
		if !slices.ContainsFunc(r.refused, func(f connector.MemberError) bool { return f.Member == id }) {
			in = append(in, id)
			delete(r.settled, id)
		}
	}
	return in
}

// Result is nil when all of the members are in, else a *connector.MembersError
// with those who were refused.
func (r *Add[S]) Result(members []connector.MemberID) error {
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
