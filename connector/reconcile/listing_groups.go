package reconcile

import (
	"context"
	"fmt"

	"roomkeeper/connector"
)

// doubtful queues the Groups whose Record a whole list did not hold, because
// reading it will tell what became of it, and those whose team names people who were
// inactive or external and are so no more.
func (l *listing) doubtful(ctx context.Context) error {
	return l.eachGroupPage(ctx, connector.GroupQuery{}, func(groups []connector.Group) error {
		ids := make([]connector.GroupID, len(groups))
		for i, g := range groups {
			ids[i] = g.ID
		}
		readings, err := l.Engine.Readings.Readings(ctx, ids)
		if err != nil {
			return fmt.Errorf("load readings: %w", err)
		}
		var doubted []connector.GroupID
		for _, g := range groups {
			if r, known := readings[g.ID]; !known || r.At.Before(l.sweep.StartedAt) || l.misses(g) {
				doubted = append(doubted, g.ID)
			}
		}
		back, err := l.backInside(ctx, groups)
		if err != nil {
			return err
		}
		return l.queue(ctx, append(doubted, back...))
	})
}

// queueUnsettled queues Groups that wait for somebody or something: people
// without an account, a hold, their kind being in use again.
func (l *listing) queueUnsettled(ctx context.Context) error {
	all := func(connector.Group) bool { return true }
	if err := l.queueGroups(ctx, connector.GroupQuery{Pending: true}, all); err != nil {
		return err
	}
	if err := l.queueGroups(ctx, connector.GroupQuery{State: connector.GroupHeld}, all); err != nil {
		return err
	}
	return l.queueGroups(ctx, connector.GroupQuery{State: connector.GroupUnmanaged}, func(g connector.Group) bool {
		_, again := l.Policies.Kind(string(g.Record.Kind))
		return again
	})
}

func (l *listing) queueGroups(ctx context.Context, q connector.GroupQuery, which func(connector.Group) bool) error {
	return l.eachGroupPage(ctx, q, func(groups []connector.Group) error {
		var ids []connector.GroupID
		for _, g := range groups {
			if which(g) {
				ids = append(ids, g.ID)
			}
		}
		return l.queue(ctx, ids)
	})
}

func (s *Sweeper) eachGroupPage(ctx context.Context, q connector.GroupQuery, do func([]connector.Group) error) error {
	for {
		page, err := s.Engine.Groups.ListGroups(ctx, q)
		if err != nil {
			return fmt.Errorf("list groups: %w", err)
		}
		if err := do(page.Groups); err != nil {
			return err
		}
		if page.Next == "" {
			return nil
		}
		q.Cursor = page.Next
	}
}

// queue adds Groups that this Sweep has not queued yet.
func (l *listing) queue(ctx context.Context, ids []connector.GroupID) error {
	var jobs []connector.Job
	for _, id := range ids {
		if l.queued[id] {
			continue
		}
		l.queued[id] = true
		jobs = append(jobs, connector.Job{
			Key:  connector.JobKey{Lane: connector.LaneGroup, Group: id},
			Tags: append(connector.QueuedBy(causeSweep), l.sweep.ID),
		})
	}
	if len(jobs) == 0 {
		return nil
	}
	if err := l.Engine.Queue.Add(ctx, jobs...); err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	return nil
}
