package connectortest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"roomkeeper/connector"
)

// EngineMachine drives an engine with random calls, restarts and time, and
// compares it after every step with a naive model: no event is lost, no
// identity counts twice, a key runs once at a time, notices keep their order
// and a backoff stays.
func EngineMachine(t *testing.T, open func(t *testing.T) Reopenable) {
	EngineMachineWithin(t, func(rt *rapid.T, run func(*rapid.T)) { run(rt) }, open)
}

// EngineMachineWithin is EngineMachine with each run inside of around, such as
// rapid.SyncTest.
func EngineMachineWithin(t *testing.T, around func(*rapid.T, func(*rapid.T)), open func(t *testing.T) Reopenable) {
	rapid.Check(t, func(rt *rapid.T) {
		around(rt, func(rt *rapid.T) { runMachine(rt, open(t)) })
	})
}

func runMachine(rt *rapid.T, engine Reopenable) {
	m := &engineMachine{engineTest: engineTest{engineReporter: rt, Reopenable: engine}, model: newEngineModel(engine.Sharded)}
	defer func() {
		if err := m.Engine.Keeper.Close(); err != nil {
			rt.Errorf("close: %v", err)
		}
		if engine.End != nil {
			engine.End()
		}
	}()
	actions := map[string]func(*rapid.T){
		"add": m.addJobs, "take": m.takeJob, "finish": m.finishJob, "finish late": m.finishLate,
		"accept": m.acceptIntakes, "settle": m.settle, "bury": m.buryNotice, "replay or drop": m.replayOrDrop,
		"advance": m.advance, "": m.compare,
	}
	if m.Reopen != nil {
		actions["reopen"] = m.restart
	}
	rt.Repeat(actions)
	m.drain()
}

type engineMachine struct {
	engineTest
	model *engineModel
	// over are leases that count no more.
	over []connector.Lease
	made int
}

func drawGroup(rt *rapid.T) connector.GroupID {
	return connector.GroupID(rapid.SampledFrom([]string{"g1", "g2", "g3"}).Draw(rt, "group"))
}

func drawJob(rt *rapid.T, group connector.GroupID) connector.Job {
	return connector.Job{
		Key: connector.JobKey{
			Lane:  rapid.SampledFrom([]connector.Lane{connector.LaneGroup, connector.LaneCards}).Draw(rt, "lane"),
			Group: group,
		},
		Delay:  rapid.SampledFrom([]time.Duration{0, 0, time.Second, time.Minute}).Draw(rt, "delay"),
		Urgent: rapid.IntRange(0, 4).Draw(rt, "urgent") == 0,
		Tags:   rapid.SliceOfN(rapid.SampledFrom(machineTags()), 0, 6).Draw(rt, "tags"),
	}
}

// machineTags are more causes than are kept, and others.
func machineTags() []string {
	tags := []string{"a", "b", "c"}
	for i := range connector.MaxQueuedBy + 4 {
		tags = append(tags, connector.QueuedBy(fmt.Sprint(i))...)
	}
	return tags
}

func (m *engineMachine) addJobs(rt *rapid.T) {
	var jobs []connector.Job
	for range rapid.IntRange(1, 2).Draw(rt, "jobs") {
		jobs = append(jobs, drawJob(rt, drawGroup(rt)))
	}
	m.ok(m.Engine.Queue.Add(m.ctx(), jobs...))
	for _, job := range jobs {
		m.model.add(m.Clock.Now(), job)
	}
}

func (m *engineMachine) takeJob(*rapid.T) {
	next := m.model.next(m.Clock.Now())
	if len(next) == 0 {
		m.noneDue()
		return
	}
	ctx, cancel := context.WithTimeout(m.ctx(), enginePatience)
	defer cancel()
	lease, err := m.Engine.Queue.Take(ctx)
	m.ok(err)
	if !slices.Contains(next, lease.Key) {
		m.Fatalf("took %s, want one of %v", nameOfKey(lease.Key), next)
	}
	j := m.model.jobs[lease.Key]
	if lease.Attempt != j.attempt+1 || lease.Urgent != j.urgent || !slices.Equal(slices.Sorted(slices.Values(lease.Tags)), slices.Sorted(slices.Values(j.tags))) {
		m.Fatalf("lease %+v of %+v", lease, *j)
	}
	j.lease = &lease
}

func (m *engineMachine) running() (leases []connector.Lease) {
	for _, j := range m.model.jobs {
		if j.lease != nil {
			leases = append(leases, *j.lease)
		}
	}
	slices.SortFunc(leases, func(a, b connector.Lease) int {
		if nameOfKey(a.Key) < nameOfKey(b.Key) {
			return -1
		}
		return 1
	})
	return leases
}

func (m *engineMachine) finishJob(rt *rapid.T) {
	leases := m.running()
	if len(leases) == 0 {
		rt.Skip("nothing runs")
	}
	lease := rapid.SampledFrom(leases).Draw(rt, "lease")
	end := connector.RunEnd{
		Outcome: rapid.SampledFrom([]connector.Outcome{
			connector.RunDone, connector.RunDone, connector.RunRetry, connector.RunWait, connector.RunDead,
		}).Draw(rt, "outcome"),
		After: rapid.SampledFrom([]time.Duration{0, 30 * time.Second, 5 * time.Minute}).Draw(rt, "after"),
		Told:  rapid.Bool().Draw(rt, "told"),
	}
	if end.Outcome == connector.RunDead {
		end.Dead = m.letter(lease.Key.Group, nil)
	}
	m.ok(m.Engine.Queue.Finish(m.ctx(), lease, end))
	m.model.finish(m.Clock.Now(), lease.Key, end)
	m.over = append(m.over, lease)
}

