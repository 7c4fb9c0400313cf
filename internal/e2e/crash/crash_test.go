package crash_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"roomkeeper/internal/world"
)

// point is a moment at which the connector is killed: while a call is held.
type point struct {
	world.Platform
	verb world.Verb
	// when is world.Before or world.After its execution, while it is held, or
	// world.PhaseAnswered, at once when it was answered.
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
	name := string(p.verb) + " " + p.when
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
// to it, as far as the platform has the call. "After" a call means that it was
// executed and its answer is still on its way: nothing of it is stored. The
// next call's "before" is the moment after it was stored.
func points(on world.Platform) []point {
	var all []point
	add := func(p point) {
		if p.Platform = on; on.Asks(p.kept, p.verb) {
			all = append(all, p)
		}
	}
	for _, v := range on.Opening {
		add(point{verb: v, when: world.Before})
		add(point{verb: v, when: world.After})
	}
	for _, v := range on.Keeping {
		add(point{verb: v, when: world.Before, kept: true})
		add(point{verb: v, when: world.After, kept: true})
	}
	for _, p := range []point{{verb: world.Create}, {verb: world.Post}, {verb: world.Add}, {verb: world.Post, kept: true}} {
		p.when, p.late = world.Before, true
		add(p)
		p.later = true
		add(p)
	}
	for _, v := range []world.Verb{world.Create, world.Add, world.Post} {
		add(point{verb: v, when: world.PhaseAnswered})
	}
	// What is found after the restart was made for what the record was then.
	for _, p := range []point{
		{verb: world.Create, when: world.After}, {verb: world.Create, when: world.Before, late: true},
		{verb: world.Mark, when: world.Before},
		{verb: world.Post, when: world.After}, {verb: world.Pin, when: world.Before},
	} {
		p.edited = true
		add(p)
	}
	for _, v := range []world.Verb{world.Remove, world.Add, world.Rename, world.Topic, world.Edit} {
		add(point{verb: v, when: world.After, kept: true, edited: true})
		add(point{verb: v, when: world.Before, late: true, kept: true, edited: true})
	}
	for _, v := range []world.Verb{world.Remove, world.Add} {
		add(point{verb: v, when: world.Before, late: true, later: true, kept: true, edited: true})
	}
	return all
}

func TestCrashAtPoints(t *testing.T) {
	world.OnEach(t, func(t *testing.T, p world.Platform) { world.Together(t, points(p), point.String, crashAt) })
}

func crashAt(t *testing.T, p point) {
	s := world.Begin(t, p.Platform, p.kept)
	if p.when == world.PhaseAnswered {
		s.Act(t)
		s.Chat.Answered(t, p.verb, 1)
		s.Kill(t)
	} else {
		gate := s.Chat.Hold(t, world.Gate{Verb: p.verb, When: p.when, Late: p.late})
		s.Act(t)
		s.Chat.Held(t, gate, 1)
		s.Kill(t)
		if !p.later {
			s.Chat.Release(t, gate)
		}
	}
	switch {
	case p.edited:
		s.Outdate(t)
	case p.kept:
		s.Edit(t, world.Account(1), "Between", "Nowhere")
	}
	s.Restart(t)
	s.Chat.Release(t, 0)
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
	world.OnEach(t, crashAtRandom)
}

func crashAtRandom(t *testing.T, p world.Platform) {
	n := world.Seed(t)
	w := world.Start(t, p, world.StormPeople, world.StormRecords, world.Unbraked()...)
	s := world.NewStorm(t, w, n)
	w.Chat.Slow(t)
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
