package reconcile_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"roomkeeper/connector"
)

// chance is a world in which a CRM loses people and finds them again at random,
// without a word: only Sweeps and the time that passes bring anything about.
type chance struct {
	*world
	rnd   *rand.Rand
	teams map[string][]string
	begun []string
	diary []string
}

// limitOfChance is how many removals a Sweep may let go.
const limitOfChance = 3

func newChance(t *testing.T, seed uint64) *chance {
	c := &chance{world: newWorld(t), rnd: rand.New(rand.NewPCG(seed, 1)), teams: map[string][]string{}} //nolint:gosec // chance is to be the same each time
	c.policy.RemovalShare = 1
	c.limit.Share, c.limit.People = 0, limitOfChance
	if seed%2 == 1 {
		c.policy.Grace = time.Hour
	}
	c.person("a", "b", "c", "d")
	for i := range 5 {
		c.record(id(i), "Acme "+id(i), "a", "b", "c", "d")
		c.teams[id(i)] = []string{"a", "b", "c", "d"}
		c.open(id(i))
	}
	c.works()
	c.forget()
	return c
}

// edit takes somebody off a team, or puts them back.
func (c *chance) edit() {
	record, who := id(c.rnd.IntN(5)), string(rune('b'+c.rnd.IntN(3)))
	team := slices.Clone(c.teams[record])
	if at := slices.Index(team, who); at >= 0 {
		team = slices.Delete(team, at, at+1)
	} else {
		team = append(team, who)
	}
	c.teams[record] = team
	c.team(record, team...)
	c.note("%s has %v", record, team)
}

func (c *chance) note(format string, args ...any) {
	c.diary = append(c.diary, fmt.Sprintf(format, args...))
}

func (c *chance) told() string { return strings.Join(c.diary, "\n") }

// cut takes the store away at one of the next steps, or never, until it is called.
func (c *chance) cut() (killed func() bool) {
	left, struck := c.rnd.IntN(120), false
	c.gate = func(string) error {
		if left--; left < 0 {
			struck = true
			return connector.ErrStoreAway
		}
		return nil
	}
	return func() bool {
		c.gate = nil
		return struck
	}
}

// step does what comes next; a process may be killed in it.
func (c *chance) step() {
	switch c.rnd.IntN(10) {
	case 0, 1:
		c.edit()
	case 2:
		if len(c.begun) == 0 || c.rnd.IntN(2) == 0 {
			c.begun = append(c.begun, c.begins().ID)
			c.note("sweep %s", c.begun[len(c.begun)-1])
		}
	case 3:
		killed := c.cut()
		err := c.sweeper().Judge(c.Context())
		c.note("judged, killed %t: %v", killed(), err)
	case 4:
		c.clock.Advance(time.Duration(c.rnd.IntN(40)) * time.Minute)
	default:
		c.work()
	}
}

// work does one run.
func (c *chance) work() {
	lease, ok := c.takes()
	if !ok {
		return
	}
	end := connector.RunEnd{Outcome: connector.RunDone}
	if lease.Key.Lane == connector.LaneGroup {
		cut := c.cut()
		end = c.reconciler().Run(c.Context(), lease)
		if end.Told {
			c.sweeper().Told(c.Context(), lease.Tags, end.Outcome == connector.RunDone)
		}
		killed := cut()
		if killed {
			end = connector.RunEnd{Outcome: connector.RunRetry}
		}
		c.note("ran %s for %v, killed %t: %s; %v", lease.Key.Group, lease.Tags, killed, end.Outcome, c.chat.Calls.Counts()["remove"])
	}
	c.ok(c.engine.Queue.Finish(c.Context(), lease, end))
}

// judged checks that no more were removed than Sweeps let go, and that each let go
// no more than it may.
func (c *chance) judged() {
	c.Helper()
	passed := 0
	for _, sweep := range c.begun {
		if s := c.swept(sweep); s.Verdict == connector.VerdictPassed {
			if passed += s.Removals; s.Removals > limitOfChance {
				c.Fatalf("sweep %+v", s)
			}
		}
	}
	if removed := c.chat.Calls.Counts()["remove"]; removed > passed {
		c.Fatalf("%d were removed, %d let go:\n%s", removed, passed, c.told())
	}
}

// rest counts those who are in a channel and on no team, and wants each held.
func (c *chance) rest() (n int) {
	c.Helper()
	for i := range 5 {
		here := 0
		for _, m := range c.channel(id(i)).Members {
			if !slices.Contains(members(c.teams[id(i)]...), m) {
				here++
			}
		}
		g := c.group(id(i))
		held := g.Held != nil && len(g.Held.People) == here && g.Held.Sweep != ""
		if held != (here > 0) || !held && g.Held != nil || g.Awaits != "" || len(g.Passed) > 0 {
			c.Fatalf("%d too many in %s, held %+v, awaits %q, passed %v:\n%s", here, id(i), g.Held, g.Awaits, g.Passed, c.told())
		}
		n += here
	}
	return n
}

// Whatever the CRM loses and whenever a process is killed: no more people are
// removed than Sweeps let go, none lets go more than its limit, and in the end
// either all who are to go are out, or they are too many and all are held.
func TestSweepLimitAtRandom(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			c := newChance(t, seed)
			for range 120 {
				c.step()
				c.judged()
			}
			for range 4 {
				c.clock.Advance(2 * time.Hour)
				c.works()
				c.ok(c.sweeper().Judge(t.Context()))
				c.begun = append(c.begun, c.sweeps().ID)
				c.judged()
			}
			if left := c.rest(); left > 0 && left <= limitOfChance {
				t.Errorf("%d stay:\n%s", left, c.told())
			}
		})
	}
}
