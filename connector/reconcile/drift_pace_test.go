package reconcile

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"roomkeeper/connector"
)

// TestPace: plan after plan, no reading becomes too old where the rate suffices,
// never are there more than it gives, and there is no burst.
func TestPace(t *testing.T) {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	const maxAge, every, least = 24 * time.Hour, 864 * time.Second, 1200 * time.Millisecond
	for name, c := range map[string]struct {
		groups int
		// ages of the readings at the start
		age func(i int) time.Duration
		// most of them in one plan's time
		most int
	}{
		"few at one time":        {groups: 5, age: func(int) time.Duration { return 0 }, most: 2},
		"many at one time":       {groups: 10_000, age: func(int) time.Duration { return 0 }, most: 110},
		"as they were made":      {groups: 10_000, age: func(i int) time.Duration { return time.Duration(i) * 3 * time.Second }, most: 200},
		"at random":              {groups: 3000, age: func(int) time.Duration { return rand.N(12 * time.Hour) }, most: 70},
		"all too old":            {groups: 2000, age: func(int) time.Duration { return 48 * time.Hour }, most: 730},
		"most that the rate can": {groups: 68_000, age: func(int) time.Duration { return 0 }, most: 725},
	} {
		t.Run(name, func(t *testing.T) {
			read := make([]time.Time, c.groups)
			old := 0
			for i := range read {
				read[i] = start.Add(-c.age(i))
				if c.age(i) > maxAge {
					old++
				}
			}
			rounds := 2 * int(maxAge/every) * min(c.groups, 3000) / c.groups
			if c.groups > 3000 { // past the first round of all
				rounds += int(maxAge/every) / 4
			}
			for round := range rounds {
				now := start.Add(time.Duration(round) * every)
				p := pace{now: now, within: maxAge - 2*every, until: every + every/4, least: least}
				all := make([]aged, len(read))
				for i, at := range read {
					all[i] = aged{group: connector.GroupID(fmt.Sprint(i)), at: at}
				}
				n, last := 0, time.Duration(0)
				for _, job := range p.spread(all) {
					if job.Delay-last < least {
						t.Fatalf("%s after %s", job.Delay, last)
					}
					if last = job.Delay; job.Delay <= every {
						n++
						var i int
						_, _ = fmt.Sscan(string(job.Key.Group), &i)
						if age := now.Add(job.Delay).Sub(read[i]); age > maxAge && old == 0 {
							t.Fatalf("%d is read at the age of %s", i, age)
						}
						read[i] = now.Add(job.Delay)
					}
				}
				if n > c.most {
					t.Fatalf("%d in plan %d", n, round)
				}
			}
		})
	}
}

// TestPaceOfSuspects: they come first, and leave every second place to the others.
func TestPaceOfSuspects(t *testing.T) {
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	p := pace{now: now, within: time.Hour, until: 20 * time.Second, least: time.Second}
	list := func(age time.Duration, others, suspects int) string {
		var all []aged
		for i := range others {
			all = append(all, aged{group: "o", at: now.Add(-age - time.Duration(i))})
		}
		for i := range suspects {
			all = append(all, aged{group: "s", at: now.Add(-time.Duration(i)), suspect: true})
		}
		var order []string
		for _, job := range p.spread(all) {
			order = append(order, string(job.Key.Group))
		}
		return fmt.Sprint(order)
	}
	if got := list(2*time.Hour, 5, 3); got != "[s o s o s o o o]" {
		t.Errorf("old ones: %s", got)
	}
	if got := list(0, 5, 3); got != "[s s s]" {
		t.Errorf("young ones: %s", got)
	}
	if got := list(2*time.Hour, 50, 50); got != fmt.Sprint(slices.Repeat([]string{"s", "o"}, 10)) {
		t.Errorf("many: %s", got)
	}
	p.least = 0
	if got := list(2*time.Hour, 3, 0); got != "[o o o]" {
		t.Errorf("without a bound: %s", got)
	}
}
