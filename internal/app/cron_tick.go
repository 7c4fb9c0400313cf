package app

import (
	"log/slog"
	"time"

	"github.com/robfig/cron/v3"
)

// The jobs, as claims name them.
const (
	jobIncremental = "incremental"
	jobFull        = "full"
	jobPrune       = "prune"
	jobDaily       = "daily"
	jobDrift       = "drift"
)

// tickKept is how long a claimed tick is remembered: longer than clocks differ
// and than a replica may take to come to it. A tick that was claimed and never
// carried out is made up for after that.
const tickKept = time.Hour

// schedule has each tick of a job run on one replica.
func (r *resync) schedule(job string, on cron.Schedule) {
	var id cron.EntryID
	id = r.cron.Schedule(on, cron.FuncJob(func() {
		// The scheduled time, not the present one, is the same on all replicas.
		r.tick(job, r.cron.Entry(id).Prev)
	}))
}

// tick runs a job for one scheduled time, if no replica did before.
func (r *resync) tick(job string, at time.Time) {
	if !r.claim("cron/"+job+"/"+at.UTC().Format(time.RFC3339), tickKept) {
		return
	}
	switch job {
	case jobIncremental:
		r.sweep(false)
	case jobFull:
		r.sweep(true)
	case jobPrune:
		r.prune()
	case jobDaily:
		r.tellDaily(at)
	case jobDrift:
		r.plan()
	}
}

// claim reports whether this replica is to do what name stands for. While the
// store is away nobody is.
func (r *resync) claim(name string, keep time.Duration) bool {
	given, err := r.claims.Claim(r.work, name, keep)
	return r.answered("claim", err) && given
}

// answered reports whether the store answered to step. That it does not is said
// once, until it does again.
func (r *resync) answered(step string, err error) bool {
	if err == nil {
		r.unanswered.Delete(step)
		return true
	}
	if _, said := r.unanswered.LoadOrStore(step, true); !said && r.work.Err() == nil {
		r.log.WarnContext(r.work, "the store does not answer; no sweep begins meanwhile", "step", step, "error", err)
	}
	return false
}

// each is a schedule whose moments are the same on all replicas.
type each time.Duration

// Next is the next full multiple.
func (e each) Next(t time.Time) time.Time { return t.Truncate(time.Duration(e)).Add(time.Duration(e)) }

// turn lets in one at a time.
type turn chan struct{}

func (t turn) Lock()   { t <- struct{}{} }
func (t turn) Unlock() { <-t }

// panics logs what a job panicked with.
type panics struct{ log *slog.Logger }

// Info does nothing: cron tells of every wake.
func (p panics) Info(string, ...any) {}

// Error tells of a panic, with its stack.
func (p panics) Error(err error, msg string, pairs ...any) {
	p.log.Error("cron: "+msg, append([]any{"error", err}, pairs...)...)
}
