package discord

import (
	"slices"
	"sync"
	"time"

	"roomkeeper/connector"
)

// additions keeps what an interrupted Add has achieved, so that more people than
// the rate's burst get in by repeating it. The zero value is ready.
type additions struct {
	mu   sync.Mutex
	kept map[connector.ChannelID]*addition
}

// addition is one run of Add. settled are those for whom Discord has answered.
type addition struct {
	settled map[connector.MemberID]bool
	refused []connector.MemberError
	began   time.Time
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
