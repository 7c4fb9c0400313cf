package reconcile

import (
	"cmp"
	"slices"
	"time"

	"roomkeeper/connector"
)

// aged is a channel and when it was last looked at for its age.
type aged struct {
	group connector.GroupID
	at    time.Time
	// suspect: something says that it changed.
	suspect bool
}

// pace says when which channels are read.
type pace struct {
	now time.Time
	// within is how old a reading may become, until how far ahead is planned.
	within, until time.Duration
	// least is the time between two readings that the platform's share allows.
	least time.Duration
}

// spread returns the jobs of the time that is planned, the oldest readings first,
// as far apart as they can be while none becomes too old. Suspects do not wait for
// their age; they take no more than every second place while others are due.
func (p pace) spread(all []aged) []connector.Job {
	// Of one age in one order, so that the next plan begins with those that this one
	// left, and does not queue others beside them.
	slices.SortFunc(all, func(a, b aged) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.group, b.group)) })
	var suspects, others []aged
	for _, a := range all {
		if a.suspect {
			suspects = append(suspects, a)
		} else {
			others = append(others, a)
		}
	}
	var jobs []connector.Job
	add := func(from *[]aged, delay time.Duration) {
		key := connector.JobKey{Lane: connector.LaneDrift, Group: (*from)[0].group}
		jobs = append(jobs, connector.Job{Key: key, Delay: delay})
		*from = (*from)[1:]
	}
	least := max(p.least, time.Millisecond)
	step, left := p.stretch(others, 0)
	next, last := step, false // when the next of the others is due, and whether a suspect came last
	for at := least; len(suspects)+len(others) > 0; at += least {
		due := len(others) > 0 && next <= at
		if len(suspects) == 0 {
			at = max(at, next)
		}
		switch {
		case at > p.until:
			return jobs
		case len(suspects) > 0 && (!due || !last):
			add(&suspects, at)
			last = true
		case len(others) > 0:
			add(&others, at)
			if left--; left == 0 {
				step, left = p.stretch(others, at)
			}
			next, last = next+step, false
		}
	}
	return jobs
}

// stretch is the longest time between two readings, from then on, at which none of
// them, taken oldest first, becomes too old, and for how many of them that counts:
// those after them can wait longer.
func (p pace) stretch(sorted []aged, from time.Duration) (step time.Duration, n int) {
	step, n = p.within, len(sorted)
	for i, a := range sorted {
		s := (a.at.Add(p.within).Sub(p.now) - from) / time.Duration(i+1)
		if s = max(s, p.least, time.Millisecond); s <= step {
			step, n = s, i+1
		}
	}
	return step, n
}
