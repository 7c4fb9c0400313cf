package bolt

import (
	"slices"
	"time"

	"roomkeeper/connector"
)

// entry is one key of the queue as it is stored. That a run is on is not
// stored: after a restart the entry simply waits again.
type entry struct {
	Key connector.JobKey `json:"key"`
	Due time.Time        `json:"due"`
	// Backoff: Due was given by the end of a run and is not promoted.
	Backoff bool     `json:"backoff,omitempty"`
	Urgent  bool     `json:"urgent,omitempty"`
	Tags    []string `json:"tags,omitempty"`
	// Attempt counts the runs that ended since the last one that was done.
	Attempt int `json:"attempt,omitempty"`
	// Order grows and settles who is first among those due at the same time.
	Order uint64 `json:"order"`
	// Version grows with every change: a run that finds another one than it
	// was given knows that something was added.
	Version uint64 `json:"version"`
	// Again is what was asked for during the run.
	Again *again `json:"again,omitempty"`
}

// again is the run after the one that is on.
type again struct {
	Due    time.Time `json:"due"`
	Urgent bool      `json:"urgent,omitempty"`
	Tags   []string  `json:"tags,omitempty"`
}

// ask merges a job into an entry that waits.
func (e *entry) ask(job connector.Job, due time.Time, version uint64) {
	if !e.Backoff && due.Before(e.Due) {
		e.Due, e.Order = due, version
	}
	e.Urgent = e.Urgent || job.Urgent
	e.Tags = connector.MergeTags(e.Tags, job.Tags)
	e.Version = version
}

// askAgain merges a job into an entry whose run is on.
func (e *entry) askAgain(job connector.Job, due time.Time) {
	if e.Again == nil {
		e.Again = &again{Due: due}
	}
	if due.Before(e.Again.Due) {
		e.Again.Due = due
	}
	e.Again.Urgent = e.Again.Urgent || job.Urgent
	e.Again.Tags = connector.MergeTags(e.Again.Tags, job.Tags)
}

// fold makes an entry whose run did not end wait again, with what was asked
// for meanwhile.
func (e *entry) fold() {
	if e.Again == nil {
		return
	}
	e.Urgent = e.Urgent || e.Again.Urgent
	e.Tags = connector.MergeTags(e.Tags, e.Again.Tags)
	e.Again = nil
}

// delay makes the entry wait until due whatever is added meanwhile.
func (e *entry) delay(due time.Time, attempt int, version uint64) {
	e.fold()
	e.Due, e.Backoff, e.Attempt = due, true, attempt
	e.Order, e.Version = version, version
}

// next is the entry that follows a run that counts as over, nil when nothing
// is left. version is the one that the run was given.
func (e *entry) next(ran, version uint64) *entry {
	switch {
	case e.Version != ran:
		// Something was added between the choice of the run and its record:
		// the whole entry is run again.
		e.fold()
		e.Backoff, e.Attempt, e.Version = false, 0, version
		return e
	case e.Again != nil:
		return &entry{
			Key: e.Key, Due: e.Again.Due, Urgent: e.Again.Urgent, Tags: e.Again.Tags,
			Order: version, Version: version,
		}
	}
	return nil
}

// told drops the tags of a run whose end they were told. What queued it stays with a
// run that repeats it.
func (e *entry) told(tags []string, repeated bool) {
	e.Tags = slices.DeleteFunc(slices.Clone(e.Tags), func(tag string) bool {
		_, cause := connector.CauseOfTag(tag)
		return slices.Contains(tags, tag) && (!cause || !repeated)
	})
}