func (m *engineMachine) finishLate(rt *rapid.T) {
	if len(m.over) == 0 {
		rt.Skip("no run is over")
	}
	lease := rapid.SampledFrom(m.over).Draw(rt, "lease")
	m.is(m.Engine.Queue.Finish(m.ctx(), lease, connector.RunEnd{Outcome: connector.RunDone}), connector.ErrLeaseLost)
}

// letter makes a dead letter, in the model too.
func (m *engineMachine) letter(group connector.GroupID, notice *connector.Notice) *connector.DeadLetter {
	m.made++
	made := &connector.DeadLetter{ID: fmt.Sprintf("d%04d", m.made), At: m.Clock.Now(), Group: group, What: "group", Notice: notice}
	kept := modelLetter{id: made.ID, group: group}
	if notice != nil {
		made.What, kept.notice = "card", notice.Event.ID
	}
	m.model.dead = append(m.model.dead, kept)
	return made
}

func (m *engineMachine) acceptIntakes(rt *rapid.T) {
	var intakes []connector.Intake
	want := 0
	for range rapid.IntRange(1, 3).Draw(rt, "intakes") {
		in := connector.Intake{
			ID:    rapid.SampledFrom([]string{"", "e1", "e2", "e3", "e4", "e5", "e6", "e7", "e8"}).Draw(rt, "id"),
			Group: drawGroup(rt),
		}
		if in.ID != "" {
			in.ID += "/" + string(in.Group)
		}
		if rapid.IntRange(0, 2).Draw(rt, "open") == 0 {
			g := engineGroup(string(in.Group), m.Clock.Now())
			in.Open = &g
		}
		if rapid.Bool().Draw(rt, "notice") {
			in.Notice = engineNotice(fmt.Sprint("n", rapid.IntRange(0, 1000).Draw(rt, "event")), m.Clock.Now())
		}
		if rapid.Bool().Draw(rt, "job") {
			in.Jobs = []connector.Job{drawJob(rt, in.Group)}
		}
		intakes = append(intakes, in)
		if m.model.accept(m.Clock.Now(), in) {
			want++
		}
	}
	m.accept(want, intakes...)
}

// aNotice draws one that waits.
func (m *engineMachine) aNotice(rt *rapid.T) (connector.GroupID, connector.Notice) {
	group := drawGroup(rt)
	notices, err := m.Engine.Outbox.Notices(m.ctx(), group, 0)
	m.ok(err)
	if len(notices) == 0 {
		rt.Skip("no notice waits")
	}
	i := rapid.IntRange(0, len(notices)-1).Draw(rt, "notice")
	m.model.notices[group] = slices.Delete(m.model.notices[group], i, i+1)
	return group, notices[i]
}

func (m *engineMachine) settle(rt *rapid.T) {
	group, notice := m.aNotice(rt)
	m.ok(m.Engine.Outbox.Settle(m.ctx(), group, notice.Seq, nil, nil))
	m.ok(m.Engine.Outbox.Settle(m.ctx(), group, notice.Seq, nil, nil))
}

func (m *engineMachine) buryNotice(rt *rapid.T) {
	group, notice := m.aNotice(rt)
	m.ok(m.Engine.Outbox.Settle(m.ctx(), group, notice.Seq, nil, m.letter(group, &notice)))
}

func (m *engineMachine) replayOrDrop(rt *rapid.T) {
	id := rapid.SampledFrom(append(m.model.letters(), "d9999")).Draw(rt, "letter")
	var want error
	if rapid.Bool().Draw(rt, "replay") {
		if !m.model.replay(m.Clock.Now(), id) {
			want = connector.ErrNotFound
		}
		m.is(m.Engine.DeadLetters.Replay(m.ctx(), id), want)
		return
	}
	if _, ok := m.model.drop(id); !ok {
		want = connector.ErrNotFound
	}
	m.is(m.Engine.DeadLetters.Drop(m.ctx(), id), want)
}

func (m *engineMachine) advance(rt *rapid.T) {
	m.Clock.Advance(rapid.SampledFrom([]time.Duration{time.Millisecond, time.Second, time.Minute, 5 * time.Minute}).Draw(rt, "time"))
}

func (m *engineMachine) restart(rt *rapid.T) {
	m.over = append(m.over, m.running()...)
	m.model.restart()
	m.reopen(rapid.Bool().Draw(rt, "abrupt"))
}

// compare is the invariant: the engine and the model agree.
func (m *engineMachine) compare(*rapid.T) {
	depth, err := m.Engine.Queue.Depth(m.ctx())
	m.ok(err)
	m.same(depth, m.model.depth(m.Clock.Now()))
	for _, group := range []string{"g1", "g2", "g3"} {
		want := m.model.notices[connector.GroupID(group)]
		if got := m.notices(group); !slices.Equal(got, want) {
			m.Fatalf("notices of %s: %v, want %v", group, got, want)
		}
	}
	if got := m.letters(0); !slices.Equal(got, m.model.letters()) {
		m.Fatalf("dead letters %v, want %v", got, m.model.letters())
	}
}

// drain runs whatever is left: everything asked for comes, then nothing.
func (m *engineMachine) drain() {
	for _, lease := range m.running() {
		m.finish(lease, connector.RunDone)
		m.model.finish(m.Clock.Now(), lease.Key, connector.RunEnd{Outcome: connector.RunDone})
	}
	m.Clock.Advance(time.Hour)
	for len(m.model.jobs) > 0 {
		m.takeJob(nil)
		for _, lease := range m.running() {
			m.finish(lease, connector.RunDone)
			m.model.finish(m.Clock.Now(), lease.Key, connector.RunEnd{Outcome: connector.RunDone})
		}
	}
	m.noneDue()
}
