package app

import (
	"time"

	"github.com/robfig/cron/v3"
)

// lookEvery is how often a replica looks for what no tick does: ticks that were
// missed, requests, and Sweeps whose process was killed.
const lookEvery = time.Minute

// endInterrupted ends the Sweeps of processes that are gone. At the start it
// comes before anybody can ask for a new one.
func (r *resync) endInterrupted() {
	r.answered("end interrupted sweeps", r.sweeper.Recover(r.work))
}

// watch looks for replicas that were killed, and for those that run by another
// configuration. It goes on while this one sweeps.
func (r *resync) watch() {
	for pause(r.work, lookEvery) {
		r.endInterrupted()
		r.answered("compare with the other replicas", r.setups.Look(r.work))
	}
}

// judge judges the Sweeps whose Groups were all looked at, also those that another
// replica was killed with.
func (r *resync) judge() {
	for r.work.Err() == nil {
		r.answered("judge sweeps", r.sweeper.Judge(r.work))
		timer := time.NewTimer(lookEvery)
		select {
		case <-r.work.Done():
		case <-r.dues:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// makeUp carries out the Sweeps that no tick brings.
func (r *resync) makeUp() {
	configured := false
	for r.work.Err() == nil {
		configured = configured || r.answered("compare the configuration", r.sweeper.Configured(r.work))
		r.catchUp()
		r.wanted()
		r.catchUpDaily()
		timer := time.NewTimer(lookEvery)
		select {
		case <-r.work.Done():
		case <-r.nudges:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// catchUp makes up for ticks that fell into a downtime of the service or of its
// store, or whose Sweep failed more than tickKept ago: the full Sweep when one
// was missed, else the incremental one.
func (r *resync) catchUp() {
	for _, job := range []struct {
		name string
		full bool
		on   cron.Schedule
	}{{jobFull, true, r.config.Full}, {jobIncremental, false, r.config.Incremental}} {
		at, err := r.missed(job.full, job.on)
		if err != nil {
			return
		}
		if !at.IsZero() {
			r.redo(job.name, job.full, at)
			return
		}
	}
}

// missed is the first tick since the last Sweep; zero: none. Before the first
// Sweep there is nothing to catch up with.
func (r *resync) missed(full bool, schedule cron.Schedule) (time.Time, error) {
	last, err := r.sweeper.LastStarted(r.work, full)
	if !r.answered("read the last sweep", err) || last.IsZero() {
		return time.Time{}, err
	}
	next := schedule.Next(last)
	if !next.Before(r.clock()) {
		return time.Time{}, nil
	}
	return next, nil
}

// redo runs a missed tick, unless a replica did or a Sweep is under way that
// finds the same: a long one outlives the claim of its tick.
func (r *resync) redo(job string, full bool, at time.Time) {
	busy, err := r.sweeper.UnderWay(r.work, full)
	if r.answered("list sweeps", err) && !busy {
		r.tick(job, at)
	}
}

// wanted carries out a full Sweep that was requested. The claim is for this
// request and for a minute: time for its Sweep to be seen under way by the other
// replicas, after which none begins another one. When it fails the request
// stands and the claim passes, so that whoever looks next tries again; a claim
// of the request for good would end with the replica that has it.
func (r *resync) wanted() {
	request, err := r.sweeper.Requested(r.work)
	if r.answered("read requests", err) && request != "" && r.claim("wanted/"+request, lookEvery) {
		r.sweep(true)
	}
}
