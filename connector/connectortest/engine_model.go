package connectortest

import (
	"slices"
	"strings"
	"time"

	"roomkeeper/connector"
)

// engineModel is the naive engine that the machine compares with: what the
// ports promise, written down in the simplest way.
type engineModel struct {
	// sharded: the order is promised within each Group only.
	sharded bool
	jobs    map[connector.JobKey]*modelJob
	groups  map[connector.GroupID]bool
	seen    map[string]bool
	notices map[connector.GroupID][]string
	// dead holds the letters, oldest first; the value of a card is its notice.
	dead []modelLetter
}

type modelLetter struct {
	id     string
	group  connector.GroupID
	notice string
}

// modelJob is one key: what waits or runs, and what waits behind a run.
type modelJob struct {
	due     time.Time
	backoff bool
	urgent  bool
	tags    []string
	attempt int
	lease   *connector.Lease
	again   *modelJob
	// loose: it became urgent while it was due, or it was due before its run ended;
	// then its place among those of its urgency is not promised.
	loose bool
}

func newEngineModel(sharded bool) *engineModel {
	return &engineModel{
		sharded: sharded,
		jobs:    map[connector.JobKey]*modelJob{},
		groups:  map[connector.GroupID]bool{},
		seen:    map[string]bool{},
		notices: map[connector.GroupID][]string{},
	}
}

func (m *engineModel) add(now time.Time, job connector.Job) {
	asked := &modelJob{due: now.Add(job.Delay), urgent: job.Urgent, tags: unionOfTags(nil, job.Tags)}
	known := m.jobs[job.Key]
	switch {
	case known == nil:
		m.jobs[job.Key] = asked
	case known.lease == nil:
		known.merge(now, asked)
	case known.again == nil:
		known.again = asked
	default:
		known.again.merge(now, asked)
	}
}

func (j *modelJob) merge(now time.Time, asked *modelJob) {
	j.loose = j.loose || asked.urgent && !j.urgent && !j.due.After(now)
	if !j.backoff && asked.due.Before(j.due) {
		j.due = asked.due
	}
	j.urgent = j.urgent || asked.urgent
	j.tags = unionOfTags(j.tags, asked.tags)
}

// unionOfTags has each tag once, oldest first, and of the causes the newest.
func unionOfTags(a, b []string) (all []string) {
	for _, tag := range slices.Concat(a, b) {
		if !slices.Contains(all, tag) {
			all = append(all, tag)
		}
	}
	for causes := causesAmong(all); len(causes) > connector.MaxQueuedBy; causes = causes[1:] {
		at := slices.Index(all, causes[0])
		all = slices.Delete(all, at, at+1)
	}
	return all
}

func causesAmong(tags []string) (causes []string) {
	for _, tag := range tags {
		if strings.HasPrefix(tag, "by:") {
			causes = append(causes, tag)
		}
	}
	return causes
}

// next lists the keys of which one must be taken next; those that are due at
// the same time may come in any order.
func (m *engineModel) next(now time.Time) (keys []connector.JobKey) {
	if !m.sharded {
		return m.nextOf(now, func(connector.GroupID) bool { return true })
	}
	groups := map[connector.GroupID]bool{}
	for key := range m.jobs {
		groups[key.Group] = true
	}
	for group := range groups {
		keys = append(keys, m.nextOf(now, func(g connector.GroupID) bool { return g == group })...)
	}
	return keys
}

// nextOf is next among the jobs of some of the Groups.
func (m *engineModel) nextOf(now time.Time, of func(connector.GroupID) bool) (keys []connector.JobKey) {
	urgent := false
	var first time.Time
	waits := map[connector.JobKey]*modelJob{}
	for key, j := range m.jobs {
		if of(key.Group) && j.waits(now) {
			waits[key] = j
			urgent = urgent || j.urgent
		}
	}
	for _, j := range waits {
		if j.urgent == urgent && !j.loose && (first.IsZero() || j.due.Before(first)) {
			first = j.due
		}
	}
	for key, j := range waits {
		if j.urgent == urgent && (j.loose || j.due.Equal(first)) {
			keys = append(keys, key)
		}
	}
	return keys
}

// waits reports whether the job is due and does not run.
func (j *modelJob) waits(now time.Time) bool { return j.lease == nil && !j.due.After(now) }

func (m *engineModel) depth(now time.Time) (d connector.QueueDepth) {
	for _, j := range m.jobs {
		if j.lease != nil {
			d.Running++
			continue
		}
		d.Waiting++
		if !j.due.After(now) && (d.Oldest.IsZero() || j.due.Before(d.Oldest)) {
			d.Oldest = j.due
		}
	}
	return d
}

func (m *engineModel) finish(now time.Time, key connector.JobKey, end connector.RunEnd) {
	j := m.jobs[key]
	lease := j.lease
	j.lease, j.loose = nil, false
	switch end.Outcome {
	case connector.RunDone, connector.RunDead:
		delete(m.jobs, key)
		if j.again != nil {
			m.jobs[key] = j.again
			j.again.loose = !j.again.due.After(now)
		}
	case connector.RunRetry, connector.RunWait:
		if end.Told {
			j.tags = causesAmong(j.tags)
		}
		j.stop()
		j.due, j.backoff = now.Add(end.After), true
		if end.Outcome == connector.RunRetry {
			j.attempt = lease.Attempt
		}
	}
}

// stop folds what was asked for during the run into the entry.
func (j *modelJob) stop() {
	j.lease = nil
	if j.again != nil {
		j.urgent = j.urgent || j.again.urgent
		j.tags = unionOfTags(j.tags, j.again.tags)
		j.again = nil
	}
}

// restart ends every run as a restart does.
func (m *engineModel) restart() {
	for _, j := range m.jobs {
		if j.lease != nil {
			j.stop()
			j.loose = true
		}
	}
}

// accept reports whether the intake is new.
func (m *engineModel) accept(now time.Time, in connector.Intake) bool {
	if in.ID != "" {
		if m.seen[in.ID] {
			return false
		}
		m.seen[in.ID] = true
	}
	if in.Open != nil {
		m.groups[in.Group] = true
	}
	if !m.groups[in.Group] {
		return true
	}
	if in.Notice != nil {
		m.notices[in.Group] = append(m.notices[in.Group], in.Notice.Event.ID)
	}
	for _, job := range in.Jobs {
		m.add(now, job)
	}
	return true
}

func (m *engineModel) replay(now time.Time, id string) bool {
	letter, ok := m.drop(id)
	if !ok {
		return false
	}
	lane := connector.LaneGroup
	if letter.notice != "" {
		lane = connector.LaneCards
		m.notices[letter.group] = append(m.notices[letter.group], letter.notice)
	}
	m.add(now, connector.Job{Key: connector.JobKey{Lane: lane, Group: letter.group}, Urgent: true, Tags: []string{"by:replay"}})
	return true
}

func (m *engineModel) drop(id string) (modelLetter, bool) {
	i := slices.IndexFunc(m.dead, func(l modelLetter) bool { return l.id == id })
	if i < 0 {
		return modelLetter{}, false
	}
	letter := m.dead[i]
	m.dead = slices.Delete(m.dead, i, i+1)
	return letter, true
}

func (m *engineModel) letters() (ids []string) {
	for _, letter := range m.dead {
		ids = append(ids, letter.id)
	}
	return ids
}
