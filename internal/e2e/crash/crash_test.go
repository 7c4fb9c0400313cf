package crash_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"roomkeeper/internal/world"
	"roomkeeper/sandbox/slack"
)

// point is a moment at which the connector is killed: while a call is held.
type point struct {
	method string
	// when is slack.Before or slack.After its execution, while it is held, or
	// slack.PhaseAnswered, at once when it was answered.
	when string
	kept bool
	// late: the call is on its way and is executed although its sender is dead:
	// before the connector is back, or when it works again already.
	late, later bool
	// edited: what the call was about to show is no longer so when the connector
	// is back.
	edited bool
}

func (p point) String() string {
	name := p.method + " " + p.when
	switch {
	case p.later:
		name += ", lands after the restart"
	case p.late:
		name += ", lands late"
	}
	if p.edited {
		name += ", edited meanwhile"
	}
	if p.kept {
		return name + ", kept channel"
	}
	return name + ", new channel"
}

// points are the moments around every call that makes a channel and posts
// to it. "After" a call means that it was executed and its answer is still on
// its way: nothing of it is stored. The next call's "before" is the moment
// after it was stored.
func points() []point {
	var all []point
	both := func(kept bool, methods ...string) {
		for _, m := range methods {
			all = append(all, point{method: m, when: slack.Before, kept: kept}, point{method: m, when: slack.After, kept: kept})
		}
	}
	both(false, "conversations.create", "conversations.setPurpose", "conversations.invite", "conversations.members",
		"conversations.setTopic", "chat.postMessage", "pins.add")
	both(true, "conversations.kick", "conversations.invite", "conversations.rename", "conversations.setTopic",
		"chat.update", "chat.postMessage")
	for _, p := range []point{
		{method: "conversations.create"}, {method: "chat.postMessage"}, {method: "conversations.invite"},
		{method: "chat.postMessage", kept: true},
	} {
		p.when, p.late = slack.Before, true
		all = append(all, p)
		p.later = true
		all = append(all, p)
	}
	for _, m := range []string{"conversations.create", "conversations.invite", "chat.postMessage"} {
		all = append(all, point{method: m, when: slack.PhaseAnswered})
	}
	// What is found after the restart was made for what the record was then.
	for _, p := range []point{
		{method: "conversations.create", when: slack.After}, {method: "conversations.create", when: slack.Before, late: true},
		{method: "conversations.setPurpose", when: slack.Before},
		{method: "chat.postMessage", when: slack.After}, {method: "pins.add", when: slack.Before},
	} {
		p.edited = true
		all = append(all, p)
	}
	for _, m := range []string{"conversations.kick", "conversations.invite", "conversations.rename", "conversations.setTopic", "chat.update"} {
		all = append(all, point{method: m, when: slack.After, kept: true, edited: true})
		all = append(all, point{method: m, when: slack.Before, late: true, kept: true, edited: true})
	}
	for _, m := range []string{"conversations.kick", "conversations.invite"} {
		all = append(all, point{method: m, when: slack.Before, late: true, later: true, kept: true, edited: true})
	}
	return all
}

func TestCrashAtPoints(t *testing.T) {
	world.Together(t, points(), point.String, crashAt)
}

func crashAt(t *testing.T, p point) {
	s := world.Begin(t, p.kept)
	if p.when == slack.PhaseAnswered {
		s.Act(t)
		s.Slack.Wait(t, p.method, p.when, 1)
		s.Kill(t)
	} else {
		gate := s.Slack.Gate(t, slack.Gate{Method: p.method, When: p.when, Late: p.late, Times: 1})
		s.Act(t)
		s.Slack.Held(t, gate, 1)
		s.Kill(t)
		if !p.later {
			s.Slack.Release(t, gate)
		}
	}
	switch {
	case p.edited:
		s.Outdate(t)
	case p.kept:
		s.Edit(t, world.Account(1), "Between", "Nowhere")
	}
	s.Restart(t)
	s.Slack.Release(t, 0)
	switch {
	case p.edited:
		s.TellEdited(t)
	case p.kept:
		s.Change(t)
	}
	s.Sell(t)
	s.Quiet(t, world.Patience)
	s.Check(t, s.Expected()...)
}

// kills is how often the connector dies while events arrive.
const kills = 30

func TestCrashAtRandom(t *testing.T) {
	t.Parallel()
	n := world.Seed(t)
	w := world.Start(t, world.StormPeople, world.StormRecords, world.Unbraked()...)
	s := world.NewStorm(t, w, n)
	// Slow calls are more often under way when the process dies.
	w.Slack.Fault(t, slack.Fault{Method: "*", When: slack.Before, Kind: slack.FaultDelay, Seconds: 0.03, Times: -1, Probability: 0.5})
	w.Slack.Fault(t, slack.Fault{Method: "*", When: slack.After, Kind: slack.FaultDelay, Seconds: 0.06, Times: -1})
	random := rand.New(rand.NewPCG(n, 99))
	s.Rage(t, func() {
		for range kills {
			alive := time.NewTimer(100*time.Millisecond + time.Duration(random.Int64N(int64(2500*time.Millisecond))))
			<-alive.C
			w.Kill(t)
			down := time.NewTimer(time.Duration(random.Int64N(int64(300 * time.Millisecond))))
			<-down.C
			if err := w.Start(); err != nil {
				t.Fatal(err)
			}
		}
	})
	w.WaitReady(t)
	s.Settle(t, 3*world.Patience)
}
