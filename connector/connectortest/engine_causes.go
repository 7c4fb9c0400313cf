package connectortest

import (
	"fmt"

	"roomkeeper/connector"
)

// What queued a run is known to the run that repeats it, be somebody told or not; once
// it is done, only what was asked for since.
func queueCauses(t *engineTest) {
	job := func(tags ...string) connector.Job {
		job := groupJob("g1")
		job.Tags = tags
		return job
	}
	event, later := connector.QueuedBy("event")[0], connector.QueuedBy("later")[0]
	t.add(job("s1", event))
	for _, outcome := range []connector.Outcome{connector.RunRetry, connector.RunWait} {
		for _, told := range []bool{false, true} {
			run := t.take("group/g1")
			t.same(run.Tags[len(run.Tags)-1], event)
			t.ok(t.Engine.Queue.Finish(t.ctx(), run, connector.RunEnd{Outcome: outcome, Told: told}))
		}
	}
	run := t.take("group/g1")
	t.same(run.Tags, []string{event})
	t.add(job(later, "s2"))
	t.ok(t.Engine.Queue.Finish(t.ctx(), run, connector.RunEnd{Outcome: connector.RunRetry, Told: true}))
	run = t.take("group/g1")
	t.same(run.Tags, []string{event, later, "s2"})
	t.add(job("s3", later))
	t.ok(t.Engine.Queue.Finish(t.ctx(), run, connector.RunEnd{Outcome: connector.RunDone, Told: true}))
	t.same(t.take("group/g1").Tags, []string{"s3", later})
}

// Causes are bounded however a run comes about; whoever waits for it is not.
func queueManyCauses(t *engineTest) {
	var causes, sweeps []string
	more := func() connector.Job {
		job := groupJob("g1")
		for range 3 {
			sweeps = append(sweeps, fmt.Sprint("s", len(sweeps)))
			causes = append(causes, connector.QueuedBy(fmt.Sprint("event ", len(causes)))[0])
			job.Tags = append(job.Tags, sweeps[len(sweeps)-1], causes[len(causes)-1])
		}
		return job
	}
	taken := func() connector.Lease {
		run := t.take("group/g1")
		var by, others []string
		for _, tag := range run.Tags {
			if _, cause := connector.CauseOfTag(tag); cause {
				by = append(by, tag)
			} else {
				others = append(others, tag)
			}
		}
		t.same(by, causes[len(causes)-connector.MaxQueuedBy:])
		t.same(others, sweeps)
		return run
	}
	for range 5 {
		t.add(more())
	}
	run := taken()
	for range 5 {
		t.add(more())
	}
	t.finish(run, connector.RunRetry)
	run = taken()
	for range 5 {
		t.add(more())
	}
	sweeps = sweeps[30:]
	t.finish(run, connector.RunDone)
	run = taken()
	t.finish(run, connector.RunDone)
	job := groupJob("g1")
	sweeps = nil
	for i := range 3 * connector.MaxQueuedBy {
		causes = append(causes, connector.QueuedBy(fmt.Sprint("another ", i))[0])
	}
	job.Tags = causes
	t.add(job)
	taken()
}
