package connectortest

import (
	"slices"
	"time"

	"roomkeeper/connector"
)

func engineQueueRules() map[string]func(*engineTest) {
	return map[string]func(*engineTest){
		"one entry a key":                queueOneEntry,
		"first come, first served":       queueOrder,
		"urgent first":                   queueUrgent,
		"urgent until done":              queueStaysUrgent,
		"delayed":                        queueDelayed,
		"promoted":                       queuePromoted,
		"added during a run":             queueDuringRun,
		"urgent during a run":            queueUrgentDuringRun,
		"delayed during a run":           queueDelayedDuringRun,
		"retry keeps its backoff":        queueBackoff,
		"wait does not count":            queueWait,
		"added during a run, retried":    queueDuringRetriedRun,
		"who was told is not told again": queueTold,
		"causes outlive a retry":         queueCauses,
		"the last causes stay":           queueManyCauses,
		"dead":                           queueDead,
		"dead, but asked for again":      queueDeadAgain,
		"lost lease":                     queueLostLease,
		"depth":                          queueDepth,
		"take ends with its context":     queueTakeEnds,
		"take wakes up":                  queueTakeWakes,
		"one run a key, many takers":     queueManyTakers,
		"invalid":                        queueInvalid,
		"lanes of a group are apart":     queueLanes,
		"keys of no group":               queueKeysOfNoGroup,
		"nothing added, nothing there":   func(t *engineTest) { t.add(); t.noneDue() },
	}
}

func queueOneEntry(t *engineTest) {
	first, second := groupJob("g1"), groupJob("g1")
	first.Tags, second.Tags = []string{"a", "b"}, []string{"b", "c"}
	t.add(first)
	t.add(second)
	lease := t.take("group/g1")
	slices.Sort(lease.Tags)
	t.same(lease.Tags, []string{"a", "b", "c"})
	if lease.Attempt != 1 || lease.Urgent || lease.Token == "" {
		t.Fatalf("lease %+v", lease)
	}
	t.finish(lease, connector.RunDone)
	t.noneDue()
}

func queueOrder(t *engineTest) {
	for _, id := range []string{"g3", "g1", "g2", "g0"} {
		t.add(groupJob(id))
		t.Clock.Advance(time.Millisecond)
	}
	t.add(groupJob("g3"))
	for _, want := range []string{"group/g3", "group/g1", "group/g2", "group/g0"} {
		t.finish(t.take(want), connector.RunDone)
	}
	t.noneDue()
}

func queueUrgent(t *engineTest) {
	urgent := groupJob("g3")
	urgent.Urgent = true
	for _, id := range []string{"g1", "g2", "g3"} {
		t.add(groupJob(id))
		t.Clock.Advance(time.Millisecond)
	}
	t.add(urgent)
	lease := t.take("group/g3")
	t.same(lease.Urgent, true)
	t.finish(lease, connector.RunDone)
	t.add(groupJob("g3"))
	t.finish(t.take("group/g1"), connector.RunDone)
	t.finish(t.take("group/g2"), connector.RunDone)
	last := t.take("group/g3")
	t.same(last.Urgent, false)
}

// A person still waits while a run is told to wait, or fails.
func queueStaysUrgent(t *engineTest) {
	urgent := groupJob("g1")
	urgent.Urgent = true
	t.add(urgent)
	for _, outcome := range []connector.Outcome{connector.RunWait, connector.RunRetry} {
		t.finishAfter(t.take("group/g1"), outcome, time.Minute)
		t.add(groupJob("g2"))
		t.Clock.Advance(time.Minute)
		lease := t.take("group/g1")
		t.same(lease.Urgent, true)
		t.finishAfter(lease, outcome, 0)
	}
	t.finish(t.take("group/g1"), connector.RunDone)
	t.add(groupJob("g1"))
	t.finish(t.take("group/g2"), connector.RunDone)
	t.same(t.take("group/g1").Urgent, false)
}

// A person who asks during a run waits for the next one, however this one ends.
func queueUrgentDuringRun(t *engineTest) {
	urgent := groupJob("g1")
	urgent.Urgent = true
	for _, outcome := range []connector.Outcome{connector.RunRetry, connector.RunDone} {
		t.add(groupJob("g1"))
		lease := t.take("group/g1")
		t.same(lease.Urgent, false)
		t.add(urgent)
		t.finishAfter(lease, outcome, 0)
		lease = t.take("group/g1")
		t.same(lease.Urgent, true)
		t.finish(lease, connector.RunDone)
	}
}

func delayedJob(id string, delay time.Duration) connector.Job {
	job := groupJob(id)
	job.Delay = delay
	return job
}

func queueDelayed(t *engineTest) {
	t.add(delayedJob("late", 2*time.Minute), delayedJob("soon", time.Minute))
	t.noneDue()
	t.Clock.Advance(time.Minute - 1)
	t.noneDue()
	t.Clock.Advance(1)
	t.finish(t.take("group/soon"), connector.RunDone)
	t.noneDue()
	t.Clock.Advance(time.Hour)
	t.finish(t.take("group/late"), connector.RunDone)
	t.noneDue()
}

