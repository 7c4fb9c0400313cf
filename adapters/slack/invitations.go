package slack

import (
	"slices"
	"sync"
	"time"

	"roomkeeper/connector"
)

// invitations keeps what an interrupted Add has achieved, so that more people
// than the rate's burst of batches get in by repeating it. The zero value is
// ready.
type invitations struct {
	mu   sync.Mutex
	kept map[connector.ChannelID]*invitation
}

// invitation is one run of Add. settled are those that Slack has answered for.
type invitation struct {
	settled map[connector.MemberID]bool
	refused []connector.MemberError
	began   time.Time
}

func (i *invitations) take(channel connector.ChannelID, now time.Time) *invitation {
	i.mu.Lock()
	defer i.mu.Unlock()
	for id, run := range i.kept {
		if now.Sub(run.began) > keepHalfRead {
			delete(i.kept, id)
		}
	}
	run := i.kept[channel]
	delete(i.kept, channel)
	if run == nil {
		run = &invitation{settled: map[connector.MemberID]bool{}, began: now}
	}
	return run
}

func (i *invitations) keep(channel connector.ChannelID, run *invitation) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.kept == nil {
		i.kept = map[connector.ChannelID]*invitation{}
	}
	i.kept[channel] = run
}

// drop forgets a run: somebody whom it invited may be taken out again.
func (i *invitations) drop(channel connector.ChannelID) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.kept, channel)
}

func (r *invitation) settle(batch []connector.MemberID, refused []connector.MemberError) {
	for _, id := range batch {
		r.settled[id] = true
	}
	r.refused = append(r.refused, refused...)
}

// result tells who of the members was refused.
func (r *invitation) result(members []connector.MemberID) error {
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
