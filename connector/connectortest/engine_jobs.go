package connectortest

import (
	"context"
	"time"

	"roomkeeper/connector"
)

func nameOfKey(key connector.JobKey) string { return string(key.Lane) + "/" + string(key.Group) }

func (t *engineTest) add(jobs ...connector.Job) {
	t.Helper()
	t.ok(t.Engine.Queue.Add(t.ctx(), jobs...))
}

// takeAny leases the next due job.
func (t *engineTest) takeAny() connector.Lease {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.ctx(), enginePatience)
	defer cancel()
	lease, err := t.Engine.Queue.Take(ctx)
	t.ok(err)
	return lease
}

// take fails the test unless the next due job is the wanted one.
func (t *engineTest) take(want string) connector.Lease {
	t.Helper()
	lease := t.takeAny()
	if got := nameOfKey(lease.Key); got != want {
		t.Fatalf("took %s, want %s", got, want)
	}
	return lease
}

func (t *engineTest) finish(lease connector.Lease, outcome connector.Outcome) {
	t.Helper()
	t.finishAfter(lease, outcome, 0)
}

func (t *engineTest) finishAfter(lease connector.Lease, outcome connector.Outcome, after time.Duration) {
	t.Helper()
	t.ok(t.Engine.Queue.Finish(t.ctx(), lease, connector.RunEnd{Outcome: outcome, After: after}))
}

// noneDue fails the test when anything is due: a job that is added now must
// be the next one.
func (t *engineTest) noneDue() {
	t.Helper()
	depth, err := t.Engine.Queue.Depth(t.ctx())
	t.ok(err)
	if !depth.Oldest.IsZero() {
		t.Fatalf("something is due since %s", depth.Oldest)
	}
	t.add(groupJob("sentinel"))
	t.finish(t.take("group/sentinel"), connector.RunDone)
}