func queuePromoted(t *engineTest) {
	t.add(delayedJob("g1", time.Hour))
	t.add(delayedJob("g1", 2*time.Hour))
	t.add(delayedJob("g1", time.Minute))
	t.add(delayedJob("g1", time.Hour))
	t.noneDue()
	t.Clock.Advance(time.Minute)
	t.finish(t.take("group/g1"), connector.RunDone)
	t.Clock.Advance(3 * time.Hour)
	t.noneDue()
	t.add(delayedJob("g1", time.Minute), groupJob("g2"))
	t.Clock.Advance(time.Millisecond)
	t.add(groupJob("g1"))
	t.finish(t.take("group/g2"), connector.RunDone)
	t.finish(t.take("group/g1"), connector.RunDone)
}

func queueDuringRun(t *engineTest) {
	job := groupJob("g1")
	job.Tags = []string{"a"}
	t.add(job)
	run := t.take("group/g1")
	job.Tags = []string{"b"}
	t.add(job)
	job.Tags, job.Urgent = []string{"a", "c"}, true
	t.add(job)
	t.noneDue()
	t.finish(run, connector.RunDone)
	run = t.take("group/g1")
	slices.Sort(run.Tags)
	t.same(run.Tags, []string{"a", "b", "c"})
	if run.Attempt != 1 || !run.Urgent {
		t.Fatalf("the run after is %+v", run)
	}
	t.finish(run, connector.RunDone)
	t.noneDue()
}

func queueDelayedDuringRun(t *engineTest) {
	t.add(groupJob("g1"))
	run := t.take("group/g1")
	t.add(delayedJob("g1", time.Hour))
	t.add(delayedJob("g1", time.Minute))
	t.finish(run, connector.RunDone)
	t.noneDue()
	t.Clock.Advance(time.Minute)
	t.finish(t.take("group/g1"), connector.RunDone)
	t.noneDue()
}

func queueBackoff(t *engineTest) {
	job := groupJob("g1")
	job.Tags = []string{"a"}
	t.add(job)
	t.finishAfter(t.take("group/g1"), connector.RunRetry, time.Minute)
	urgent := groupJob("g1")
	urgent.Urgent, urgent.Tags = true, []string{"b"}
	t.add(urgent)
	t.noneDue()
	t.Clock.Advance(time.Minute)
	t.add(groupJob("g2"))
	run := t.take("group/g1")
	slices.Sort(run.Tags)
	t.same(run.Tags, []string{"a", "b"})
	if run.Attempt != 2 || !run.Urgent {
		t.Fatalf("the second attempt is %+v", run)
	}
	t.finishAfter(run, connector.RunRetry, 0)
	run = t.take("group/g1")
	t.same(run.Attempt, 3)
	t.finish(run, connector.RunDone)
	t.Clock.Advance(time.Millisecond)
	t.add(groupJob("g1"))
	t.finish(t.take("group/g2"), connector.RunDone)
	t.same(t.take("group/g1").Attempt, 1)
}

func queueWait(t *engineTest) {
	t.add(groupJob("g1"))
	t.finishAfter(t.take("group/g1"), connector.RunRetry, 0)
	run := t.take("group/g1")
	t.same(run.Attempt, 2)
	t.finishAfter(run, connector.RunWait, time.Minute)
	t.add(groupJob("g1"))
	t.noneDue()
	t.Clock.Advance(time.Minute)
	run = t.take("group/g1")
	t.same(run.Attempt, 2)
	t.finish(run, connector.RunDone)
	t.noneDue()
}

func queueDuringRetriedRun(t *engineTest) {
	t.add(groupJob("g1"))
	run := t.take("group/g1")
	job := groupJob("g1")
	job.Tags = []string{"late"}
	t.add(job)
	t.finishAfter(run, connector.RunRetry, time.Minute)
	t.noneDue()
	t.Clock.Advance(time.Minute)
	run = t.take("group/g1")
	t.same(run.Tags, []string{"late"})
	t.same(run.Attempt, 2)
	t.finish(run, connector.RunDone)
	t.noneDue()
}

func queueTold(t *engineTest) {
	job := func(tag string) connector.Job {
		job := groupJob("g1")
		job.Tags = []string{tag}
		return job
	}
	t.add(job("a"))
	for _, outcome := range []connector.Outcome{connector.RunRetry, connector.RunWait} {
		run := t.take("group/g1")
		t.same(run.Tags, []string{"a"})
		t.ok(t.Engine.Queue.Finish(t.ctx(), run, connector.RunEnd{Outcome: outcome, Told: true}))
		run = t.take("group/g1")
		t.same(len(run.Tags), 0)
		t.add(job("a"), job("b"))
		t.ok(t.Engine.Queue.Finish(t.ctx(), run, connector.RunEnd{Outcome: outcome, Told: true}))
		run = t.take("group/g1")
		t.same(run.Tags, []string{"a", "b"})
		t.add(job("a"))
		t.ok(t.Engine.Queue.Finish(t.ctx(), run, connector.RunEnd{Outcome: outcome, Told: true}))
	}
	t.same(t.take("group/g1").Tags, []string{"a"})
}

