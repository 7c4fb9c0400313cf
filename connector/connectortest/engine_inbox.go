package connectortest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"roomkeeper/connector"
)

func engineInboxRules() map[string]func(*engineTest) {
	return map[string]func(*engineTest){
		"nothing":              func(t *engineTest) { t.accept(0) },
		"opens once":           inboxOpens,
		"opens a failed again": inboxOpensFailed,
		"notes who asked":      inboxEnrols,
		"the same again":       inboxSameAgain,
		"no identity":          inboxNoIdentity,
		"no group":             inboxNoGroup,
		"queues":               inboxQueues,
		"one of many is new":   inboxConcurrent,
		"no group, no identity": func(t *engineTest) {
			_, err := t.Engine.Inbox.Accept(t.ctx(), connector.Intake{})
			t.is(err, connector.ErrInvalid)
		},
		"a job of another group": func(t *engineTest) {
			t.group("g1")
			_, err := t.Engine.Inbox.Accept(t.ctx(), connector.Intake{Group: "g1", Jobs: []connector.Job{groupJob("g2")}})
			t.is(err, connector.ErrInvalid)
		},
		"stored whole or not": inboxWhole,
	}
}

func (t *engineTest) notices(group string) (ids []string) {
	t.Helper()
	notices, err := t.Engine.Outbox.Notices(t.ctx(), connector.GroupID(group), 0)
	t.ok(err)
	for _, n := range notices {
		ids = append(ids, n.Event.ID)
	}
	return ids
}

func inboxOpens(t *engineTest) {
	open := engineGroup("g1", t.Clock.Now())
	t.accept(1, connector.Intake{ID: "e1", Group: "g1", Open: &open, Notice: engineNotice("e1", t.Clock.Now())})
	first, err := t.Engine.Groups.Group(t.ctx(), "g1")
	t.ok(err)
	if first.State != connector.GroupCreating || first.Revision == 0 {
		t.Fatalf("opened as %s with revision %d", first.State, first.Revision)
	}
	again := open
	again.RecordName = "other"
	t.accept(1, connector.Intake{ID: "e2", Group: "g1", Open: &again})
	second, err := t.Engine.Groups.Group(t.ctx(), "g1")
	t.ok(err)
	t.same(second, first)
	t.same(t.notices("g1"), []string{"e1"})
}

// inboxEnrols: who asked to be in is noted where there is a Group, once.
func inboxEnrols(t *engineTest) {
	before := t.group("g1")
	open := engineGroup("g1", t.Clock.Now())
	open.Memberships = []connector.Membership{{User: "u9", Status: connector.StatusPending, Enrolled: true, Since: t.Clock.Now()}}
	t.accept(1, connector.Intake{ID: "e1", Group: "g1", Open: &open})
	t.accept(1, connector.Intake{ID: "e2", Group: "g1", Open: &open})
	read, err := t.Engine.Groups.Group(t.ctx(), "g1")
	t.ok(err)
	if n := len(read.Memberships); n != len(before.Memberships)+1 || !read.Memberships[n-1].Enrolled || read.State != before.State {
		t.Fatalf("%+v", read)
	}
	_, err = t.Engine.Groups.SaveGroup(t.ctx(), before)
	t.is(err, connector.ErrConflict)
}

func inboxOpensFailed(t *engineTest) {
	g := t.group("g1")
	g.State, g.Failure = connector.GroupFailed, "the name is refused"
	g.Intent = &connector.Intent{Name: "acme", At: t.Clock.Now()}
	failed, err := t.Engine.Groups.SaveGroup(t.ctx(), g)
	t.ok(err)
	open := engineGroup("g1", t.Clock.Now())
	open.RecordName = "Better name"
	t.accept(1, connector.Intake{ID: "e1", Group: "g1", Open: &open})
	read, err := t.Engine.Groups.Group(t.ctx(), "g1")
	t.ok(err)
	if read.State != connector.GroupCreating || read.Failure != "" || read.RecordName != "Better name" {
		t.Fatalf("begun again as %+v", read)
	}
	if read.Intent == nil {
		t.Fatal("the intent of the failed creation is forgotten")
	}
	_, err = t.Engine.Groups.SaveGroup(t.ctx(), failed)
	t.is(err, connector.ErrConflict)
}

