package cut_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"roomkeeper/internal/world"
	"roomkeeper/sandbox/crm"
)

// cut is a place at which connections are cut: the first calls of a verb of
// the platform, or of a path of the CRM.
type cut struct {
	world.Platform
	verb world.Verb
	path string // of the CRM; "" is none
	when string // world.Before, During, After; a kind of crm.Fault for a path
	kept bool
	// edited: what the call is about to show is no longer so when it is repeated.
	edited bool
}

func (c cut) String() string {
	name := string(c.verb) + c.path + " " + c.when
	if c.edited {
		name += ", edited meanwhile"
	}
	if c.kept {
		return name + ", kept channel"
	}
	return name + ", new channel"
}

// starts says whether the call is made when the connector starts.
func (c cut) starts() bool { return !c.kept && slices.Contains(c.Starting, c.verb) }

// cuts are the moments around and within every call that makes a channel and
// posts to it.
func cuts(on world.Platform) []cut {
	var all []cut
	add := func(kept bool, verbs []world.Verb) {
		for _, v := range verbs {
			for _, when := range on.Moments {
				all = append(all, cut{Platform: on, verb: v, when: when, kept: kept})
			}
		}
	}
	add(false, on.Starting)
	add(false, on.Opening)
	add(true, on.Reading)
	add(true, on.Keeping)
	for _, when := range []string{crm.FaultCut, crm.FaultPartial, crm.FaultBroken} {
		for _, path := range []string{"/records/*/team", "/users*"} {
			all = append(all, cut{Platform: on, path: path, when: when})
		}
		all = append(all, cut{Platform: on, path: "/records/account/*", when: when, kept: true})
	}
	edited := func(kept bool, verbs ...world.Verb) {
		for _, v := range verbs {
			if on.Asks(kept, v) {
				all = append(all, cut{Platform: on, verb: v, when: world.After, kept: kept, edited: true})
			}
		}
	}
	edited(false, world.Create, world.Post)
	edited(true, world.Remove, world.Add, world.Rename, world.Topic, world.Edit)
	return all
}

// cutTwice is how often in a row each place is cut, if it is tried again:
// people are only invited or removed again when they are not in or out.
const cutTwice = 2

func TestCutConnections(t *testing.T) {
	world.OnEach(t, func(t *testing.T, p world.Platform) { world.Together(t, cuts(p), cut.String, cutAt) })
}

func cutAt(t *testing.T, c cut) {
	s := world.Begin(t, c.Platform, c.kept)
	if c.path != "" {
		s.CRM.Act(t, "fault", world.Order{"fault": crm.Fault{Match: c.path, Kind: c.when, Times: cutTwice}})
	} else {
		s.Chat.Spoil(t, world.Fault{Verb: c.verb, When: c.when, Kind: world.FaultCut, Times: cutTwice})
	}
	if c.starts() {
		s.Kill(t)
		s.Restart(t)
	}
	if c.verb == world.Post {
		s.Chat.Spoil(t, world.Fault{Verb: world.History, When: c.when, Kind: world.FaultCut})
	}
	s.Act(t)
	if c.edited {
		struck(t, s, c.verb)
		s.Outdate(t)
		s.TellEdited(t)
	}
	s.Quiet(t, world.Patience)
	s.Sell(t)
	s.Quiet(t, world.Patience)
	s.Chat.AllStruck(t)
	s.Check(t, s.Expected()...)
}

// struck waits until a fault has spoilt a call of the verb.
func struck(t *testing.T, s *world.Story, v world.Verb) {
	t.Helper()
	world.Eventually(t, world.Patience, "fault at "+string(v), func() error {
		calls := s.Chat.Calls(t, v)
		for _, c := range calls {
			if c.Fault != "" {
				return nil
			}
		}
		return fmt.Errorf("none in %d calls", len(calls))
	})
}

// cutFor is how long connections are cut at random.
const cutFor = 35 * time.Second

func TestCutAtRandom(t *testing.T) {
	t.Parallel()
	world.OnEach(t, cutAtRandom)
}

func cutAtRandom(t *testing.T, p world.Platform) {
	n := world.Seed(t)
	addr := world.FreeAddr(t)
	hooks := world.StartCutter(t, addr, 0.05, n)
	sb := world.StartSandbox(t, p, world.StormPeople, world.StormRecords, hooks.URL)
	pull := world.StartCutter(t, strings.TrimPrefix(sb.Base, "http://"), 0.05, n+1)
	w := &world.World{Sandbox: sb, Service: world.StartConnector(t, sb, addr, t.TempDir(), append(world.Unbraked(), "ROOMKEEPER_CRM_URL="+pull.URL+"/crm")...)}
	w.Hooks = hooks.URL
	w.WaitReady(t)
	s := world.NewStorm(t, w, n)
	for _, when := range p.Moments {
		w.Chat.Spoil(t, world.Fault{Verb: world.Any, When: when, Kind: world.FaultCut, Times: -1, Probability: 0.035})
	}
	s.Rage(t, func() {
		end := time.NewTimer(cutFor)
		<-end.C
	})
	w.Chat.ClearFaults(t)
	hooks.Calm.Store(true)
	pull.Calm.Store(true)
	t.Logf("%d webhooks and %d calls to the CRM were cut", hooks.Cuts.Load(), pull.Cuts.Load())
	s.Settle(t, 3*world.Patience)
}