func queueDead(t *engineTest) {
	t.add(groupJob("g1"))
	run := t.take("group/g1")
	letter := connector.DeadLetter{ID: "d1", At: t.Clock.Now(), Group: "g1", What: "group", Reason: "refused", Attempts: 9}
	t.ok(t.Engine.Queue.Finish(t.ctx(), run, connector.RunEnd{Outcome: connector.RunDead, Dead: &letter}))
	t.noneDue()
	t.same(t.letters(0), []string{"d1"})
	t.add(groupJob("g1"))
	t.same(t.take("group/g1").Attempt, 1)
}

func queueDeadAgain(t *engineTest) {
	t.add(groupJob("g1"))
	t.finish(t.take("group/g1"), connector.RunRetry)
	run := t.take("group/g1")
	t.add(groupJob("g1"))
	letter := connector.DeadLetter{ID: "d1", At: t.Clock.Now(), Group: "g1", What: "group"}
	t.ok(t.Engine.Queue.Finish(t.ctx(), run, connector.RunEnd{Outcome: connector.RunDead, Dead: &letter}))
	run = t.take("group/g1")
	t.same(run.Attempt, 1)
}

func queueLostLease(t *engineTest) {
	done := connector.RunEnd{Outcome: connector.RunDone}
	t.add(groupJob("g1"))
	run := t.take("group/g1")
	stranger := run
	stranger.Token = "other"
	t.is(t.Engine.Queue.Finish(t.ctx(), stranger, done), connector.ErrLeaseLost)
	t.finish(run, connector.RunDone)
	t.is(t.Engine.Queue.Finish(t.ctx(), run, done), connector.ErrLeaseLost)
	t.add(groupJob("g1"))
	t.is(t.Engine.Queue.Finish(t.ctx(), run, done), connector.ErrLeaseLost)
	second := t.take("group/g1")
	letter := connector.DeadLetter{ID: "d1", At: t.Clock.Now(), Group: "g1", What: "group"}
	t.is(t.Engine.Queue.Finish(t.ctx(), run, connector.RunEnd{Outcome: connector.RunDead, Dead: &letter}), connector.ErrLeaseLost)
	t.same(t.letters(0), []string(nil))
	t.finish(second, connector.RunDone)
	t.noneDue()
}

func queueDepth(t *engineTest) {
	want := func(waiting, running int, oldest time.Time) {
		t.Helper()
		depth, err := t.Engine.Queue.Depth(t.ctx())
		t.ok(err)
		t.same(depth, connector.QueueDepth{Waiting: waiting, Running: running, Oldest: oldest})
	}
	want(0, 0, time.Time{})
	begin := t.Clock.Now()
	t.add(delayedJob("g3", time.Hour))
	want(1, 0, time.Time{})
	t.add(groupJob("g1"))
	t.Clock.Advance(time.Second)
	urgent := groupJob("g2")
	urgent.Urgent = true
	t.add(urgent)
	want(3, 0, begin)
	run := t.take("group/g2")
	want(2, 1, begin)
	t.add(groupJob("g2"))
	want(2, 1, begin)
	t.take("group/g1")
	want(1, 2, time.Time{})
	t.finish(run, connector.RunDone)
	want(2, 1, t.Clock.Now())
}

func queueInvalid(t *engineTest) {
	t.is(t.Engine.Queue.Add(t.ctx(), groupJob("g1"), connector.Job{}), connector.ErrInvalid)
	t.noneDue()
	t.add(groupJob("g1"))
	run := t.take("group/g1")
	t.is(t.Engine.Queue.Finish(t.ctx(), run, connector.RunEnd{}), connector.ErrInvalid)
	t.finish(run, connector.RunDone)
}

func queueLanes(t *engineTest) {
	t.add(groupJob("g1"), cardsJob("g1"))
	group := t.take("group/g1")
	cards := t.take("cards/g1")
	t.finish(cards, connector.RunDone)
	t.finish(group, connector.RunDone)
	t.noneDue()
}

// Jobs about principals are of no Group, and their ids are the CRM's.
func queueKeysOfNoGroup(t *engineTest) {
	for _, id := range []string{"sales", "a/b: {c} #1", "界"} {
		key := connector.PrincipalKey{Type: connector.PrincipalDepartment, ID: id}
		t.add(connector.Job{Key: key.Job()})
		lease := t.take("principals/principal/department/" + id)
		if got, ok := connector.PrincipalOf(lease.Key); !ok || got != key {
			t.Fatalf("job of %+v", got)
		}
		t.finish(lease, connector.RunDone)
	}
	t.noneDue()
}