func inboxSameAgain(t *engineTest) {
	t.group("g1")
	in := connector.Intake{ID: "e1", Group: "g1", Notice: engineNotice("e1", t.Clock.Now()), Jobs: []connector.Job{cardsJob("g1")}}
	t.accept(1, in, in)
	t.accept(0, in)
	t.same(t.notices("g1"), []string{"e1"})
	t.finish(t.take("cards/g1"), connector.RunDone)
	other := in
	other.ID = "e2"
	t.accept(1, in, other)
	t.same(t.notices("g1"), []string{"e1", "e1"})
	t.finish(t.take("cards/g1"), connector.RunDone)
	t.accept(0, in)
	t.noneDue()
}

func inboxNoIdentity(t *engineTest) {
	t.group("g1")
	in := connector.Intake{Group: "g1", Notice: engineNotice("e1", t.Clock.Now())}
	t.accept(2, in, in)
	t.accept(1, in)
	t.same(t.notices("g1"), []string{"e1", "e1", "e1"})
}

func inboxNoGroup(t *engineTest) {
	in := connector.Intake{ID: "e1", Group: "g1", Notice: engineNotice("e1", t.Clock.Now()), Touched: true, Jobs: []connector.Job{groupJob("g1")}}
	t.accept(1, in)
	t.noneDue()
	g := t.group("g1")
	t.accept(0, in)
	t.noneDue()
	if got := t.notices("g1"); got != nil || !g.TouchedAt.IsZero() {
		t.Fatalf("a group made later has notices %v, touched at %s", got, g.TouchedAt)
	}
}

func inboxQueues(t *engineTest) {
	t.group("g1")
	job := groupJob("g1")
	job.Delay, job.Tags = time.Minute, []string{"sweep"}
	t.accept(1, connector.Intake{ID: "e1", Group: "g1", Jobs: []connector.Job{cardsJob("g1"), job}})
	t.finish(t.take("cards/g1"), connector.RunDone)
	t.noneDue()
	t.Clock.Advance(time.Minute)
	lease := t.take("group/g1")
	t.same(lease.Tags, []string{"sweep"})
}

func inboxConcurrent(t *engineTest) {
	t.group("g1")
	var (
		callers sync.WaitGroup
		fresh   atomic.Int32
	)
	const ids, copies = 20, 8
	for i := range ids * copies {
		callers.Go(func() {
			id := fmt.Sprint("e", i%ids)
			n, err := t.Engine.Inbox.Accept(t.ctx(), connector.Intake{ID: id, Group: "g1", Notice: engineNotice(id, t.Clock.Now())})
			if err != nil {
				t.Errorf("accept: %v", err)
			}
			fresh.Add(int32(n)) //nolint:gosec // 0 or 1
		})
	}
	callers.Wait()
	if got := len(t.notices("g1")); fresh.Load() != ids || got != ids {
		t.Fatalf("%d new and %d notices, want %d", fresh.Load(), got, ids)
	}
}

// An intake that is refused leaves nothing of itself behind, and accepting
// the good ones afterwards doubles nothing.
func inboxWhole(t *engineTest) {
	t.group("g1")
	good := connector.Intake{ID: "e1", Group: "g1", Notice: engineNotice("e1", t.Clock.Now())}
	bad := connector.Intake{ID: "e2", Group: "g1", Notice: engineNotice("e2", t.Clock.Now()), Jobs: []connector.Job{{}}}
	_, err := t.Engine.Inbox.Accept(t.ctx(), good, bad)
	t.is(err, connector.ErrInvalid)
	bad.Jobs = nil
	_, err = t.Engine.Inbox.Accept(t.ctx(), good, bad)
	t.ok(err)
	t.same(t.notices("g1"), []string{"e1", "e2"})
}
